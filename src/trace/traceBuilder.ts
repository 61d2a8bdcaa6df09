// Grows a trace step by step, in order: what a live run on the page and a recording in a script have in common.
// The trace it hands out is one object that keeps growing; whoever shows it remembers how far it had come.

import { assert } from "../lib/errors";
import type { EvictionEvent, RunEndReason, StepRecord, Trace, TraceHeader } from "./trace";

export interface TraceBuilder {
  /** The same object from first to last. */
  readonly trace: Trace;
  /** The next step with the eviction that fell on it. A step after the end reopens the trace: the run was continued. */
  append(record: StepRecord, eviction: EvictionEvent | null): void;
  finish(reason: RunEndReason): void;
}

export function createTraceBuilder(header: TraceHeader): TraceBuilder {
  const steps: StepRecord[] = [];
  const events: EvictionEvent[] = [];
  const trace: { -readonly [Key in keyof Trace]: Trace[Key] } = { header, steps, events, end: null };
  const headCount = header.model.layerCount * header.model.kvHeadCount;
  let lengthAfter = 0;

  return {
    trace,
    append(record, eviction) {
      assert(record.step === steps.length, `step ${record.step} follows ${steps.length} steps`);
      const added = record.step === 0 ? header.promptTokens.length : 1;
      assert(
        record.lengthSlots === lengthAfter + added,
        `step ${record.step} saw ${record.lengthSlots} slots, expected ${lengthAfter + added}`,
      );
      if (eviction !== null) {
        assert(
          eviction.step === record.step && eviction.lengthBefore === record.lengthSlots,
          `the eviction of step ${eviction.step} does not belong to step ${record.step}`,
        );
        const keptCount = eviction.survivors.length / headCount;
        assert(
          Number.isInteger(keptCount) && keptCount < record.lengthSlots,
          `step ${record.step} keeps ${keptCount} of ${record.lengthSlots} slots`,
        );
        events.push(eviction);
        lengthAfter = keptCount;
      } else {
        lengthAfter = record.lengthSlots;
      }
      steps.push(record);
      trace.end = null;
    },
    finish(reason) {
      assert(trace.end === null, `the trace has ended already: ${String(trace.end)}`);
      trace.end = reason;
    },
  };
}
