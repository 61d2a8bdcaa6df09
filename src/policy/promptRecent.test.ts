import { expect, it } from "vitest";
import { drawCache, survivors } from "./drawCache.testing";
import { promptRecent } from "./promptRecent";

it("keeps the prompt and the most recent tokens", () => {
  const cache = drawCache(`token a b c d e f g h`);
  expect(survivors(promptRecent, cache, { budgetSlots: 5, promptCount: 3 })).toEqual(["a", "b", "c", "g", "h"]);
});

it("keeps the newest of a prompt that is longer than the budget", () => {
  expect(survivors(promptRecent, drawCache(`token a b c d e f g h i j`), { budgetSlots: 4, promptCount: 6 })).toEqual([
    "d",
    "e",
    "f",
    "j",
  ]);
});
