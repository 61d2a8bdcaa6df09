// The traces of a live run while they grow, one per lane.
import type { EvictionEvent, MemorySummary, RunEndReason, StepRecord, Trace, TraceHeader } from "../trace/trace";
import { createTraceBuilder, type TraceBuilder } from "../trace/traceBuilder";

export interface LiveTraces {
  /** A lane has begun; lanes begin in order. */
  readonly begin: (lane: number, header: TraceHeader) => void;
  readonly append: (lane: number, record: StepRecord, eviction: EvictionEvent | null) => void;
  readonly changeMemory: (lane: number, memory: MemorySummary) => void;
  readonly finish: (lane: number, reason: RunEndReason) => void;
  /** The traces of all lanes once each of them has a step; null before. [lane] */
  readonly shown: () => readonly Trace[] | null;
  /** Whether this lane has come to an end. */
  readonly hasEnded: (lane: number) => boolean;
  readonly haveAllEnded: () => boolean;
}

export function createLiveTraces(laneCount: number): LiveTraces {
  const builders: TraceBuilder[] = []; // [lane]
  const hasEnded = (lane: number): boolean => (builders.at(lane)?.trace.end ?? null) !== null;
  return {
    begin(lane, header) {
      builders[lane] = createTraceBuilder(header);
    },
    append: (lane, record, eviction) => builders[lane].append(record, eviction),
    changeMemory: (lane, memory) => builders[lane].changeMemory(memory),
    finish: (lane, reason) => builders[lane].finish(reason),
    shown() {
      const isComplete = builders.length === laneCount && builders.every(({ trace }) => trace.steps.length > 0);
      return isComplete ? builders.map(({ trace }) => trace) : null;
    },
    hasEnded,
    haveAllEnded: () => builders.length === laneCount && builders.every((_, lane) => hasEnded(lane)),
  };
}
