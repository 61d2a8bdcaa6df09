// The cache at any step of a trace, replayed from the survivors of its events. Pure and memoised: the same question
// about the same trace costs once, and a trace that grew is not read again from its start.
//
// "After step t" means after forward t and the event that fell on it. Step −1 is before the prefill: an empty cache.
//
//   step        …  t − 1        t (event)              t + 1
//   seen         n − 1 slots    n slots                B + 1 slots
//   after        n − 1 slots    B slots (survivors)    B + 1 slots

import { extendRows } from "../cache/cacheState";
import { emptyRows, headOf, headRow, pickRows, rowLength, rowLengths } from "../cache/headRows";
import type { HeadRows } from "../cache/headRows";
import { assert } from "../lib/errors";
import { latestOf } from "./latest";
import type { EvictionEvent, Trace } from "./trace";
import { eventCountAfterStep, NEVER, traceIndex } from "./traceIndex";

/** Original position of every slot, ascending in each head. */
export type ReplayedCache = HeadRows<Int32Array>;

export interface Lifetimes {
  /** Positions written into the cache so far: prompt and fed tokens. */
  readonly positionCount: number;
  /** Step whose forward wrote the position: 0 for the prompt, t for position P + t − 1. */
  writtenStep(position: number): number;
  /** Step of the event that evicted it there, Infinity while it is held. */
  evictedStep(layer: number, kvHead: number, position: number): number;
  /** Step at which the last head evicted it, Infinity while any holds it. */
  lastEvictedStep(position: number): number;
}

/** Who is in which slot once a step is over, event included. */
export function cacheAfterStep(trace: Trace, step: number): ReplayedCache {
  return latestOf(trace, ["cacheAfterStep", step], () => {
    const eventCount = eventCountAfterStep(trace, step);
    const hasEvent = eventCount > 0 && trace.events[eventCount - 1].step === step;
    return hasEvent ? replayFrom(trace, eventCount, step) : cacheSeenByStep(trace, step);
  });
}

/** Who is in which slot while a step's forward reads the cache, before the event that may fall on it. */
export function cacheSeenByStep(trace: Trace, step: number): ReplayedCache {
  return latestOf(trace, ["cacheSeenByStep", step], () =>
    replayFrom(trace, eventCountAfterStep(trace, step - 1), step),
  );
}

