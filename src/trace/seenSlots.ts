// Which position a step's forward found in which slot, without replaying the whole cache: the survivors of the event
// before it, and behind them everything written since. For figures that look at many steps of a trace.
//
//   slot      0 … kept − 1                    kept …
//   position  the survivor in that slot       firstNew, firstNew + 1, …
import { rowLength } from "../cache/headRows";
import type { EvictionEvent, Trace } from "./trace";
import { eventCountAfterStep } from "./traceIndex";

export interface SeenSlots {
  /** The event whose survivors come first, null before any. */
  readonly event: EvictionEvent | null;
  readonly firstNew: number;
}

/** The same for every step from one event to the next, that one included. */
export function slotsSeenByStep(trace: Trace, step: number): SeenSlots {
  const eventCount = eventCountAfterStep(trace, step - 1);
  if (eventCount === 0) return { event: null, firstNew: 0 };
  const event = trace.events[eventCount - 1];
  return { event, firstNew: trace.header.promptTokens.length + event.step };
}

/** Original position of a slot; ascending in each head. */
export function seenPosition({ event, firstNew }: SeenSlots, head: number, slot: number): number {
  if (event === null) return slot;
  const { positionsBefore, survivors } = event;
  const keptCount = rowLength(survivors, head);
  if (slot >= keptCount) return firstNew + slot - keptCount;
  return positionsBefore.values[positionsBefore.offsets[head] + survivors.values[survivors.offsets[head] + slot]];
}

/** Where a head keeps those of its positions: ascending positions, all of which are held. [place in positions] */
export function slotsOfPositions(seen: SeenSlots, head: number, positions: ArrayLike<number>): Int32Array {
  let slot = 0;
  return Int32Array.from(positions, (position) => {
    while (seenPosition(seen, head, slot) < position) slot++;
    return slot++;
  });
}
