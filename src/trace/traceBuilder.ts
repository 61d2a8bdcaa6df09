// Grows a trace step by step, in order: what a live run on the page and a recording in a script have in common.
// The trace it hands out is one object that keeps growing; whoever shows it remembers how far it had come.

import { assert } from "../lib/errors";
import type { EvictionEvent, MemorySummary, RunEndReason, StepRecord, Trace, TraceHeader } from "./trace";

export interface TraceBuilder {
  /** The same object from first to last. */
  readonly trace: Trace;
  /** Why a step cannot be the next one, null when it can. */
  objectionTo(record: StepRecord, eviction: EvictionEvent | null): string | null;
  /** The next step with the eviction that fell on it. A step after the end reopens the trace: the run was continued. */
  append(record: StepRecord, eviction: EvictionEvent | null): void;
  finish(reason: RunEndReason): void;
  /** The run goes on in other buffers. */
  changeMemory(memory: MemorySummary): void;
}

export function createTraceBuilder(header: TraceHeader): TraceBuilder {
  const steps: StepRecord[] = [];
  const events: EvictionEvent[] = [];
  const trace: { -readonly [Key in keyof Trace]: Trace[Key] } = { header, steps, events, end: null };
  const headCount = header.model.layerCount * header.model.kvHeadCount;
  let lengthAfter = 0;

  function objectionTo(record: StepRecord, eviction: EvictionEvent | null): string | null {
    const { step, lengthSlots } = record;
    if (step !== steps.length) return `step ${step} follows ${steps.length} steps`;
    const expected = lengthAfter + (step === 0 ? header.promptTokens.length : 1);
    if (lengthSlots !== expected) {
      return `step ${step} saw ${lengthSlots} slots, expected ${expected}`;
    }
    if (eviction === null) return null;
    if (eviction.step !== step || eviction.lengthBefore !== lengthSlots) {
      return `the eviction of step ${eviction.step} does not belong to step ${step}`;
    }
    const keptCount = eviction.survivors.length / headCount;
    return Number.isInteger(keptCount) && keptCount < lengthSlots
      ? null
      : `step ${step} keeps ${keptCount} of ${lengthSlots} slots`;
  }

  return {
    trace,
    objectionTo,
    append(record, eviction) {
      const objection = objectionTo(record, eviction);
      assert(objection === null, String(objection));
      steps.push(record);
      if (eviction !== null) events.push(eviction);
      lengthAfter = eviction === null ? record.lengthSlots : eviction.survivors.length / headCount;
      trace.end = null;
    },
    finish(reason) {
      assert(trace.end === null, `the trace has ended already: ${String(trace.end)}`);
      trace.end = reason;
    },
    changeMemory(memory) {
      trace.header = { ...trace.header, memory };
    },
  };
}
