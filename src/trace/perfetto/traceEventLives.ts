// The lives of the tokens in one layer and KV head, laid into lanes in which no two overlap: a newcomer takes the lowest
// lane that an eviction has freed. (Viewers of Trace Events draw slices of one thread only where they nest.)
//
//   lane 0  The ────────────┤and ──────          lane 1  cat ─────────────────
//   lane 2      on ─────────┤     the ──

import { headRow } from "../../cache/headRows";
import { lengthBeforeOf, type EvictionEvent, type Trace } from "../trace";

export interface Life {
  readonly position: number;
  readonly lane: number;
  readonly bornStep: number;
  /** The event that evicted it and the slot it was in; null where it is held to the end. */
  readonly death: { readonly event: EvictionEvent; readonly slot: number } | null;
}

/** In order of birth, of everything that the first `stepCount` steps wrote into the cache. */
export function headLives(trace: Trace, stepCount: number, head: number): Life[] {
  const { promptTokens } = trace.header;
  const events = trace.events.filter(({ step }) => step < stepCount);
  const positionCount = writtenCount(trace, stepCount);
  const deaths = new Map<number, { event: EvictionEvent; slot: number }>();
  for (const event of events) {
    const positions = headRow(event.positionsBefore, head);
    for (const slot of evictedSlots(event, head)) deaths.set(positions[slot], { event, slot });
  }
  const lives: Life[] = [];
  const lanes = new Int32Array(positionCount);
  const freeLanes: number[] = []; // the lowest last
  let laneCount = 0;
  let eventCount = 0;
  for (let position = 0; position < positionCount; position++) {
    const bornStep = Math.max(0, position - promptTokens.length + 1);
    for (; eventCount < events.length && events[eventCount].step < bornStep; eventCount++) {
      const event = events[eventCount];
      const positions = headRow(event.positionsBefore, head);
      for (const slot of evictedSlots(event, head)) freeLanes.push(lanes[positions[slot]]);
      freeLanes.sort((left, right) => right - left);
    }
    lanes[position] = freeLanes.pop() ?? laneCount++;
    lives.push({ position, lane: lanes[position], bornStep, death: deaths.get(position) ?? null });
  }
  return lives;
}

/** Positions that the first `stepCount` steps wrote into the cache: the newest token is not fed yet. */
export function writtenCount(trace: Trace, stepCount: number): number {
  return stepCount === 0 ? 0 : trace.header.promptTokens.length + stepCount - 1;
}

/** Slots of one head that are not among an event's survivors, ascending. */
export function evictedSlots(event: EvictionEvent, head: number): number[] {
  const survivors = headRow(event.survivors, head);
  const lengthBefore = lengthBeforeOf(event, head);
  const evicted: number[] = [];
  let kept = 0;
  for (let slot = 0; slot < lengthBefore; slot++) {
    if (kept < survivors.length && survivors[kept] === slot) kept++;
    else evicted.push(slot);
  }
  return evicted;
}
