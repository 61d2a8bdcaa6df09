import { describe, expect, it } from "vitest";
import { appendPositions, emptyCache, headRow, keepSlots } from "./cacheState";

describe("cacheState", () => {
  it("writes new positions behind the newest slot of every head", () => {
    const cache = appendPositions(appendPositions(emptyCache(1, 2), 0, 2), 2, 1);
    expect(cache.lengthSlots).toBe(3);
    expect(Array.from(cache.positions)).toEqual([0, 1, 2, 0, 1, 2]);
  });

  it("keeps a set of its own in every head, and goes on from there", () => {
    const full = appendPositions(emptyCache(1, 2), 0, 4);
    const kept = keepSlots(full, Int32Array.of(0, 3, 1, 2), 2);
    const grown = appendPositions(kept, 4, 1);
    expect(Array.from(headRow(grown.positions, 0, 3))).toEqual([0, 3, 4]);
    expect(Array.from(headRow(grown.positions, 1, 3))).toEqual([1, 2, 4]);
    expect(Array.from(full.positions)).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
  });
});
