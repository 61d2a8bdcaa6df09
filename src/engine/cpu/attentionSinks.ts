// What a run keeps of the attention it computes anyway: the newest query's rows for the page (taps), and the column
// sums of the prompt for policies that start from them.

import type { HeadRows } from "../../cache/headRows";
import {
  evenRows,
  headRow,
  lengthsOfHeads,
  newRows,
  offsetsOf,
  queryHeadLengths,
  queryHeadsOf,
} from "../../cache/headRows";

export interface TappedAttention {
  /** 255 × p / scale, rounded. */
  readonly attention: HeadRows<Uint8Array>;
  /** The largest p of each row. */
  readonly attentionScale: Float32Array;
}

export interface Taps {
  /** Keeps the highest probability of the group for every slot. */
  record(head: number, groupRows: readonly Float32Array[]): void;
  /** Rows of the slots in use, of the watched KV heads or of all; scales of all. New arrays. */
  quantise(lengths: Int32Array, watchedHeads: readonly number[] | null): TappedAttention;
  readonly scratchBytes: number;
}

export function createTaps(headCount: number, slotCapacity: number): Taps {
  const highest = new Float32Array(headCount * slotCapacity); // [head][slot]
  const record = (head: number, groupRows: readonly Float32Array[]): void => {
    const row = highest.subarray(head * slotCapacity, (head + 1) * slotCapacity);
    row.set(groupRows[0]);
    for (let member = 1; member < groupRows.length; member++) {
      const other = groupRows[member];
      for (let slot = 0; slot < other.length; slot++) if (other[slot] > row[slot]) row[slot] = other[slot];
    }
  };
  const quantise = (lengths: Int32Array, watchedHeads: readonly number[] | null): TappedAttention => {
    const attention = newRows(offsetsOf(lengthsOfHeads(lengths, watchedHeads)), Uint8Array);
    const attentionScale = new Float32Array(headCount);
    for (let head = 0; head < headCount; head++) {
      const from = head * slotCapacity;
      const lengthSlots = lengths[head];
      let scale = 0;
      for (let slot = 0; slot < lengthSlots; slot++) if (highest[from + slot] > scale) scale = highest[from + slot];
      attentionScale[head] = scale;
      const factor = 255 / scale;
      const row = headRow(attention, head);
      for (let slot = 0; slot < row.length; slot++) row[slot] = highest[from + slot] * factor + 0.5;
    }
    return { attention, attentionScale };
  };
  return { record, quantise, scratchBytes: highest.byteLength };
}

/** Taps of every query head by itself: rows and scales count layer × headCount + head; `lengths` are those of KV heads. */
export function createHeadTaps(headCount: number, groupSize: number, slotCapacity: number): Taps {
  const taps = createTaps(headCount * groupSize, slotCapacity);
  const record = (head: number, groupRows: readonly Float32Array[]): void => {
    for (let member = 0; member < groupSize; member++) taps.record(head * groupSize + member, [groupRows[member]]);
  };
  const quantise = (lengths: Int32Array, watchedHeads: readonly number[] | null): TappedAttention =>
    taps.quantise(queryHeadLengths(lengths, groupSize), queryHeadsOf(watchedHeads, groupSize));
  return { ...taps, record, quantise };
}

export interface PromptSums {
  /** Adds one prompt query's row, joined over its group. */
  add(head: number, groupRows: readonly Float32Array[]): void;
  /** The sums so far, by position of the prompt. New arrays. */
  read(promptCount: number): HeadRows<Float32Array>;
  readonly scratchBytes: number;
}

export function createPromptSums(headCount: number, promptCapacity: number, pooling: "max" | "mean"): PromptSums {
  const sums = new Float64Array(headCount * promptCapacity); // [head][position of promptCapacity]
  const add = (head: number, groupRows: readonly Float32Array[]): void => {
    const start = head * promptCapacity;
    for (let slot = 0; slot < groupRows[0].length; slot++) {
      let joined = 0;
      for (let member = 0; member < groupRows.length; member++) {
        const probability = groupRows[member][slot];
        if (pooling === "max") joined = Math.max(joined, probability);
        else joined += probability / groupRows.length;
      }
      sums[start + slot] += joined;
    }
  };
  const read = (promptCount: number): HeadRows<Float32Array> => {
    const columns = new Float32Array(headCount * promptCount);
    for (let head = 0; head < headCount; head++) {
      const start = head * promptCapacity;
      columns.set(sums.subarray(start, start + promptCount), head * promptCount);
    }
    return evenRows(columns, headCount);
  };
  return { add, read, scratchBytes: sums.byteLength };
}
