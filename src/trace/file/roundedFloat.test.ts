// Rounding to fewer significant bits.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { roundedFloat } from "./roundedFloat";

const bits = fc.integer({ min: 2, max: 23 });
const normal = fc.float({ min: Math.fround(2 ** -100), max: Math.fround(2 ** 100), noNaN: true });

describe("a rounded number", () => {
  it("is the nearest with so many significant bits", () => {
    expect(roundedFloat(5.25, 3)).toBe(5);
    expect(roundedFloat(-5.6, 3)).toBe(-6);
    expect(roundedFloat(7.9, 3)).toBe(8);
    expect(roundedFloat(0.3, 2)).toBe(0.25);
  });

  it("is within 2^−bits of the number, has no more bits, and stays when rounded again", () => {
    fc.assert(
      fc.property(normal, fc.boolean(), bits, (size, isNegative, significantBits) => {
        const number = isNegative ? -size : size;
        const rounded = roundedFloat(number, significantBits);
        expect(Math.abs(rounded - number) / size).toBeLessThanOrEqual(2 ** -significantBits);
        const [stored] = new Uint32Array(Float32Array.of(rounded).buffer);
        expect(stored % 2 ** (24 - significantBits)).toBe(0);
        expect(roundedFloat(rounded, significantBits)).toBe(rounded);
      }),
    );
  });

  it.each([0, -0, Infinity, -Infinity, NaN, 1e-40, Math.fround(3.4028234e38)])(
    "stays %d where no nearer one is",
    (number) => {
      expect(roundedFloat(number, 5)).toBe(number);
    },
  );
});
