// What a run keeps of the attention it computes anyway: the newest query's rows for the page (taps), and the column
// sums of the prompt for policies that start from them.

import { headRow } from "../../cache/cacheState";

export interface Taps {
  /** Keeps the highest probability of the group for every slot. `head` counts layer × kvHeadCount + kvHead. */
  record(head: number, groupRows: readonly Float32Array[]): void;
  /** 255 × p / scale, rounded, and the scale of each row: [head][slot of lengthSlots] and [head]. New arrays. */
  quantise(lengthSlots: number): { attention: Uint8Array; attentionScale: Float32Array };
  readonly scratchBytes: number;
}

export function createTaps(headCount: number, slotCapacity: number): Taps {
  const highest = new Float32Array(headCount * slotCapacity); // [head][slot]
  const record = (head: number, groupRows: readonly Float32Array[]): void => {
    const row = headRow(highest, head, slotCapacity);
    row.set(groupRows[0]);
    for (let member = 1; member < groupRows.length; member++) {
      const other = groupRows[member];
      for (let slot = 0; slot < other.length; slot++) if (other[slot] > row[slot]) row[slot] = other[slot];
    }
  };
  const quantise = (lengthSlots: number): { attention: Uint8Array; attentionScale: Float32Array } => {
    const attention = new Uint8Array(headCount * lengthSlots);
    const attentionScale = new Float32Array(headCount);
    for (let head = 0; head < headCount; head++) {
      const from = head * slotCapacity;
      let scale = 0;
      for (let slot = 0; slot < lengthSlots; slot++) if (highest[from + slot] > scale) scale = highest[from + slot];
      attentionScale[head] = scale;
      const factor = 255 / scale;
      const to = head * lengthSlots;
      for (let slot = 0; slot < lengthSlots; slot++) attention[to + slot] = highest[from + slot] * factor + 0.5;
    }
    return { attention, attentionScale };
  };
  return { record, quantise, scratchBytes: highest.byteLength };
}

/** Taps of every query head by itself: rows and scales count layer × headCount + head. */
export function createHeadTaps(headCount: number, groupSize: number, slotCapacity: number): Taps {
  const taps = createTaps(headCount * groupSize, slotCapacity);
  const record = (head: number, groupRows: readonly Float32Array[]): void => {
    for (let member = 0; member < groupSize; member++) taps.record(head * groupSize + member, [groupRows[member]]);
  };
  return { ...taps, record };
}

export interface PromptSums {
  /** Adds one prompt query's row, joined over its group. */
  add(head: number, groupRows: readonly Float32Array[]): void;
  /** The sums so far: [head][position of promptCount]. A new array. */
  read(promptCount: number): Float32Array;
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
  const read = (promptCount: number): Float32Array => {
    const columns = new Float32Array(headCount * promptCount);
    for (let head = 0; head < headCount; head++) {
      const start = head * promptCapacity;
      columns.set(sums.subarray(start, start + promptCount), head * promptCount);
    }
    return columns;
  };
  return { add, read, scratchBytes: sums.byteLength };
}
