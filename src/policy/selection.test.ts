import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseSurvivors } from "./admission";
import {
  fairQuotas,
  instructionPair,
  mixedQuotas,
  rampQuotas,
  rampScores,
  segmentOf,
  segmentStarts,
  votingWindows,
} from "./fairShare";
import { chooseLayer, type SelectedHead, type SelectionRule } from "./selection";

const rule: SelectionRule = {
  ...{ grouping: "tokens", groupingSlots: 4, fairShare: 0, fairRule: "lengths", sinkSlots: 0 },
  instructions: [],
};

/** A head of these scores, the newest `windowSlots` slots behind them; a score of ∞ must stay. */
function drawHead(scores: string, keepSlots: number, windowSlots = 1): SelectedHead {
  const total = Float32Array.from(scores.trim().split(/\s+/), (score) => (score === "∞" ? Infinity : Number(score)));
  const positions = Int32Array.from({ length: total.length + windowSlots }, (_, slot) => slot);
  return { row: { total, isProtected: null }, positions, keepSlots };
}

const keptOf = (changes: Partial<SelectionRule>, ...heads: SelectedHead[]): number[][] =>
  chooseLayer({ ...rule, ...changes }, heads).map(({ slots }) => [...slots]);

describe("single tokens", () => {
  it("are chosen as ever", () => {
    const sizes = fc.record({ scores: fc.array(fc.float({ noNaN: true }), { minLength: 1 }), keep: fc.nat(40) });
    fc.assert(
      fc.property(sizes, ({ scores, keep }) => {
        const head = drawHead(scores.join(" "), keep);
        const plain = chooseSurvivors({ ...head.row, lengthSlots: scores.length + 1, keepSlots: keep });
        expect(chooseLayer(rule, [head])).toEqual([plain]);
      }),
    );
  });
});

describe("chunks", () => {
  const head = (keep: number) => drawHead("9 8 7 6  5 4 3 2  1 0", keep);

  it("each give their best, at least one, and the best of the others take what rounding leaves", () => {
    // 5 slots over 10 candidates: 2, 2 and 1.
    expect(keptOf({ grouping: "chunks" }, head(6))).toEqual([[0, 1, 4, 5, 8, 10]]);
    // 4: 1.6, 1.6 and 0.8 make 1, 1 and 1, and one more for the best.
    expect(keptOf({ grouping: "chunks" }, head(5))).toEqual([[0, 1, 4, 8, 10]]);
  });

  it("never take more than the budget where there are more chunks than slots", () => {
    expect(keptOf({ grouping: "chunks", groupingSlots: 2 }, head(4))).toEqual([[0, 2, 4, 10]]);
  });

  it("do not cost a slot that must stay its place", () => {
    expect(keptOf({ grouping: "chunks" }, drawHead("∞ ∞ ∞ 0  5 4 3 2", 5))).toEqual([[0, 1, 2, 4, 8]]);
  });
});

describe("whole chunks", () => {
  it("stay by the mean of what all heads give them, the same in every head", () => {
    const heads = [drawHead("9 0 0 0  2 2 2 2  0 1", 6), drawHead("0 0 0 0  2 2 2 2  7 7", 6)];
    // 9/4, 4 and 15/2: the last two tokens, then one whole chunk of four does not fit into 3 slots.
    expect(keptOf({ grouping: "wholeChunks" }, ...heads)).toEqual([
      [8, 9, 10],
      [8, 9, 10],
    ]);
    const roomy = heads.map((head) => ({ ...head, keepSlots: 8 }));
    expect(keptOf({ grouping: "wholeChunks" }, ...roomy)[0]).toEqual([4, 5, 6, 7, 8, 9, 10]);
  });
});

