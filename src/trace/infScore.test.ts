import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attentionCells, headScore, minMaxNormalised, needleAttention, topPositions } from "./infScore";

/** Rows of a softmax, a needle within them, and a top. */
const caseOf = fc.integer({ min: 2, max: 60 }).chain((length) =>
  fc.record({
    row: fc
      .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: length, maxLength: length })
      .map((weights) => {
        const sum = weights.reduce((total, weight) => total + weight, 0) || 1;
        return Float32Array.from(weights, (weight) => weight / sum);
      }),
    start: fc.integer({ min: 0, max: length - 1 }),
    size: fc.integer({ min: 1, max: length }),
    topCount: fc.integer({ min: 1, max: length }),
  }),
);

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

describe("the four cells", () => {
  it("tell needle from rest, and the top from what lies below it", () => {
    // position           0     1     2     3     4
    const row = Float32Array.of(0.5, 0.25, 0.125, 0.0625, 0.0625);
    const { weights, counts } = attentionCells(row, { start: 1, end: 3 }, 2);
    expect(weights).toEqual({ needleTop: 0.25, otherTop: 0.5, needleBelow: 0.125, otherBelow: 0.125 });
    expect(counts).toEqual({ needleTop: 1, otherTop: 1, needleBelow: 1, otherBelow: 2 });
  });

  it("add up to the head's attention over the prompt", () => {
    fc.assert(
      fc.property(caseOf, ({ row, start, size, topCount }) => {
        const { weights, counts } = attentionCells(row, { start, end: start + size }, topCount);
        const total = row.reduce((sum, weight) => sum + weight, 0);
        expect(Math.abs(sumOf(Object.values<number>({ ...weights })) - total)).toBeLessThan(1e-5);
        expect(sumOf(Object.values<number>({ ...counts }))).toBe(row.length);
        expect(counts.needleTop + counts.otherTop).toBe(topCount);
      }),
    );
  });
});

describe("InfScore", () => {
  it("lies in 0 … 1, between precision and recall", () => {
    fc.assert(
      fc.property(caseOf, ({ row, start, size, topCount }) => {
        const score = headScore(attentionCells(row, { start, end: start + size }, topCount).weights);
        const { precision, recall, infScore } = score;
        for (const value of [precision, recall, infScore]) expect(value >= 0 && value <= 1 + 1e-12).toBe(true);
        expect(infScore).toBeLessThanOrEqual(Math.max(precision, recall) + 1e-12);
        expect(infScore).toBeGreaterThanOrEqual(Math.min(precision, recall) - 1e-12);
      }),
    );
  });

  it("is 1 for a head whose attention lies on a needle that fits the top", () => {
    const row = Float32Array.of(0, 0.1, 0.2, 0.7, 0, 0, 0, 0, 0, 0, 0, 0);
    const { precision, recall, infScore } = headScore(attentionCells(row, { start: 1, end: 4 }, 10).weights);
    expect([precision, recall]).toEqual([1, 1]);
    expect(infScore).toBeCloseTo(1, 6);
  });

  it("is low for a head that looks everywhere alike: its precision is the needle's share of the top", () => {
    const row = new Float32Array(100).fill(0.01);
    const { precision, recall, infScore } = headScore(attentionCells(row, { start: 8, end: 18 }, 10).weights);
    expect(precision).toBeCloseTo(0.2, 5); // ties go to the earlier position: 0 … 9, of which 8 and 9 are needle
    expect(recall).toBeCloseTo(0.2, 5);
    expect(infScore).toBeCloseTo(0.2, 5);
  });

  it("is 0 where neither top nor needle holds any weight", () => {
    expect(headScore({ needleTop: 0, otherTop: 0, needleBelow: 0, otherBelow: 1 })).toEqual({
      ...{ precision: 0, recall: 0, infScore: 0 },
    });
  });
});

describe("steps", () => {
  // The prompt has three positions; the cache grows by one.
  const rows = [Float32Array.of(0.5, 0.5, 0), Float32Array.of(0, 0.25, 0, 0.75)];
  const needle = { start: 1, end: 2 };
  const meanRecallAndPrecision = (reading: "firstLength" | "everyStep" | "promptOnly"): number[] => {
    const { precision, recall } = needleAttention(rows, { needle, topCount: 2, reading });
    return [precision, recall];
  };

  it("count only as long as the first one in both codes: with a growing cache, the first", () => {
    expect(meanRecallAndPrecision("firstLength")).toEqual([0.5, 1]);
  });

  it("all count whole in the second reading", () => {
    expect(meanRecallAndPrecision("everyStep")).toEqual([(0.5 + 0.25) / 2, 1]);
  });

  it("all count, cut to the prompt, in the third", () => {
    expect(meanRecallAndPrecision("promptOnly")).toEqual([(0.5 + 1) / 2, 1]);
  });
});

it("scales to 0 … 1 over all heads, and to 0.5 where they do not differ", () => {
  expect(minMaxNormalised([0.2, 0.4, 0.3])).toEqual([0, 1, 0.4999999999999999]);
  expect(minMaxNormalised([0.3, 0.3])).toEqual([0.5, 0.5]);
});

it("takes the earlier of equal weights into the top", () => {
  expect([...topPositions([0.1, 0.3, 0.3, 0.3], 2)]).toEqual([1, 2]);
});
