import { describe, expect, it } from "vitest";
import { drawCache, survivors } from "./drawCache.testing";
import { keyDiff, keyNorm } from "./keyValueScores";

describe("Knorm", () => {
  it("keeps the keys of smallest norm, and the newest token", () => {
    const cache = drawCache(`
      token    The  cat  sat  on   the  mat
      keyNorm  0.5  2.0  1.0  3.0  0.9  4.0`);
    expect(survivors(keyNorm, cache, { budgetSlots: 4 })).toEqual(["The", "sat", "the", "mat"]);
  });
});

describe("KeyDiff", () => {
  it("keeps the keys that point away from the others, and the newest token", () => {
    const cache = drawCache(`
      token      The   cat   sat   on    the   mat
      keyCosine  0.9  -0.5   0.8   0.1   0.7   0.9`);
    expect(survivors(keyDiff, cache, { budgetSlots: 4 })).toEqual(["cat", "on", "the", "mat"]);
  });
});