/** The slot that holds a position in a head, −1 if none does. */
export function positionToSlot(cache: ReplayedCache, head: number, position: number): number {
  const row = headRow(cache, head);
  let low = 0;
  let high = row.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (row[middle] === position) return middle;
    if (row[middle] < position) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** When each position was written and when each layer and KV head evicted it. */
export function lifetimes(trace: Trace): Lifetimes {
  const { headCount, promptCount, evictedSteps } = traceIndex(trace);
  const positionCount = writtenCountAfterStep(trace, trace.steps.length - 1);
  return {
    positionCount,
    writtenStep: (position) => Math.max(0, position - promptCount + 1),
    evictedStep(layer, kvHead, position) {
      const step = evictedSteps[position * headCount + headOf(trace.header.model, layer, kvHead)];
      return step === NEVER ? Infinity : step;
    },
    lastEvictedStep(position) {
      let last = 0;
      for (let head = 0; head < headCount; head++) {
        last = Math.max(last, evictedSteps[position * headCount + head]);
      }
      return last === NEVER ? Infinity : last;
    },
  };
}

/**
 * Per position the share of (layer, KV head) pairs that still hold it once a step is over, 0 … 1. [position up to P + step]
 * The last one is the token that the step has just generated: it enters the cache with the next forward and counts as held.
 */
export function heldShare(trace: Trace, step: number): Float32Array {
  return latestOf(trace, ["heldShare", step], () => newHeldShare(trace, step));
}

function newHeldShare(trace: Trace, step: number): Float32Array {
  assertStep(trace, step);
  const { headCount, promptCount, heldCounts } = traceIndex(trace);
  const share = new Float32Array(promptCount + step + 1).fill(1);
  const eventCount = eventCountAfterStep(trace, step);
  if (eventCount > 0) {
    const counts = heldCounts[eventCount - 1];
    for (let position = 0; position < counts.length; position++) {
      share[position] = counts[position] / headCount;
    }
  }
  return share;
}

/** Whether a position is among the newest `windowSlots` that the cache holds once a step is over. */
export function isInWindow(trace: Trace, step: number, position: number): boolean {
  const written = writtenCountAfterStep(trace, step);
  const { windowSlots } = trace.header.parameters;
  return typeof windowSlots === "number" && position < written && position >= written - windowSlots;
}

/** n: slots that a step's forward read. [head] */
export function lengthsSeenByStep(trace: Trace, step: number): Int32Array {
  return step < 0 ? new Int32Array(traceIndex(trace).headCount) : trace.steps[step].lengths;
}

/** Slots in use once a step is over: B after an event, else what the forward read. [head] */
export function lengthsAfterStep(trace: Trace, step: number): Int32Array {
  const event = eventAtStep(trace, step);
  if (event === null) return lengthsSeenByStep(trace, step);
  // The next step wrote one more. Rows of an event that left their room are a pass over all positions and heads (leanEvent.ts).
  const next = trace.steps.at(step + 1);
  return next === undefined ? rowLengths(event.survivors) : next.lengths.map((length) => length - 1);
}

/** The eviction that fell on a step. */
export function eventAtStep(trace: Trace, step: number): EvictionEvent | null {
  const event = lastEventAtStep(trace, step);
  return event?.step === step ? event : null;
}

/** The newest eviction up to and including a step. */
export function lastEventAtStep(trace: Trace, step: number): EvictionEvent | null {
  const eventCount = eventCountAfterStep(trace, step);
  return eventCount === 0 ? null : trace.events[eventCount - 1];
}

/** Positions that one head keeps at the event of a step, ascending, without a pass over the other heads. */
export function keptByHead(trace: Trace, step: number, head: number): Int32Array {
  const { evictedSteps, headCount, promptCount } = traceIndex(trace);
  const kept: number[] = [];
  for (let position = 0; position < promptCount + step; position++) {
    if (evictedSteps[position * headCount + head] > step) kept.push(position);
  }
  return Int32Array.from(kept);
}

/** Positions that an event kept, ascending in each head. */
export function survivingPositions({ positionsBefore, survivors }: Decided): HeadRows<Int32Array> {
  return pickRows(positionsBefore, survivors);
}

type Decided = Pick<EvictionEvent, "positionsBefore" | "survivors">;

/** Tokens generated up to and including a step. [step] */
export function generatedTokens(trace: Trace, step: number): Int32Array {
  return Int32Array.from(trace.steps.slice(0, step + 1), (record) => record.token);
}

/** The survivors of the first `eventCount` events, then everything written since, up to a step. */
function replayFrom(trace: Trace, eventCount: number, step: number): ReplayedCache {
  assertStep(trace, step);
  const { headCount, promptCount } = traceIndex(trace);
  const event = eventCount === 0 ? null : trace.events[eventCount - 1];
  return positionsSince(event, step, { headCount, promptCount });
}

/** What the cache holds while a step's forward reads it: the survivors of the last `event` before it, and all written since. */
export function positionsSince(
  event: (Decided & Pick<EvictionEvent, "step">) | null,
  step: number,
  { headCount, promptCount }: { readonly headCount: number; readonly promptCount: number },
): ReplayedCache {
  const writtenBy = (past: number): number => (past < 0 ? 0 : promptCount + past);
  const kept = event === null ? emptyRows(headCount, Int32Array) : survivingPositions(event);
  const firstNew = event === null ? 0 : writtenBy(event.step);
  return extendRows(kept, firstNew, writtenBy(step) - firstNew);
}

/** Positions written into the cache once a step is over: P + step; the token that the step generated is not one of them yet. */
export function writtenCountAfterStep(trace: Trace, step: number): number {
  return step < 0 ? 0 : trace.header.promptTokens.length + step;
}

function assertStep(trace: Trace, step: number): void {
  assert(
    Number.isInteger(step) && step >= -1 && step < trace.steps.length,
    `step ${step} of a trace of ${trace.steps.length} steps`,
  );
}

/**
 * Which position a step's forward found in which slot, without replaying the whole cache: the survivors of the event
 * before it, then everything written since. For figures that look at many steps.
 *
 *   slot      0 … kept − 1                    kept …
 *   position  the survivor in that slot       firstNew, firstNew + 1, …
 */
export interface SeenSlots {
  /** The event whose survivors come first; null before any. */
  readonly event: EvictionEvent | null;
  readonly firstNew: number;
}

/** The same for every step from one event to the next, that one included. */
export function slotsSeenByStep(trace: Trace, step: number): SeenSlots {
  const eventCount = eventCountAfterStep(trace, step - 1);
  if (eventCount === 0) return { event: null, firstNew: 0 };
  const event = trace.events[eventCount - 1];
  return { event, firstNew: writtenCountAfterStep(trace, event.step) };
}

/** Original position of a slot; ascending in each head. */
export function seenPosition({ event, firstNew }: SeenSlots, head: number, slot: number): number {
  if (event === null) return slot;
  const { positionsBefore, survivors } = event;
  const keptCount = rowLength(survivors, head);
  if (slot >= keptCount) return firstNew + slot - keptCount;
  return positionsBefore.values[positionsBefore.offsets[head] + survivors.values[survivors.offsets[head] + slot]];
}

/** The slots that hold these positions in a head. `positions` ascend, and the head holds all of them. [place in positions] */
export function slotsOfPositions(seen: SeenSlots, head: number, positions: ArrayLike<number>): Int32Array {
  let slot = 0;
  return Int32Array.from(positions, (position) => {
    while (seenPosition(seen, head, slot) < position) slot++;
    return slot++;
  });
}
