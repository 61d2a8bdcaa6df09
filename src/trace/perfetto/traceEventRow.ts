// What every process of a Trace Event file uses: the shape of a row, the rows that name things, and the times of the steps.

import { meanLength, rowLength, rowLengths } from "../../cache/headRows";
import type { EvictionEvent, Trace } from "../trace";

/** One object of "traceEvents". Times are in microseconds. */
export interface TraceEventRow {
  readonly name: string;
  /** X: a slice, i: an instant, C: a counter, M: a name or an order of processes and threads. */
  readonly ph: "X" | "i" | "C" | "M";
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly s?: "t";
  readonly cat?: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Thread numbers are unique over all processes: some viewers know a thread by its number alone. */
export const FIRST_TID = 100_000;

export function instant(
  [pid, tid]: readonly [number, number],
  ts: number,
  name: string,
  args: TraceEventRow["args"],
): TraceEventRow {
  return { name, cat: "eviction", ph: "i", s: "t", pid, tid, ts, args };
}

export function* processNames(pid: number, name: string): Generator<TraceEventRow> {
  yield { name: "process_name", ph: "M", pid, tid: 0, args: { name } };
  yield { name: "process_sort_index", ph: "M", pid, tid: 0, args: { sort_index: pid } };
}

export function* threadNames(pid: number, tid: number, name: string, order: number): Generator<TraceEventRow> {
  yield { name: "thread_name", ph: "M", pid, tid, args: { name } };
  yield { name: "thread_sort_index", ph: "M", pid, tid, args: { sort_index: order } };
}

/** With the counts of one head, or the mean over all heads if `head` is null. */
export function evictionName(event: EvictionEvent, head: number | null): string {
  const [before, kept] = [event.positionsBefore, event.survivors].map((rows) =>
    head === null ? meanLength(rowLengths(rows)) : rowLength(rows, head),
  );
  return `event ${event.event}: ${rounded(before - kept)} of ${rounded(before)} evicted`;
}

function rounded(slots: number): string {
  return String(Math.round(10 * slots) / 10);
}

/** Leaves out NaN and infinities, which JSON cannot hold. */
export function finite(numbers: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(numbers).filter(([, value]) => Number.isFinite(value)));
}

/**
 * When things happened, in microseconds since the run began: measured times one after the other, or even steps.
 *
 *   measured   | compute | read-back | event |        steps   | 1 ms per step, whatever it took |
 *              start     computed    readBack end            start                             end
 */
export type TraceEventClock = "measured" | "steps";

/** Microseconds per step where steps are even. */
const EVEN_STEP_US = 1000;
const LEAST_MS = 0.001;
/** A day: a longer time was not measured, and sums would lose their microseconds. */
const LARGEST_MS = 86_400_000;

export interface StepTimes {
  readonly startUs: number;
  readonly computedUs: number;
  readonly readBackUs: number;
  /** If an event fell on the step, it ends with the step. */
  readonly endUs: number;
}

/** [step]. Whole microseconds, so that one slice begins exactly where the last one ends. */
export function stepTimes(trace: Trace, stepCount: number, clock: TraceEventClock): StepTimes[] {
  let nowMs = 0;
  const pass = (elapsedMs: number): number => {
    nowMs += usable(elapsedMs);
    return Math.round(nowMs * 1000);
  };
  return trace.steps.slice(0, stepCount).map(({ timings, step }) => {
    if (clock === "steps") {
      const endUs = (step + 1) * EVEN_STEP_US;
      return { startUs: step * EVEN_STEP_US, computedUs: endUs, readBackUs: endUs, endUs };
    }
    const startUs = pass(0);
    return {
      startUs,
      computedUs: pass(timings.computeMs),
      readBackUs: pass(timings.readBackMs),
      endUs: pass(timings.eventMs),
    };
  });
}

/** Whether every step took long enough to show: otherwise slices of a measured clock would have no width. */
export function isTimed(trace: Trace, stepCount: number): boolean {
  return trace.steps.slice(0, stepCount).every(({ timings }) => usable(timings.computeMs) >= LEAST_MS);
}

/** A run file may hold anything: a time that cannot be one counts as 0. */
function usable(elapsedMs: number): number {
  return Number.isFinite(elapsedMs) && elapsedMs > 0 ? Math.min(elapsedMs, LARGEST_MS) : 0;
}
