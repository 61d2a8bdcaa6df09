import { describe, expect, it } from "vitest";
import { appendPositions, emptyCache, keepSlots } from "./cacheState";
import { headRow, joinRows, rowCount, type HeadRows } from "./headRows";

const empty = emptyCache({ layerCount: 1, kvHeadCount: 2 });
const rowsOf = (rows: HeadRows): number[][] =>
  Array.from({ length: rowCount(rows) }, (_, head) => Array.from(headRow(rows, head)));

describe("cacheState", () => {
  it("writes new positions behind the newest slot of every head", () => {
    const cache = appendPositions(appendPositions(empty, 0, 2), 2, 1);
    expect(rowsOf(cache.positions)).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
  });

  it("keeps a different number of slots in every head, and continues from there", () => {
    const full = appendPositions(empty, 0, 4);
    const kept = keepSlots(full, joinRows([Int32Array.of(0, 3), Int32Array.of(1, 2, 3)], Int32Array));
    expect(rowsOf(appendPositions(kept, 4, 1).positions)).toEqual([
      [0, 3, 4],
      [1, 2, 3, 4],
    ]);
    expect(rowsOf(full.positions)).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ]);
  });
});
