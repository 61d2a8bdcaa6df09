import { expect, it } from "vitest";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { agreementsWith, headsFigures } from "./heads";

const trace = drawScoredTrace({
  prompt: "The cat sat on",
  generated: "the mat and slept",
  windowSlots: 1,
  budgetSlots: 3,
  intervalSteps: 2,
  events: [{ step: 2, evicted: ["The cat sat", "The cat sat", "The sat on", "cat sat the"] }],
});
// After step 2, of The cat sat on the mat: heads 0 and 1 hold on the mat, head 2 cat the mat, head 3 The on mat.

it("counts what some head still holds and what all have evicted", () => {
  const { heldSomewhere, evictedEverywhere, share } = headsFigures(trace, 2);
  expect([heldSomewhere, evictedEverywhere]).toEqual([5, 1]);
  expect(Array.from(share)).toEqual([0.25, 0.25, 0, 0.75, 0.75, 1]);
});

it("finds the mean agreement of all pairs of heads without comparing them", () => {
  const pairs = [0, 1, 2, 3].flatMap((head) =>
    [0, 1, 2, 3].filter((other) => other !== head).map((other) => [head, other]),
  );
  const mean = pairs.reduce((sum, [head, other]) => sum + agreementsWith(trace, 2, other)[head], 0) / pairs.length;
  expect(headsFigures(trace, 2).agreement).toBeCloseTo(mean);
  expect(agreementsWith(trace, 2, 0)[1]).toBe(1);
  expect(agreementsWith(trace, 2, 3)[2]).toBeCloseTo(1 / 3);
});

it("says what chance alone would give", () => {
  expect(headsFigures(trace, 2).chance).toBeCloseTo(3 / 6);
  expect(headsFigures(trace, 1)).toMatchObject({ agreement: 1, chance: 1, evictedEverywhere: 0 });
});
