// One row of a Trace Event file, and the small ones that every part of it uses.

import { meanLength, rowLength, rowLengths } from "../../cache/headRows";
import type { EvictionEvent } from "../trace";

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

/** Threads get numbers of their own over all processes: some viewers know a thread by its number alone. */
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

/** Counts those of one head, or the mean over the heads where `head` is null. */
export function evictionName(event: EvictionEvent, head: number | null): string {
  const [before, kept] = [event.positionsBefore, event.survivors].map((rows) =>
    head === null ? meanLength(rowLengths(rows)) : rowLength(rows, head),
  );
  return `event ${event.event}: ${rounded(before - kept)} of ${rounded(before)} leave`;
}

function rounded(slots: number): string {
  return String(Math.round(10 * slots) / 10);
}

/** JSON has no NaN and no infinities: such a number is left out. */
export function finite(numbers: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(numbers).filter(([, value]) => Number.isFinite(value)));
}
