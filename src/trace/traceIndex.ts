// What replay needs to answer "who is where at step t" by comparison alone: for every position and head the step at
// which it was evicted, and after every event how many heads hold each position. Grows with a live trace, event by event.

import { headCountOf, headRow, lengthRange } from "../cache/headRows";
import { latestOf } from "./latest";
import type { EvictionEvent, Trace } from "./trace";

/** In place of the step of its eviction, for a position that is still held. */
export const NEVER = 0x7fffffff;

export interface TraceIndex {
  /** KV heads of all layers. */
  readonly headCount: number;
  readonly promptCount: number;
  /** Events indexed so far. */
  readonly eventCount: number;
  /** Step of the event that removed a position from a head, NEVER if none has. [position][head], rows of headCount; longer than needed */
  readonly evictedSteps: Int32Array;
  /** Positions that have a row in evictedSteps. */
  readonly positionCapacity: number;
  /** After each event: heads that hold a position. [event] → [position written by then] */
  readonly heldCounts: readonly Uint32Array[];
  /** Most slots that any head has read up to a step. [step] */
  readonly peakSlots: readonly number[];
}

type GrowingIndex = { -readonly [Key in keyof TraceIndex]: TraceIndex[Key] } & {
  readonly heldCounts: Uint32Array[];
  readonly peakSlots: number[];
};

/** The index of a trace, brought up to date: costs only what was added since the last call. */
export function traceIndex(trace: Trace): TraceIndex {
  const index = indexOf(trace);
  while (index.eventCount < trace.events.length) addEvent(index, trace.events[index.eventCount]);
  reserve(index, index.promptCount + trace.steps.length);
  for (let step = index.peakSlots.length; step < trace.steps.length; step++) {
    index.peakSlots.push(Math.max(index.peakSlots.at(-1) ?? 0, lengthRange(trace.steps[step].lengths).longest));
  }
  return index;
}

/** Builds the index of a trace that is about to be shown in pieces. `rest`: lets the page answer between two of them. */
export async function prepareIndex(trace: Trace, rest: () => Promise<void>): Promise<void> {
  const index = indexOf(trace);
  reserve(index, index.promptCount + trace.steps.length);
  let startMs = performance.now();
  while (index.eventCount < trace.events.length) {
    addEvent(index, trace.events[index.eventCount]);
    if (performance.now() - startMs < PIECE_MS) continue;
    await rest();
    startMs = performance.now();
  }
}

const PIECE_MS = 10;

/** How many of the trace's events have taken place once a step is over, its own included. */
export function eventCountAfterStep(trace: Trace, step: number): number {
  let low = 0;
  let high = trace.events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (trace.events[middle].step <= step) low = middle + 1;
    else high = middle;
  }
  return low;
}

function indexOf(trace: Trace): GrowingIndex {
  return latestOf(trace, ["traceIndex"], () => ({
    headCount: headCountOf(trace.header.model),
    promptCount: trace.header.promptTokens.length,
    eventCount: 0,
    evictedSteps: new Int32Array(0),
    positionCapacity: 0,
    heldCounts: [],
    peakSlots: [],
  }));
}

function addEvent(index: GrowingIndex, event: EvictionEvent): void {
  const { headCount } = index;
  const writtenCount = index.promptCount + event.step;
  reserve(index, writtenCount);
  const counts = new Uint32Array(writtenCount).fill(headCount);
  const before = index.heldCounts.at(-1);
  if (before !== undefined) counts.set(before);

  for (let head = 0; head < headCount; head++) {
    const positions = headRow(event.positionsBefore, head);
    const survivors = headRow(event.survivors, head);
    let kept = 0;
    for (let slot = 0; slot < positions.length; slot++) {
      if (kept < survivors.length && survivors[kept] === slot) {
        kept++;
        continue;
      }
      const position = positions[slot];
      index.evictedSteps[position * headCount + head] = event.step;
      counts[position]--;
    }
  }
  index.heldCounts.push(counts);
  index.eventCount++;
}

/** Makes room for that many positions, doubling so that a growing trace is not copied at every step. */
function reserve(index: GrowingIndex, positionCount: number): void {
  if (positionCount <= index.positionCapacity) return;
  const capacity = Math.max(positionCount, index.positionCapacity * 2, 64);
  const evictedSteps = new Int32Array(capacity * index.headCount).fill(NEVER);
  evictedSteps.set(index.evictedSteps);
  index.evictedSteps = evictedSteps;
  index.positionCapacity = capacity;
}
