import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBfloat16, decodeFloat16, decodeHalf, encodeFloat16, halfAbove, halfBelow, halfNearest } from "./float16";

const everyHalf = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

describe("decodeFloat16", () => {
  it("gives the values of well-known patterns", () => {
    const halves = Uint16Array.of(0x0000, 0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400, 0x7c00, 0x3555);
    expect([...decodeFloat16(halves)]).toEqual([0, 1, -2, 65504, 2 ** -24, 2 ** -14, Infinity, 0.333251953125]);
    expect(Object.is(decodeFloat16(Uint16Array.of(0x8000))[0], -0)).toBe(true);
    expect(decodeFloat16(Uint16Array.of(0x7c01))[0]).toBeNaN();
  });
});

describe("encodeFloat16", () => {
  it("undoes decodeFloat16 for every pattern that is not NaN", () => {
    const values = decodeFloat16(everyHalf);
    const halves = encodeFloat16(values);
    const wrong = [...everyHalf].filter((bits) => !Number.isNaN(values[bits]) && halves[bits] !== bits);
    expect(wrong).toEqual([]);
    expect(decodeFloat16(encodeFloat16(Float32Array.of(NaN)))[0]).toBeNaN();
  });

  it("rounds to the nearest half, ties to the even pattern", () => {
    const finite = [...everyHalf].filter((bits) => (bits & 0x7fff) <= 0x7bff);
    const values = decodeFloat16(Uint16Array.from(finite));
    fc.assert(
      fc.property(fc.float({ min: -65504, max: 65504, noNaN: true }), (value) => {
        const bits = encodeFloat16(Float32Array.of(value))[0];
        const distance = Math.abs(decodeFloat16(Uint16Array.of(bits))[0] - value);
        let nearest = Infinity;
        for (const candidate of values) nearest = Math.min(nearest, Math.abs(candidate - value));
        expect(distance).toBe(nearest);
      }),
      { numRuns: 60 },
    );
    // Halfway between 1 and 1 + 2^-10, and between 1 + 2^-10 and 1 + 2^-9.
    const ties = Float32Array.of(1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 ** -25, 3 * 2 ** -25);
    expect([...encodeFloat16(ties)]).toEqual([0x3c00, 0x3c02, 0x0000, 0x0002]);
  });

  it("overflows to infinity from 65520 on", () => {
    expect([...encodeFloat16(Float32Array.of(65519.996, 65520, -1e9))]).toEqual([0x7bff, 0x7c00, 0xfc00]);
  });
});

describe("decodeBfloat16", () => {
  it("is the upper half of a float32", () => {
    expect([...decodeBfloat16(Uint16Array.of(0x3f80, 0xc000, 0x7f80, 0x3eaa))]).toEqual([1, -2, Infinity, 0.33203125]);
  });
});

describe("a single half", () => {
  it("is the nearest, the next below or the next above", () => {
    fc.assert(
      fc.property(fc.double({ min: -65504, max: 65504, noNaN: true }), (value) => {
        const [below, above] = [decodeHalf(halfBelow(value)), decodeHalf(halfAbove(value))];
        expect(below).toBeLessThanOrEqual(value);
        expect(above).toBeGreaterThanOrEqual(value);
        expect([below, above]).toContain(decodeHalf(halfNearest(Math.fround(value))));
        // Nothing lies between them.
        const middle = decodeHalf(halfNearest((below + above) / 2));
        expect([below, above]).toContain(middle);
      }),
    );
    expect([1e6, -1e6].map((value) => decodeHalf(halfNearest(value)))).toEqual([65504, -65504]);
    expect([0, 1, -2].flatMap((value) => [halfBelow(value), halfAbove(value)].map(decodeHalf))).toEqual([
      0, 0, 1, 1, -2, -2,
    ]);
  });
});
