import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  evenLength,
  evenRows,
  headOf,
  headRow,
  headRows,
  joinRows,
  kvHeadOf,
  lengthsOfHeads,
  layerOf,
  offsetsOf,
  onlyRows,
  queryHeadLengths,
  rowLengths,
} from "./headRows";

describe("headRows", () => {
  it("counts heads layer by layer, and back", () => {
    const grid = { layerCount: 3, kvHeadCount: 2 };
    expect(headOf(grid, 2, 1)).toBe(5);
    expect([layerOf(grid, 5), kvHeadOf(grid, 5)]).toEqual([2, 1]);
  });

  it("gives back every row that was joined, whatever its length", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 6 })), (lists) => {
        const rows = joinRows(
          lists.map((list) => Int32Array.from(list)),
          Int32Array,
        );
        expect(lists.map((_, head) => Array.from(headRow(rows, head)))).toEqual(lists);
        expect(Array.from(rowLengths(rows))).toEqual(lists.map((list) => list.length));
      }),
    );
  });

  it("keeps the rows of some heads and leaves the others empty", () => {
    const rows = joinRows([Uint8Array.of(1, 2), Uint8Array.of(3), Uint8Array.of(4, 5, 6)], Uint8Array);
    const some = onlyRows(rows, [0, 2]);
    expect([0, 1, 2].map((head) => [...headRow(some, head)])).toEqual([[1, 2], [], [4, 5, 6]]);
    expect([...lengthsOfHeads(rowLengths(rows), [2])]).toEqual([0, 0, 3]);
    expect([...lengthsOfHeads(rowLengths(rows), null)]).toEqual([2, 1, 3]);
  });

  it("hands out views, so that writing into a row writes into the whole", () => {
    const rows = headRows(new Float32Array(3), offsetsOf([1, 2]));
    headRow(rows, 1).set([5, 7]);
    expect(Array.from(rows.values)).toEqual([0, 5, 7]);
  });

  it("says the length that all rows share, and null where they differ", () => {
    expect(evenLength(evenRows(new Uint8Array(6), 3))).toBe(2);
    expect(evenLength(headRows(new Uint8Array(6), offsetsOf([1, 5])))).toBeNull();
  });

  it("repeats the length of a KV head for each of its query heads", () => {
    expect([...queryHeadLengths(Int32Array.of(3, 5), 2)]).toEqual([3, 3, 5, 5]);
  });

  it("refuses offsets that do not fit the values", () => {
    expect(() => headRows(new Uint8Array(5), offsetsOf([1, 5]))).toThrow("rows end at 6 of 5 values");
    expect(() => evenRows(new Uint8Array(5), 2)).toThrow("5 values for 2 heads");
  });
});