describe("a fair share", () => {
  const spans = [
    { start: 2, end: 6 },
    { start: 6, end: 10 },
  ];

  it("stretches the instructions to each other; the text behind them is a segment of its own", () => {
    expect(segmentStarts(spans, 20)).toEqual([0, 6, 10]);
    expect(segmentStarts([...spans].reverse(), 10)).toEqual([0, 6]);
    expect([0, 5, 6, 9, 10, 19].map((position) => segmentOf([0, 6, 10], position))).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it("splits the budget by length and rounds down; what is left goes to the last", () => {
    expect(fairQuotas([0, 6, 10], 20, 11)).toEqual([3, 2, 6]);
  });

  it("goes from plain to fair", () => {
    expect(mixedQuotas([0, 0, 11], [3, 2, 6], 0)).toEqual([0, 0, 11]);
    expect(mixedQuotas([0, 0, 11], [3, 2, 6], 0.5)).toEqual([1, 1, 9]);
    expect(mixedQuotas([0, 0, 11], [3, 2, 6], 1)).toEqual([3, 2, 6]);
  });

  it("keeps every instruction's part, where a plain choice keeps the newest", () => {
    const head = drawHead(Array.from({ length: 19 }, (_, slot) => slot).join(" "), 10);
    expect(keptOf({ instructions: spans }, head)[0]).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    expect(keptOf({ instructions: spans, fairShare: 1 }, head)[0]).toEqual([3, 4, 5, 8, 9, 15, 16, 17, 18, 19]);
  });

  describe("by the paper's code", () => {
    const byCode = { instructions: spans, fairShare: 1, fairRule: "code" } as const;
    const rising = drawHead(Array.from({ length: 19 }, (_, slot) => slot).join(" "), 10);

    it("stretches the second instruction to the end", () => {
      expect(keptOf(byCode, rising)[0]).toEqual([3, 4, 5, 13, 14, 15, 16, 17, 18, 19]);
    });

    it("takes StreamingLLM's parts from one choice over a ramp in each, sinks on top", () => {
      expect([...rampScores(6, 10, 2)].map((score) => Math.round(100 * score))).toEqual([
        ...[100, 100, 10, 37, 63, 90],
        ...[10, 37, 63, 90],
      ]);
      expect(rampQuotas(6, 10, { keepSlots: 5, sinkSlots: 2 })).toEqual([4, 1]);
      const head = drawHead("∞ ∞ 2 3 4 5 6 7 8", 5);
      expect(keptOf({ ...byCode, fairQuotas: "ramps", sinkSlots: 2 }, head)[0]).toEqual([0, 1, 4, 5, 9]);
      expect(keptOf({ ...byCode, sinkSlots: 2 }, head)[0]).toEqual([0, 1, 5, 8, 9]);
    });

    it("halves the window, each half at the end of its instruction, each at least a token and no longer than that", () => {
      expect(votingWindows(6, 20, 5)).toEqual([
        { start: 4, end: 6 },
        { start: 17, end: 20 },
      ]);
      expect(votingWindows(6, 20, 1)).toEqual([
        { start: 5, end: 6 },
        { start: 19, end: 20 },
      ]);
      expect(votingWindows(2, 20, 8)[0]).toEqual({ start: 0, end: 2 });
    });

    it("knows two instructions, one directly behind the other, in whichever order they are named", () => {
      const pair = { earlierStart: 2, boundary: 6, laterEnd: 10 };
      expect([instructionPair(spans), instructionPair(spans.toReversed())]).toEqual([pair, pair]);
      expect(instructionPair([spans[0], { start: 7, end: 9 }])).toBeNull();
      expect(instructionPair([...spans, { start: 10, end: 12 }])).toBeNull();
    });
  });

  it("bounds the difference of the keep rates by one token of either instruction", () => {
    const sizes = fc.record({ first: fc.integer({ min: 1, max: 20 }), second: fc.integer({ min: 1, max: 20 }) });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 2, max: 40 }), fc.nat(), ({ first, second }, keep, seed) => {
        const length = first + second;
        if (keep >= length) return;
        const total = Float32Array.from({ length }, (_, slot) => Math.sin(slot * (seed % 97)));
        const positions = Int32Array.from({ length }, (_, slot) => slot);
        const instructions = [
          { start: 0, end: first },
          { start: first, end: length },
        ];
        const head = { row: { total, isProtected: null }, positions, keepSlots: keep };
        const [{ slots }] = chooseLayer({ ...rule, instructions, fairShare: 1 }, [head]);
        const early = slots.filter((slot) => slot < first).length;
        const difference = Math.abs(early / first - (keep - early) / second);
        expect(difference).toBeLessThanOrEqual(1 / first + 1 / second + 1e-12);
      }),
    );
  });
});
