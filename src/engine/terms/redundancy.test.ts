import { describe, expect, it } from "vitest";
import { randomStream } from "../../lib/random";
import { vectorNorms } from "./vectorNorms";
import type { KeysInput } from "./redundancy";
import { redundancy, redundancyRaw } from "./redundancy";

/** Keys in the plane at these angles in degrees. */
function keysAt(...degrees: readonly number[]): KeysInput {
  const keys = degrees.flatMap((angle) => [Math.cos, Math.sin].map((f) => 2 * f((angle * Math.PI) / 180)));
  return { keys: Float32Array.from(keys), headDim: 2 };
}

describe("redundancy", () => {
  it("excuses the newest of a set of near-duplicates", () => {
    const input = keysAt(0, 10, 90, 20, 180);
    const { excusedSlot, meanCosine } = redundancy(input);
    // 0°, 10° and 20° match one another; 90° and 180° match nobody.
    expect([...excusedSlot]).toEqual([3, 3, -1, 1, -1]);
    expect(meanCosine[3]).toBeLessThan(meanCosine[0]);
  });

  it("is the definition evaluated on the whole matrix", () => {
    const stream = randomStream(3);
    const [count, headDim] = [17, 4];
    const keys = Float32Array.from({ length: count * headDim }, () => 2 * stream.uniform() - 1);
    const { meanCosine } = redundancy({ keys, headDim });
    densely(keys, headDim).forEach((mean, slot) => {
      expect(meanCosine[slot]).toBeCloseTo(mean, 6);
    });
  });

  it("is a softmax", () => {
    const { softmax } = redundancy(keysAt(0, 40, 80, 120, 160));
    expect(softmax.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
  });

  it("does not change when all keys turn together", () => {
    const turned = [0, 37].map((turn) => {
      return redundancy(keysAt(...[0, 10, 90, 20, 180].map((angle) => angle + turn)));
    });
    expect(turned[0].excusedSlot).toEqual(turned[1].excusedSlot);
    turned[0].softmax.forEach((share, slot) => {
      expect(share).toBeCloseTo(turned[1].softmax[slot], 6);
    });
  });

  it("leaves a key of length zero alone", () => {
    const input = keysAt(0, 10, 20);
    input.keys.fill(0, 2, 4);
    expect([...redundancy(input).excusedSlot]).toEqual([2, -1, 0]);
  });
});

describe("raw redundancy", () => {
  it("equals the newer one but for keys without a match, which lose their entry for slot 0", () => {
    const matched = keysAt(0, 10, 20, 30);
    const raw = redundancyRaw(matched);
    redundancy(matched).softmax.forEach((share, slot) => {
      expect(raw[slot]).toBeCloseTo(share, 6);
    });
    const lonely = keysAt(0, 10, 80);
    const newer = redundancy(lonely).softmax;
    expect(redundancyRaw(lonely)[0]).toBeLessThan(newer[0]);
  });

  it("takes a cosine away from slot 0 with the direction first", () => {
    const input = keysAt(0, 10, 20, 30);
    const first = redundancyRaw(input, { direction: "first", ratio: 0 });
    expect(first.indexOf(Math.min(...first))).toBe(0);
  });

  it("refuses a share that selects no slot", () => {
    const input = keysAt(0, 10, 20);
    expect(() => redundancyRaw(input, { direction: "first_percent", ratio: 0.1 })).toThrow("selects no slot");
  });
});

it("measures the length of every key", () => {
  const input = keysAt(0, 45, 200);
  expect([...vectorNorms(input.keys, 2)].map((norm) => norm.toFixed(5))).toEqual(["2.00000", "2.00000", "2.00000"]);
});

/** ρ straight from the definition: the matrix, then one entry of each column taken out. */
function densely(keys: Float32Array, headDim: number): number[] {
  const slots = Array.from({ length: keys.length / headDim }, (_, slot) => slot);
  const unit = slots.map((slot) => {
    const key = keys.subarray(slot * headDim, (slot + 1) * headDim);
    return Array.from(key, (value) => value / (Math.hypot(...key) + 1e-6));
  });
  const matrix = slots.map((row) =>
    slots.map((column) => {
      const isCounted = row !== column;
      return isCounted ? unit[row].reduce((sum, value, dim) => sum + value * unit[column][dim], 0) : 0;
    }),
  );
  for (const column of slots) {
    const newest = slots.findLast((row) => matrix[row][column] > 0.5);
    // Its own copy: the threshold looks at the untouched matrix, which is symmetric.
    if (newest !== undefined) matrix[newest] = matrix[newest].with(column, NaN);
  }
  return matrix.map((row) => row.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0) / slots.length);
}
