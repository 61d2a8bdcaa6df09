import fc from "fast-check";
import { expect, it } from "vitest";
import { nthHighest } from "./nthHighest";

it("finds what sorting finds, equal numbers included", () => {
  const number = fc.oneof(fc.float({ noNaN: true }), fc.constantFrom(0, 1, 2));
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 60 }), fc.nat(), (numbers, seed) => {
      const n = 1 + (seed % numbers.length);
      const sorted = Float32Array.from(numbers).sort().reverse();
      expect(nthHighest(Float32Array.from(numbers), n) + 0).toBe(sorted[n - 1] + 0);
    }),
  );
});
