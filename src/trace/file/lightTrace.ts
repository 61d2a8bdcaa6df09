// A run with less in it, for a file that travels: without attention rows or what was read, and without what stands behind the scores.
// Tokens, survivors, totals, cut-offs and margins stay exactly as they were, so the run replays and proves itself the same.

import { emptyRows, rowCount } from "../../cache/headRows";
import type { EvictionEvent, StepRecord, Trace } from "../trace";

export function lightTrace(trace: Trace): Trace {
  return { ...trace, steps: trace.steps.map(withoutAttention), events: trace.events.map(withoutTerms) };
}

function withoutAttention({
  headAttention: _,
  headAttentionScale: __,
  readSlots: ___,
  readMeasures: ____,
  ...step
}: StepRecord): StepRecord {
  return { ...step, attention: emptyRows(step.lengths.length, Uint8Array), attentionScale: new Float32Array(0) };
}

function withoutTerms(full: EvictionEvent): EvictionEvent {
  const { excusedSlots: _, votingHeads: __, queryPoints: ___, keyPoints: ____, queryVariance: _____, ...event } = full;
  return { ...event, terms: {}, parts: {}, carry: emptyRows(rowCount(event.survivors), Float32Array) };
}
