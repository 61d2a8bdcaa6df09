// Which original position sits in which slot of each head, and the score carried with each slot. Every head keeps its
// own set of slots, and the sets may differ in size. Slots ascend in position.

import {
  emptyRows,
  headCountOf,
  headRow,
  newRows,
  offsetsOf,
  pickRows,
  rowCount,
  rowLength,
  rowLengths,
} from "./headRows";
import type { HeadGrid, HeadRows } from "./headRows";

export interface CacheState extends HeadGrid {
  readonly positions: HeadRows<Int32Array>;
  /** Scores of each head's first slots; rows are empty where nothing is carried, as before the first event. */
  readonly carried: HeadRows<Float32Array>;
  /** Of each head's first slots, as the last event left them; null where nothing was ever merged. Slots behind have one vote and no bias. */
  readonly merged: MergedSlots | null;
}

/** What slots are in attention. */
export interface MergedSlots {
  /** Tokens that a slot stands for. */
  readonly votes: HeadRows<Int32Array>;
  /** Added to its logit: the logarithm of the votes, and what a merge left. */
  readonly logBias: HeadRows<Float32Array>;
}

export function emptyCache({ layerCount, kvHeadCount }: HeadGrid): CacheState {
  const headCount = headCountOf({ layerCount, kvHeadCount });
  return {
    layerCount,
    kvHeadCount,
    positions: emptyRows(headCount, Int32Array),
    carried: emptyRows(headCount, Float32Array),
    merged: null,
  };
}

/** The cache after positions `from` … `from + count − 1` were written behind the newest slot of every head. */
export function appendPositions(cache: CacheState, from: number, count: number): CacheState {
  return { ...cache, positions: extendRows(cache.positions, from, count) };
}

/** Every row with `from` … `from + count − 1` behind it. */
export function extendRows(rows: HeadRows<Int32Array>, from: number, count: number): HeadRows<Int32Array> {
  const longer = newRows(offsetsOf(rowLengths(rows).map((length) => length + count)), Int32Array);
  for (let head = 0; head < rowCount(rows); head++) {
    const row = headRow(longer, head);
    row.set(headRow(rows, head));
    for (let added = 0; added < count; added++) row[row.length - count + added] = from + added;
  }
  return longer;
}

/** The cache after only `survivors` stayed, slots ascending in each head. Scores stay as they are. */
export function keepSlots(cache: CacheState, survivors: HeadRows<Int32Array>): CacheState {
  return { ...cache, positions: pickRows(cache.positions, survivors) };
}

/** Votes and bias of every slot that a head holds. [slot] */
export function slotVotes(
  { positions, merged }: CacheState,
  head: number,
): { votes: Int32Array; logBias: Float32Array } {
  const length = rowLength(positions, head);
  const votes = new Int32Array(length).fill(1);
  const logBias = new Float32Array(length);
  if (merged !== null) {
    votes.set(headRow(merged.votes, head));
    logBias.set(headRow(merged.logBias, head));
  }
  return { votes, logBias };
}
