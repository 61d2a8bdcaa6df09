import fc from "fast-check";
import { expect, it } from "vitest";
import { naturalLog } from "./naturalLog";

it("is the logarithm, to the last digits", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (value) => {
      const error = Math.abs(naturalLog(value) - Math.log(value));
      expect(error).toBeLessThanOrEqual(1e-15 * Math.max(1, Math.abs(Math.log(value))));
    }),
  );
});

it("is 0 for 1, and says what has no logarithm", () => {
  expect([1, 0, Infinity, -1, NaN].map(naturalLog)).toEqual([0, -Infinity, Infinity, NaN, NaN]);
});
