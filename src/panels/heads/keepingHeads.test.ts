import { expect, it } from "vitest";
import { cacheAfterStep, positionToSlot } from "../../trace/replay";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { findToken, foundHeads, keepingHeads, neighbourHead } from "./keepingHeads";

const trace = drawScoredTrace({
  prompt: "The cat sat on",
  generated: "the mat and slept",
  windowSlots: 1,
  budgetSlots: 3,
  intervalSteps: 2,
  events: [{ step: 2, evicted: ["The cat sat", "The cat sat", "The sat on", "cat sat the"] }],
});

it("finds the heads that keep a token, as the replayed cache has them", () => {
  for (let step = 0; step < trace.steps.length; step++) {
    for (let position = 0; position < 4 + step; position++) {
      const cache = cacheAfterStep(trace, step);
      const held = [0, 1, 2, 3].filter((head) => positionToSlot(cache, head, position) >= 0);
      expect(keepingHeads(trace, step, position).kept).toEqual(held);
    }
  }
  // Just generated: the next step writes it.
  expect(keepingHeads(trace, 1, 5).kept).toEqual([0, 1, 2, 3]);
});

it("finds those that hold it longest, and until when", () => {
  expect(keepingHeads(trace, 0, 1)).toMatchObject({ longest: [2], longestUntil: null });
  expect(keepingHeads(trace, 3, 2)).toMatchObject({ kept: [], longest: [0, 1, 2, 3], longestUntil: 2 });
  expect(foundHeads(keepingHeads(trace, 3, 1))).toEqual([2]);
  expect(foundHeads(keepingHeads(trace, 3, 2))).toEqual([0, 1, 2, 3]);
});

it("steps through heads round and round, from wherever the focus is", () => {
  const { kvHeadCount } = trace.header.model;
  const at = (head: number) => ({ layer: Math.floor(head / kvHeadCount), kvHead: head % kvHeadCount });
  const walk = (heads: readonly number[], from: number, by: -1 | 1) => neighbourHead(trace, heads, at(from), by);
  expect([0, 1, 3].map((head) => walk([0, 3], head, 1))).toEqual([at(3), at(3), at(0)]);
  expect([0, 1, 3].map((head) => walk([0, 3], head, -1))).toEqual([at(3), at(0), at(0)]);
  expect(walk([], 0, 1)).toBeNull();
});

it("finds a token by its text, the next one each time, or the beginning of a word", () => {
  expect(findToken(trace, 3, "the", null)).toBe(0);
  expect(findToken(trace, 3, "the", 0)).toBe(4);
  expect(findToken(trace, 3, "the", 4)).toBe(0);
  expect(findToken(trace, 3, "matter", null)).toBe(5);
  expect(findToken(trace, 3, "dog", null)).toBeNull();
  // Not written yet.
  expect(findToken(trace, 1, "mat", null)).toBeNull();
});
