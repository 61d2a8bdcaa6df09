import { expect, it } from "vitest";
import { drawCache, survivors } from "./drawCache.testing";
import { rKv } from "./rKv";

const cache = drawCache(`
  token       a    b    c    d    e    f
  attention   .30  .02  .01  .10  0    0
  redundancy  .60  .20  .10  .15  0    0`);
const choices = { windowSlots: 2, budgetSlots: 4, poolingSlots: 1 };

it("drops a redundant token in spite of its attention", () => {
  expect(survivors(rKv, cache, choices)).toEqual(["c", "d", "e", "f"]);
});

it("lets attention decide when λ says so", () => {
  expect(survivors(rKv, cache, { ...choices, lambda: 0.95 })).toEqual(["a", "d", "e", "f"]);
});
