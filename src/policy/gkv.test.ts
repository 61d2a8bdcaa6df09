import { expect, it } from "vitest";
import { drawCache, scoresOf, survivors } from "./drawCache.testing";
import { gkv } from "./gkv";
import { effectiveParameters } from "./policies";

const window2 = { windowSlots: 2, budgetSlots: 4 };
const scoreParameters = effectiveParameters(gkv);

it("keeps a token that mattered before over one that matters a little now", () => {
  const cache = drawCache(`
    token      The  cat  sat  on   the  mat
    attention  .01  .20  .02  .05  0    0
    carried    .90  .10  .02  -    -    -`);
  expect(survivors(gkv, cache, { ...window2, lambda: 1 })).toEqual(["The", "cat", "the", "mat"]);
});

it("forgets a token once its decayed score falls below the present ones", () => {
  const cache = drawCache(`
    token      The  cat  sat  on   the  mat
    attention  .01  .20  .02  .15  0    0
    carried    .90  .10  .02  -    -    -`);
  expect(survivors(gkv, cache, { ...window2, lambda: 1, alpha: 0.5 })).toEqual(["cat", "on", "the", "mat"]);
});

it("drops the redundant one of two tokens with the same attention", () => {
  const cache = drawCache(`
    token       The  cat  cat  on   the  mat
    attention   .20  .10  .10  .01  0    0
    redundancy  .10  .40  .20  .10  0    0`);
  expect(survivors(gkv, cache, { ...window2, budgetSlots: 5 })).toEqual(["The", "cat", "on", "the", "mat"]);
  expect(survivors(gkv, cache, { ...window2, lambda: 1 })).toEqual(["The", "cat", "the", "mat"]);
});

it("divides attention and redundancy by their maximum and shows every part", () => {
  const cache = drawCache(`
    token       The  cat  sat  on
    attention   .20  .10  .05  0
    redundancy  .10  .40  .20  0
    carried     .50  1    -    -`);
  const { total, carry, parts } = scoresOf(gkv, cache, { windowSlots: 1, budgetSlots: 3 });
  expect(rounded(parts.local)).toEqual([1, 0.5, 0.25]);
  expect(rounded(parts.history)).toEqual([0.4, 0.8, NaN]);
  expect(rounded(parts.global)).toEqual([1, 0.8, 0.25]);
  expect(rounded(parts.redundancy)).toEqual([0.25, 1, 0.5]);
  expect(rounded(total)).toEqual([0.375, -0.1, -0.125]);
  expect(carry).toEqual(parts.global);
});

it("looks at the present alone when α is 0", () => {
  const cache = drawCache(`
    token      The  cat  sat  on   mat
    attention  .01  .20  .02  .05  0
    carried    .90  .10  .02  -    -`);
  const { parts } = scoresOf(gkv, cache, { windowSlots: 1, budgetSlots: 3, alpha: 0 });
  expect(parts.global).toEqual(parts.local);
  expect(parts.history).toBeUndefined();
});

it("is a running maximum when α is 1", () => {
  const cache = drawCache(`
    token      The  cat  sat  on
    attention  .10  .20  .02  0
    carried    .30  .90  -    -`);
  expect(rounded(scoresOf(gkv, cache, { windowSlots: 1, budgetSlots: 3, alpha: 1 }).carry)).toEqual([0.5, 1, 0.1]);
});

it("starts from the prompt's column sums only with sum and α of exactly 1", () => {
  const start = (smoothing: "max" | "sum", alpha: number) =>
    gkv.formula({ ...scoreParameters, smoothing, alpha }).start;
  expect(start("sum", 1)).toBe("promptAttention");
  expect(start("sum", 0.8)).toBeNull();
  expect(start("max", 1)).toBeNull();
});

function rounded(values: Float32Array | null | undefined): number[] {
  return Array.from(values ?? [], (value) => Math.round(value * 1e5) / 1e5);
}
