// Grows a trace step by step, in order: what a live run on the page and a recording in a script have in common.
// The trace it hands out is one object that keeps growing; whoever shows it remembers how far it had come.

import { headCountOf, rowCount, rowLengths } from "../cache/headRows";
import { assert } from "../lib/errors";
import type { EvictionEvent, MemorySummary, RunEndReason, StepRecord, Trace, TraceHeader } from "./trace";

export interface TraceBuilder {
  /** The same object from first to last. */
  readonly trace: Trace;
  /** Why a step cannot be the next one, null when it can. */
  objectionTo(record: StepRecord, eviction: EvictionEvent | null): string | null;
  /** The next step with the eviction that fell on it. A step after the end reopens the trace: the run was continued. */
  append(record: StepRecord, eviction: EvictionEvent | null): void;
  /** The same step, or the same event, with less in it (traceMemory.ts). */
  replaceStep(record: StepRecord): void;
  replaceEvent(place: number, event: EvictionEvent): void;
  finish(reason: RunEndReason): void;
  /** The run goes on in other buffers. */
  changeMemory(memory: MemorySummary): void;
}

export function createTraceBuilder(header: TraceHeader): TraceBuilder {
  const steps: StepRecord[] = [];
  const events: EvictionEvent[] = [];
  const trace: { -readonly [Key in keyof Trace]: Trace[Key] } = { header, steps, events, end: null };
  const headCount = headCountOf(header.model);
  let lengthsAfter: Int32Array = new Int32Array(headCount);

  function objectionTo(record: StepRecord, eviction: EvictionEvent | null): string | null {
    const { step, lengths } = record;
    if (step !== steps.length) return `step ${step} follows ${steps.length} steps`;
    if (lengths.length !== headCount) return `step ${step} saw ${lengths.length} heads, expected ${headCount}`;
    const added = step === 0 ? header.promptTokens.length : 1;
    const odd = lengths.findIndex((length, head) => length !== lengthsAfter[head] + added);
    if (odd >= 0) return `step ${step} saw ${lengths[odd]} slots, expected ${lengthsAfter[odd] + added}`;
    const { readSlots } = record;
    if (readSlots !== undefined && rowCount(readSlots) !== headCount) {
      return `step ${step} says what ${rowCount(readSlots)} heads read, expected ${headCount}`;
    }
    return eviction === null ? null : objectionToEviction(record, eviction);
  }

  function objectionToEviction({ step, lengths }: StepRecord, eviction: EvictionEvent): string | null {
    const before = rowLengths(eviction.positionsBefore);
    if (eviction.step !== step || before.join() !== lengths.join()) {
      return `the eviction of step ${eviction.step} does not belong to step ${step}`;
    }
    const { survivors } = eviction;
    if (rowCount(survivors) !== headCount) {
      return `step ${step} keeps slots of ${rowCount(survivors)} heads, expected ${headCount}`;
    }
    const kept = rowLengths(survivors);
    const tooMany = kept.findIndex((keptCount, head) => keptCount > lengths[head]);
    if (tooMany >= 0) return `step ${step} keeps ${kept[tooMany]} of ${lengths[tooMany]} slots`;
    const hasEvicted = kept.some((keptCount, head) => keptCount < lengths[head]);
    return hasEvicted ? null : `step ${step} keeps ${kept[0]} of ${lengths[0]} slots`;
  }

  return {
    trace,
    objectionTo,
    append(record, eviction) {
      const objection = objectionTo(record, eviction);
      assert(objection === null, String(objection));
      steps.push(record);
      if (eviction !== null) events.push(eviction);
      lengthsAfter = eviction === null ? record.lengths : rowLengths(eviction.survivors);
      trace.end = null;
    },
    replaceStep(record) {
      steps[record.step] = record;
    },
    replaceEvent(place, event) {
      assert(events[place].step === event.step, `event ${place} falls on step ${events[place].step}`);
      events[place] = event;
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
