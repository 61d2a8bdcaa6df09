import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { headRow } from "../../cache/headRows";
import { randomStream } from "../../lib/random";
import { drawRandomTrace, drawTrace } from "../drawTrace.testing";
import { laneOverlap, overlapFigures } from "./laneOverlap";
import { cacheAfterStep } from "../replay";
import type { Trace } from "../trace";

const run = { prompt: "The cat sat on the mat", windowSlots: 1 };
// Positions 0 … 5 are the prompt's; the event of step 1 has the word of step 0 in its window: six positions are decided on.
const left = drawTrace(run, "and\nslept  evicts The cat | sat on\nwell");
const right = drawTrace(run, "and\nslept  evicts The sat | The cat\nwell");

function withTokens(trace: Trace, tokens: readonly number[]): Trace {
  return { ...trace, steps: trace.steps.map((record, step) => ({ ...record, token: tokens[step] })) };
}

describe("the overlap of two lanes", () => {
  it("counts what both hold among the positions that both have decided on, head by head", () => {
    const { heads, positionCount } = laneOverlap({ trace: left, step: 2 }, { trace: right, step: 2 });
    expect(positionCount).toBe(6);
    // KV head 0: {sat on the mat} and {cat on the mat}; KV head 1: {The cat the mat} and {sat on the mat}.
    expect(heads.map(({ leftCount, rightCount, sharedCount }) => [leftCount, rightCount, sharedCount])).toEqual([
      [4, 4, 3],
      [4, 4, 2],
    ]);
    expect(heads.map(({ overlap, chance }) => [overlap, chance])).toEqual([
      [3 / 4, 4 / 6],
      [2 / 4, 4 / 6],
    ]);
  });

  it("takes a lane without events for one that holds everything", () => {
    const whole = drawTrace(run, "and\nslept\nwell");
    const { heads, positionCount } = laneOverlap({ trace: left, step: 2 }, { trace: whole, step: 2 });
    expect(positionCount).toBe(6);
    expect(heads.map(({ overlap, chance }) => [overlap, chance])).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it("counts only positions before the lanes' tokens part", () => {
    const other = drawTrace(run, "and\nslept\nwell  evicts The sat | The cat\nnow");
    const own = drawTrace(run, "and\nslept\nwell  evicts The cat | sat on\nnow");
    const [one, two] = [withTokens(own, [1, 2, 3, 4]), withTokens(other, [1, 9, 3, 4])];
    expect(laneOverlap({ trace: own, step: 3 }, { trace: other, step: 3 })).toMatchObject({
      positionCount: 7,
      isCutByDivergence: false,
    });
    // Positions 0 … 5 and the token of step 0.
    expect(laneOverlap({ trace: one, step: 3 }, { trace: withTokens(two, [8, 2, 3, 4]), step: 3 })).toMatchObject({
      positionCount: 6,
      isCutByDivergence: true,
    });
  });

  it("leaves out the tokens that always stay in both lanes", () => {
    const keep = (trace: Trace): Trace => {
      const spans = { kept: [{ start: 1, end: 3 }], instructions: [] };
      return { ...trace, header: { ...trace.header, spans } };
    };
    const words = "and\nslept\nwell\nin\nbed  evicts and | well\nnow";
    const moment = (trace: Trace) => ({ trace, step: 5 });
    const [free, kept] = [drawTrace(run, words), keep(drawTrace(run, words))];
    const [all, others] = [laneOverlap(moment(free), moment(free)), laneOverlap(moment(kept), moment(kept))];
    expect(all.heads[0].comparedCount - others.heads[0].comparedCount).toBe(2);
    expect(all.heads[0].sharedCount - others.heads[0].sharedCount).toBe(2);
  });

  it("leaves out what both lanes keep by rule: a prompt that both protect", () => {
    const protect = (trace: Trace): Trace => {
      const parameters = { ...trace.header.parameters, isPromptProtected: true };
      return { ...trace, header: { ...trace.header, parameters } };
    };
    const words = "and\nslept\nwell\nin\nbed  evicts and | well\nnow";
    const other = "and\nslept\nwell\nin\nbed  evicts well | well\nnow";
    const [one, two] = [drawTrace(run, words), drawTrace(run, other)];
    const moment = (trace: Trace) => ({ trace, step: 5 });
    const both = laneOverlap(moment(protect(one)), moment(protect(two)));
    expect(both.heads.map(({ comparedCount, sharedCount }) => [comparedCount, sharedCount])).toEqual([
      [3, 1],
      [3, 2],
    ]);
    // Where one lane alone protects it, the other chose to keep it.
    const one9 = laneOverlap(moment(protect(one)), moment(two));
    expect(one9.heads.map(({ comparedCount, sharedCount }) => [comparedCount, sharedCount])).toEqual([
      [9, 7],
      [9, 8],
    ]);
  });

  it("agrees with the replayed caches of any two runs of a shape", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), (seed) => {
        const [one, other] = [1, 2].map(() => drawRandomTrace(seed, { isRagged: seed % 2 === 1 }));
        const step = one.steps.length - 1;
        const overlap = laneOverlap({ trace: one, step }, { trace: other, step });
        overlap.heads.forEach((figures, head) => {
          const held = headRow(cacheAfterStep(one, step), head).filter((position) => position < overlap.positionCount);
          expect(figures.leftCount).toBe(held.length);
          // A run compared with itself shares all it keeps.
          expect(figures.sharedCount).toBe(held.length);
          if (held.length > 0) expect(figures.overlap).toBe(1);
        });
      }),
    );
  });
});

