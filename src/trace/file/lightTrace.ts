// A run with less in it, for a file that travels: without attention rows, and without what stands behind the scores.
// Tokens, survivors, totals, cut-offs and margins stay exactly as they were, so the run replays and proves itself the same.

import { emptyRows } from "../../cache/headRows";
import type { EvictionEvent, StepRecord, Trace } from "../trace";

export interface TraceExtras {
  /** Attention rows of every step, of query heads too: most of a recorded run's bytes. */
  readonly hasAttention: boolean;
  /** Comparison with the full cache. */
  readonly hasLoyalty: boolean;
  /** Terms, parts, carried scores and evidence of events: what the why card explains a decision with. */
  readonly hasTerms: boolean;
}

/** The trace itself where nothing is left out. */
export function lightTrace(trace: Trace, extras: TraceExtras): Trace {
  if (extras.hasAttention && extras.hasLoyalty && extras.hasTerms) return trace;
  return {
    ...trace,
    steps: trace.steps.map((step) => lightStep(step, extras)),
    events: extras.hasTerms ? trace.events : trace.events.map(withoutTerms),
  };
}

function lightStep(step: StepRecord, { hasAttention, hasLoyalty }: TraceExtras): StepRecord {
  const { loyalty, headAttention, headAttentionScale, ...rest } = step;
  const rows = headAttention && headAttentionScale && { headAttention, headAttentionScale };
  return {
    ...rest,
    ...(hasLoyalty && loyalty && { loyalty }),
    ...(hasAttention
      ? rows
      : { attention: emptyRows(step.lengths.length, Uint8Array), attentionScale: new Float32Array(0) }),
  };
}

function withoutTerms({ excusedSlots: _, votingHeads: __, ...event }: EvictionEvent): EvictionEvent {
  return { ...event, terms: {}, parts: {}, carry: emptyRows(event.cutOff.length, Float32Array) };
}
