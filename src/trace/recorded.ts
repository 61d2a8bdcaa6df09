// What a trace holds of a head. A run of many heads records attention rows of the watched ones only (watchedHeads.ts), and a
// long one leaves out what is oldest (traceMemory.ts). What was not recorded is an empty row: nobody may read it as zeros.

import { headCountOf, rowCount, rowLength, type HeadRows } from "../cache/headRows";
import type { EvictionEvent, StepRecord, Trace } from "./trace";

/** Whether a step holds the attention row of a head: every head has a slot at least, its own token's. */
export function isAttentionRecorded({ attention }: Pick<StepRecord, "attention">, head: number): boolean {
  return rowLength(attention, head) > 0;
}

/** Whether the run records attention. The oldest steps of a long one may have lost it. */
export function hasTaps({ steps }: Pick<Trace, "steps">): boolean {
  return steps.length > 0 && steps[steps.length - 1].attentionScale.length > 0;
}

/** Of how many KV heads a step holds the attention. */
export function recordedHeadCount({ attention }: Pick<StepRecord, "attention">): number {
  return filledRows(attention);
}

/** Of how many KV heads a step holds the attention, where it watched some only; null where that is all of them, or none. */
export function watchedHeadCount({ header, steps }: Trace, step: number): number | null {
  const count = recordedHeadCount(steps[step]);
  return count === 0 || count === headCountOf(header.model) ? null : count;
}

/** Whether an event holds the scores of a head, not just what became of its slots. */
export function areScoresRecorded({ total }: Pick<EvictionEvent, "total">, head: number): boolean {
  return rowLength(total, head) > 0;
}

/** Of how many KV heads an event holds the scores. */
export function scoredHeadCount({ total }: Pick<EvictionEvent, "total">): number {
  return filledRows(total);
}

/** Why an event has no scores of a head, and what is known of it all the same. */
export function noScoresReason({ step }: Pick<EvictionEvent, "step">): string {
  return `The scores of this head at the event of step ${step} were left out to keep the trace within its memory; which tokens stayed, and by what margin, is known.`;
}

function filledRows(rows: HeadRows): number {
  let count = 0;
  for (let head = 0; head < rowCount(rows); head++) if (rowLength(rows, head) > 0) count++;
  return count;
}
