import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeAt, packRun, wordsOfRun } from "./packedCodes";
import { quantiseRows, roundHalfToEven, zeroCode, type Grouping, type Quantiser } from "./quantiser";

const bits = fc.constantFrom(2, 3, 4, 8);
const quantiser = fc.record({ bits, isSymmetric: fc.boolean(), hasHalfNumbers: fc.boolean() });
/** Two blocks of 4 slots with 6 channels. */
const rows = fc.array(fc.float({ min: -300, max: 300, noNaN: true }), { minLength: 48, maxLength: 48 });
const groupings: Grouping[] = [
  { axis: "channels", groupSize: 4 },
  { axis: "channels", groupSize: 6 },
  { axis: "tokens", groupSize: 4 },
];

function groupOf(at: number, { axis, groupSize }: Grouping): number {
  const [slot, channel] = [Math.floor(at / 6), at % 6];
  if (axis === "tokens") return Math.floor(slot / 4) * 6 + channel;
  return slot * Math.ceil(6 / groupSize) + Math.floor(channel / groupSize);
}

describe("quantiseRows", () => {
  it.each(groupings)("gives back every number within half a step: $axis, groups of $groupSize", (grouping) => {
    fc.assert(
      fc.property(rows, quantiser, (numbers, kind) => {
        const { codes, scales, lows } = quantiseRows(Float64Array.from(numbers), 6, kind, grouping);
        const highestCode = kind.isSymmetric ? 2 * zeroCode(kind) : 2 ** kind.bits - 1;
        numbers.forEach((number, at) => {
          const group = groupOf(at, grouping);
          const error = Math.abs(lows[group] + scales[group] * codes[at] - number);
          expect(error).toBeLessThanOrEqual(scales[group] * (0.5 + 1e-9) + 1e-12);
          expect(codes[at]).toBeLessThanOrEqual(highestCode);
        });
      }),
    );
  });

  it("codes 1, 2, 3, 4 in two bits from the lowest on, and symmetrically around zero", () => {
    const one: Grouping = { axis: "channels", groupSize: 4 };
    const kind = (isSymmetric: boolean): Quantiser => ({ bits: 2, isSymmetric, hasHalfNumbers: false });
    const plain = quantiseRows([1, 2, 3, 4], 4, kind(false), one);
    expect([[...plain.codes], [...plain.scales], [...plain.lows]]).toEqual([[0, 1, 2, 3], [1], [1]]);
    const symmetric = quantiseRows([-4, -1, 1, 4], 4, kind(true), one);
    expect([[...symmetric.codes], [...symmetric.scales], [...symmetric.lows]]).toEqual([[0, 1, 1, 2], [4], [-4]]);
  });

  it("keeps a group of equal numbers", () => {
    const { scales, lows } = quantiseRows(
      [5, 5],
      2,
      { bits: 4, isSymmetric: false, hasHalfNumbers: true },
      groupings[0],
    );
    expect([scales[0], lows[0]]).toEqual([0, 5]);
  });
});

it("rounds halves to even", () => {
  expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4, 2.6].map(roundHalfToEven)).toEqual([0, 2, 2, 0, -2, 2, 3]);
});

describe("packed codes", () => {
  it("come back from their words, whatever their width", () => {
    fc.assert(
      fc.property(bits, fc.array(fc.nat(), { minLength: 1, maxLength: 70 }), fc.nat(3), (width, numbers, first) => {
        const codes = Uint8Array.from(numbers, (number) => number % 2 ** width);
        const words = new Uint32Array(first + wordsOfRun(codes.length, width) + 1).fill(0xffffffff);
        packRun(codes, { words, first, bits: width });
        expect(Array.from(codes, (_, index) => codeAt({ words, first, bits: width }, index))).toEqual([...codes]);
        expect(words[words.length - 1]).toBe(0xffffffff);
      }),
    );
    expect([wordsOfRun(32, 3), wordsOfRun(11, 3), wordsOfRun(32, 4)]).toEqual([3, 2, 4]);
  });
});