describe("the chance level of an overlap", () => {
  /** Every overlap of a fixed set with a set of `size` among n positions. */
  function allOverlaps(n: number, leftCount: number, size: number): number[] {
    const overlaps: number[] = [];
    for (let bits = 0; bits < 1 << n; bits++) {
      const members = Array.from({ length: n }, (_, place) => (bits >> place) & 1);
      if (members.reduce((sum, bit) => sum + bit, 0) !== size) continue;
      const shared = members.slice(0, leftCount).reduce((sum, bit) => sum + bit, 0);
      overlaps.push(shared / Math.min(leftCount, size));
    }
    return overlaps;
  }

  it("is mean and deviation over all sets of those sizes, counted one by one", () => {
    for (const [n, leftCount, rightCount] of [
      [7, 3, 2],
      [8, 4, 4],
      [6, 6, 2],
      [9, 1, 5],
    ]) {
      const overlaps = allOverlaps(n, leftCount, rightCount);
      const mean = overlaps.reduce((sum, share) => sum + share, 0) / overlaps.length;
      const variance = overlaps.reduce((sum, share) => sum + (share - mean) ** 2, 0) / overlaps.length;
      const { chance, chanceDeviation } = overlapFigures(n, leftCount, rightCount, 0);
      expect(chance).toBeCloseTo(mean, 12);
      expect(chanceDeviation).toBeCloseTo(Math.sqrt(variance), 12);
    }
  });

  it("is what random draws reach", () => {
    const random = randomStream(7);
    const all = Array.from({ length: 60 }, (_, position) => position);
    const draws = Array.from({ length: 2000 }, () => {
      const [one, other] = [random.shuffle(all).slice(0, 20), random.shuffle(all).slice(0, 30)];
      return one.filter((position) => other.includes(position)).length / 20;
    });
    const mean = draws.reduce((sum, share) => sum + share, 0) / draws.length;
    expect(mean).toBeCloseTo(overlapFigures(60, 20, 30, 0).chance, 1.5);
  });

  it("is unknown where a lane holds nothing of what is compared", () => {
    expect(overlapFigures(5, 0, 3, 0)).toMatchObject({ overlap: NaN, chance: NaN, chanceDeviation: NaN });
  });
});
