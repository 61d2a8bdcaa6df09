// What a trace holds of a head. A run of many heads records attention rows of the watched ones only (watchedHeads.ts), and a
// long one leaves out what is oldest (traceMemory.ts). What was not recorded is an empty row: nobody may read it as zeros.

import { rowCount, rowLength, type HeadRows } from "../cache/headRows";
import type { EvictionEvent, StepRecord } from "./trace";

/** Whether a step holds the attention row of a head: every head has a slot at least, its own token's. */
export function isAttentionRecorded({ attention }: Pick<StepRecord, "attention">, head: number): boolean {
  return rowLength(attention, head) > 0;
}

/** Of how many KV heads a step holds the attention. */
export function recordedHeadCount({ attention }: Pick<StepRecord, "attention">): number {
  return filledRows(attention);
}

/** Whether an event holds the scores of a head, not just what became of its slots. */
export function areScoresRecorded({ total }: Pick<EvictionEvent, "total">, head: number): boolean {
  return rowLength(total, head) > 0;
}

/** Of how many KV heads an event holds the scores. */
export function scoredHeadCount({ total }: Pick<EvictionEvent, "total">): number {
  return filledRows(total);
}

function filledRows(rows: HeadRows): number {
  let count = 0;
  for (let head = 0; head < rowCount(rows); head++) if (rowLength(rows, head) > 0) count++;
  return count;
}
