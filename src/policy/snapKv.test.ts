import { expect, it } from "vitest";
import { drawCache, scoresOf, survivors } from "./drawCache.testing";
import { rKv } from "./rKv";
import { snapKv } from "./snapKv";

const cache = drawCache(`
  token       a    b    c    d    e    f    g    h    i
  attention   .01  .02  .30  .02  .01  .05  .10  0    0
  redundancy  .3   .2   .2   .1   .1   .05  .05  0    0`);
const choices = { windowSlots: 2, budgetSlots: 5 };

it("keeps the neighbours of a token that draws attention", () => {
  expect(survivors(snapKv, cache, { ...choices, poolingSlots: 3 })).toEqual(["b", "c", "d", "h", "i"]);
});

it("keeps the best tokens alone without pooling", () => {
  expect(survivors(snapKv, cache, { ...choices, poolingSlots: 1 })).toEqual(["c", "f", "g", "h", "i"]);
});

it("gives ties on a pooling plateau to the lower slot", () => {
  expect(survivors(snapKv, cache, choices)).toEqual(["a", "b", "c", "h", "i"]);
});

it("scores like R-KV with λ of 1", () => {
  expect(scoresOf(snapKv, cache, choices).total).toEqual(scoresOf(rKv, cache, { ...choices, lambda: 1 }).total);
});
