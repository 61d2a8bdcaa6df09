// A row of values for every layer and KV head, of any length, in one typed array. Heads are counted layer by layer:
// head = layer × kvHeadCount + kvHead. Budgets, survivors and attention may thus differ from head to head.
//
//   head      0       1   2
//   values    a a a │ b │ c c
//   offsets   0       3   4     6

import { assert } from "../lib/errors";

/** How many heads there are. A model's config and summary are both. */
export interface HeadGrid {
  readonly layerCount: number;
  readonly kvHeadCount: number;
}

export type RowValues = Float32Array | Int32Array | Uint32Array | Uint8Array | Int8Array;

export interface HeadRows<Values extends RowValues = RowValues> {
  /** Where each head's row begins, and behind them where the last one ends. [head + 1] */
  readonly offsets: Int32Array;
  readonly values: Values;
}

/** KV heads of all layers. */
export function headCountOf({ layerCount, kvHeadCount }: HeadGrid): number {
  return layerCount * kvHeadCount;
}

export function headOf({ kvHeadCount }: Pick<HeadGrid, "kvHeadCount">, layer: number, kvHead: number): number {
  return layer * kvHeadCount + kvHead;
}

export function layerOf({ kvHeadCount }: Pick<HeadGrid, "kvHeadCount">, head: number): number {
  return Math.floor(head / kvHeadCount);
}

export function kvHeadOf({ kvHeadCount }: Pick<HeadGrid, "kvHeadCount">, head: number): number {
  return head % kvHeadCount;
}

/** Offsets of rows of these lengths. [head] → [head + 1] */
export function offsetsOf(lengths: ArrayLike<number>): Int32Array {
  const offsets = new Int32Array(lengths.length + 1);
  for (let head = 0; head < lengths.length; head++) offsets[head + 1] = offsets[head] + lengths[head];
  return offsets;
}

/** Offsets of rows that are all of one length. */
export function evenOffsets(headCount: number, length: number): Int32Array {
  return Int32Array.from({ length: headCount + 1 }, (_, head) => head * length);
}

/** Rows over existing values. Throws if the offsets do not fit the values. */
export function headRows<Values extends RowValues>(values: Values, offsets: Int32Array): HeadRows<Values> {
  const end = offsets[offsets.length - 1];
  assert(end === values.length, `rows end at ${end} of ${values.length} values`);
  return { offsets, values };
}

/** Rows of one length over existing values: [layer][kvHead][place]. */
export function evenRows<Values extends RowValues>(values: Values, headCount: number): HeadRows<Values> {
  const length = headCount === 0 ? 0 : values.length / headCount;
  assert(Number.isInteger(length), `${values.length} values for ${headCount} heads`);
  return { offsets: evenOffsets(headCount, length), values };
}

/** Rows put together head by head. */
export function joinRows<Values extends RowValues>(
  rows: readonly Values[],
  Values: new (length: number) => Values,
): HeadRows<Values> {
  const joined = newRows(offsetsOf(rows.map((row) => row.length)), Values);
  rows.forEach((row, head) => joined.values.set(row, joined.offsets[head]));
  return joined;
}

/** Rows of zeros, to be filled. */
export function newRows<Values extends RowValues>(
  offsets: Int32Array,
  Values: new (length: number) => Values,
): HeadRows<Values> {
  return { offsets, values: new Values(offsets[offsets.length - 1]) };
}

/** An empty row for every head: nothing was measured, carried or recorded. */
export function emptyRows<Values extends RowValues>(
  headCount: number,
  Values: new (length: number) => Values,
): HeadRows<Values> {
  return newRows(new Int32Array(headCount + 1), Values);
}

/** Copies the values and shares the offsets, which never change. */
export function copyRows<Values extends RowValues>({ offsets, values }: HeadRows<Values>): HeadRows<Values> {
  return { offsets, values: values.slice() as Values };
}

/** Lengths of rows that only some heads have, 0 for the others; null stands for all heads. A copy. */
export function lengthsOfHeads(lengths: ArrayLike<number>, heads: readonly number[] | null): Int32Array {
  if (heads === null) return Int32Array.from(lengths);
  const some = new Int32Array(lengths.length);
  for (const head of heads) some[head] = lengths[head];
  return some;
}

/** A copy that has the rows of these heads, and empty ones of the others. */
export function onlyRows<Values extends RowValues>(rows: HeadRows<Values>, heads: readonly number[]): HeadRows<Values> {
  const offsets = offsetsOf(lengthsOfHeads(rowLengths(rows), heads));
  const values = new (rows.values.constructor as new (length: number) => Values)(offsets[offsets.length - 1]);
  for (const head of heads) values.set(headRow(rows, head), offsets[head]);
  return { offsets, values };
}

/** The values at these places of every head's row. */
export function pickRows(rows: HeadRows<Int32Array>, places: HeadRows<Int32Array>): HeadRows<Int32Array> {
  const picked = newRows(places.offsets, Int32Array);
  for (let head = 0; head < rowCount(places); head++) {
    const from = rows.offsets[head];
    for (let at = places.offsets[head]; at < places.offsets[head + 1]; at++) {
      picked.values[at] = rows.values[from + places.values[at]];
    }
  }
  return picked;
}

/** One head's row: a view, not a copy. */
export function headRow<Values extends RowValues>({ offsets, values }: HeadRows<Values>, head: number): Values {
  return values.subarray(offsets[head], offsets[head + 1]) as Values;
}

export function rowLength({ offsets }: Pick<HeadRows, "offsets">, head: number): number {
  return offsets[head + 1] - offsets[head];
}

/** How many heads have a row. */
export function rowCount({ offsets }: Pick<HeadRows, "offsets">): number {
  return offsets.length - 1;
}

/** [head] */
export function rowLengths(rows: Pick<HeadRows, "offsets">): Int32Array {
  return Int32Array.from({ length: rowCount(rows) }, (_, head) => rowLength(rows, head));
}

/** Lengths of rows by query head, where each KV head has `groupSize` of them. [head] → [head × groupSize + member] */
export function queryHeadLengths(lengths: Int32Array, groupSize: number): Int32Array {
  return Int32Array.from({ length: lengths.length * groupSize }, (_, row) => lengths[Math.floor(row / groupSize)]);
}

/** Numbers of the query heads in the groups of some KV heads; null stands for all. */
export function queryHeadsOf(heads: readonly number[] | null, groupSize: number): readonly number[] | null {
  if (heads === null) return null;
  return heads.flatMap((head) => Array.from({ length: groupSize }, (_, member) => head * groupSize + member));
}

/** The length that all rows share, or null where they differ. */
export function evenLength(rows: Pick<HeadRows, "offsets">): number | null {
  const length = rowCount(rows) === 0 ? 0 : rowLength(rows, 0);
  return rowLengths(rows).every((other) => other === length) ? length : null;
}

export interface LengthRange {
  readonly shortest: number;
  readonly mean: number;
  readonly longest: number;
}

/** How far the lengths of rows differ; the mean is exact where they do not. */
export function lengthRange(lengths: Int32Array): LengthRange {
  let [shortest, longest, sum] = [Infinity, 0, 0];
  for (const length of lengths) {
    shortest = Math.min(shortest, length);
    longest = Math.max(longest, length);
    sum += length;
  }
  return { shortest, mean: sum / lengths.length, longest };
}

export function meanLength(lengths: Int32Array): number {
  return lengthRange(lengths).mean;
}
