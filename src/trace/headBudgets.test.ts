import { expect, it } from "vitest";
import { drawTrace } from "./drawTrace.testing";
import { hasUnevenHeads, headBudget, unevenBudgets } from "./headBudgets";

const uneven = drawTrace(
  { prompt: "The cat sat on the mat" },
  `
  and
  slept  evicts cat | The sat on
  well
  all    evicts The | -`,
);
const even = drawTrace({ prompt: "The cat sat" }, "on\nthe evicts The | cat\nmat");

it("is what a head kept at the last event, whatever it has written since", () => {
  expect([0, 1, 2, 3].map((step) => headBudget(uneven, step, 0))).toEqual([null, 6, 6, 7]);
  expect([0, 1, 2, 3].map((step) => headBudget(uneven, step, 1))).toEqual([null, 4, 4, 6]);
});

it("says how far heads differ, and nothing where they don't", () => {
  expect(unevenBudgets(uneven, 2)).toEqual({ shortest: 4, mean: 5, longest: 6 });
  expect(unevenBudgets(uneven, 0)).toBeNull();
  expect(unevenBudgets(even, 2)).toBeNull();
  expect([hasUnevenHeads(uneven), hasUnevenHeads(even)]).toEqual([true, false]);
});
