// A run as Trace Event JSON, which Perfetto (ui.perfetto.dev) and chrome://tracing open: one process for the engine with its
// phases and the cache length, one for each layer and KV head with the lives of its tokens. docs/run-file.md says how to read it.
// Format: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU

import { headCountOf } from "../../cache/headRows";
import { InputError } from "../../lib/errors";
import { writtenCountAfterStep } from "../replay";
import type { Trace } from "../trace";
import { engineRows, headRows } from "./traceEventProcesses";
import { isTimed, stepTimes, type TraceEventClock } from "./traceEventRow";

export interface TraceEventOptions {
  /** "steps": 1 ms for every step. Default: measured times, if the run has them. */
  readonly clock?: TraceEventClock;
  /** Heads wanted (layer × kvHeadCount + kvHead); all by default. */
  readonly heads?: readonly number[];
  /** Most lives (tokens × heads) that a file may hold; about 250 bytes each. */
  readonly largestLifeCount?: number;
}

/** What a file will hold, known before any of it is written. */
export interface TraceEventPlan {
  readonly clock: TraceEventClock;
  readonly stepCount: number;
  readonly heads: readonly number[];
  readonly lifeCount: number;
  /** Heads that were asked for and did not fit. */
  readonly leftOutCount: number;
}

const LARGEST_LIFE_COUNT = 200_000;
const CHUNK_CHARACTERS = 1 << 16;
/** Work between two pauses, too short to be felt. */
const SLICE_MS = 20;

/** If not all heads fit, those written are spread evenly. Throws InputError for a head that the run does not have. */
export function planTraceEvents(trace: Trace, options: TraceEventOptions = {}): TraceEventPlan {
  const headCount = headCountOf(trace.header.model);
  const wanted = options.heads ?? Array.from({ length: headCount }, (_, head) => head);
  const unknown = wanted.find((head) => !Number.isInteger(head) || head < 0 || head >= headCount);
  if (unknown !== undefined) throw new InputError(`head ${unknown} is not one of the run’s: 0 to ${headCount - 1}`);
  const stepCount = trace.steps.length;
  const livesPerHead = writtenCountAfterStep(trace, stepCount - 1);
  const room = Math.floor((options.largestLifeCount ?? LARGEST_LIFE_COUNT) / Math.max(1, livesPerHead));
  const heads = spread(wanted, Math.max(1, room));
  return {
    clock: options.clock === "steps" || !isTimed(trace, stepCount) ? "steps" : "measured",
    stepCount,
    heads,
    lifeCount: heads.length * livesPerHead,
    leftOutCount: wanted.length - heads.length,
  };
}

/** The file, piece by piece. */
export function* traceEventJson(trace: Trace, plan: TraceEventPlan): Generator<string> {
  const { header } = trace;
  const times = stepTimes(trace, plan.stepCount, plan.clock);
  const about = {
    source: "Winnow",
    model: header.model.label,
    policy: header.policyLabel,
    clock: plan.clock === "measured" ? "measured times, one after the other" : "1 ms per step, not measured",
    headsLeftOut: plan.leftOutCount,
  };
  yield `{"displayTimeUnit":"ms","otherData":${JSON.stringify(about)},"traceEvents":[\n`;
  let separator = "";
  const written = (row: object): string => {
    const text = separator + JSON.stringify(row);
    separator = ",\n";
    return text;
  };
  for (const row of engineRows(trace, times, plan.clock === "measured")) yield written(row);
  for (const [place, head] of plan.heads.entries()) {
    for (const row of headRows(trace, times, head, place)) yield written(row);
  }
  yield "\n]}\n";
}

/** The file as a whole, made in short tasks with a pause between them. */
export async function traceEventBlob(trace: Trace, plan: TraceEventPlan, pause = nextTask): Promise<Blob> {
  const parts: string[] = [];
  let part = "";
  let sliceStart = performance.now();
  for (const text of traceEventJson(trace, plan)) {
    part += text;
    if (part.length < CHUNK_CHARACTERS) continue;
    parts.push(part);
    part = "";
    if (performance.now() - sliceStart < SLICE_MS) continue;
    await pause();
    sliceStart = performance.now();
  }
  return new Blob([...parts, part], { type: "application/json" });
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

function spread<Item>(items: readonly Item[], count: number): Item[] {
  if (count >= items.length) return [...items];
  return Array.from({ length: count }, (_, place) => items[Math.floor((place * items.length) / count)]);
}
