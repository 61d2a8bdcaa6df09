// For tests: a Trace Event file parsed and held against the rules of its format, as far as files of runs use it.
import { expect } from "vitest";
import type { Trace } from "../trace";
import type { TraceEventOptions, TraceEventPlan } from "./traceEvents";
import { planTraceEvents, traceEventJson } from "./traceEvents";

export interface ParsedRow {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface ParsedFile {
  readonly rows: readonly ParsedRow[];
  readonly plan: TraceEventPlan;
  /** Slices of the threads of one process, its name given. */
  readonly slices: (process: string) => ParsedRow[];
  readonly instants: (process: string) => ParsedRow[];
}

export function traceEventsOf(trace: Trace, options: TraceEventOptions = {}): ParsedFile {
  const plan = planTraceEvents(trace, options);
  const file = JSON.parse([...traceEventJson(trace, plan)].join("")) as { traceEvents: ParsedRow[] };
  const rows = file.traceEvents;
  assertFormat(rows);
  const pidOf = (process: string): number | undefined =>
    rows.find(({ name, args }) => name === "process_name" && args["name"] === process)?.pid;
  const of = (ph: string) => (process: string) => rows.filter((row) => row.ph === ph && row.pid === pidOf(process));
  return { rows, plan, slices: of("X"), instants: of("i") };
}

/** Required fields by phase; slices of a thread nest or lie apart; every thread is named once and used by one process. */
function assertFormat(rows: readonly ParsedRow[]): void {
  const named = new Map<number, number>(); // tid → pid
  for (const row of rows) {
    expect(typeof row.name === "string" && row.name.length > 0).toBe(true);
    expect([row.pid, row.tid].every(Number.isInteger)).toBe(true);
    switch (row.ph) {
      case "M":
        expect(["process_name", "process_sort_index", "thread_name", "thread_sort_index"]).toContain(row.name);
        if (row.name === "thread_name") {
          expect(named.has(row.tid)).toBe(false);
          named.set(row.tid, row.pid);
        }
        break;
      case "X":
        expect(Number.isInteger(row.dur) && row.dur >= 0).toBe(true);
        assertPlaced(row, named);
        break;
      case "i":
        expect(row).toMatchObject({ s: "t" });
        assertPlaced(row, named);
        break;
      case "C":
        expect(Object.values(row.args).every((value) => typeof value === "number")).toBe(true);
        assertPlaced(row, named);
        break;
      default:
        expect.unreachable(`phase ${row.ph}`);
    }
  }
  assertApart(rows.filter(({ ph }) => ph === "X"));
}

function assertPlaced(row: ParsedRow, named: ReadonlyMap<number, number>): void {
  expect(Number.isInteger(row.ts) && row.ts >= 0).toBe(true);
  expect(named.get(row.tid)).toBe(row.pid);
}

function assertApart(slices: readonly ParsedRow[]): void {
  const ends = new Map<number, number>();
  for (const { tid, ts, dur } of [...slices].sort((left, right) => left.ts - right.ts)) {
    expect(ts).toBeGreaterThanOrEqual(ends.get(tid) ?? 0);
    ends.set(tid, ts + dur);
  }
}
