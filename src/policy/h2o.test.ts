import { expect, it } from "vitest";
import { drawCache, survivors } from "./drawCache.testing";
import { h2o } from "./h2o";

it("keeps the tokens that the newest query attends to most, and the newest", () => {
  const cache = drawCache(`
    token      The  cat  sat  on   the  mat
    attention  .30  .02  .25  .03  .05  .35`);
  expect(survivors(h2o, cache, { budgetSlots: 3 })).toEqual(["The", "sat", "mat"]);
});

it("adds the decayed past to the present", () => {
  const cache = drawCache(`
    token      The  cat  sat  on   the  mat
    attention  .30  .02  .25  .03  .15  .25
    carried    0    1    .2   -    -    -`);
  expect(survivors(h2o, cache, { budgetSlots: 3, alpha: 0.9 })).toEqual(["The", "sat", "mat"]);
  expect(survivors(h2o, cache, { budgetSlots: 4, alpha: 0.9 })).toEqual(["The", "cat", "sat", "mat"]);
});

it("keeps a window of one whatever window was chosen for others", () => {
  const cache = drawCache(`
    token      The  cat  sat  on   the  mat
    attention  .30  .02  .25  .03  .05  .35`);
  expect(survivors(h2o, cache, { budgetSlots: 3, windowSlots: 2 })).toEqual(["The", "sat", "mat"]);
});
