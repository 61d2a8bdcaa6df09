// Which position each slot held when a step read the cache, without replaying the step: survivors of the last event
// before it, then everything written since. Remembers one event per trace, since neighbouring steps share it.
import { survivingPositions } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import { eventCountAfterStep } from "../../trace/traceIndex";

export interface SeenSlots {
  readonly keptCount: number;
  /** Positions of the survivors, ascending in each head. [layer][kvHead][kept slot] */
  readonly kept: Int32Array;
  /** Position of the slot right behind the survivors, the same in every head. */
  readonly firstNew: number;
}

/** Heads of a trace are pairs of layer and KV head. */
export function pairCount({ header }: Trace): number {
  return header.model.layerCount * header.model.kvHeadCount;
}

const known = new WeakMap<Trace, { readonly eventCount: number; readonly slots: SeenSlots }>();

export function seenSlots(trace: Trace, step: number): SeenSlots {
  const eventCount = eventCountAfterStep(trace, step - 1);
  const before = known.get(trace);
  if (before?.eventCount === eventCount) return before.slots;
  const slots = slotsAfterEvent(trace, eventCount);
  known.set(trace, { eventCount, slots });
  return slots;
}

/** Slot of a position among the slots that a head saw at a step, −1 if it held none. */
export function seenSlot(trace: Trace, step: number, head: number, position: number): number {
  const { kept, keptCount, firstNew } = seenSlots(trace, step);
  if (position >= trace.header.promptTokens.length + step) return -1;
  if (position >= firstNew) return keptCount + position - firstNew;
  const first = head * keptCount;
  const slot = lowerBound(kept, position, first, first + keptCount);
  return slot < first + keptCount && kept[slot] === position ? slot - first : -1;
}

/** First place from `from` on whose entry is at least `least`; entries ascend. */
export function lowerBound(entries: Int32Array, least: number, from: number, to: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle] < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function slotsAfterEvent(trace: Trace, eventCount: number): SeenSlots {
  if (eventCount === 0) return { keptCount: 0, kept: new Int32Array(0), firstNew: 0 };
  const event = trace.events[eventCount - 1];
  const kept = survivingPositions(event, pairCount(trace));
  return {
    keptCount: kept.length / pairCount(trace),
    kept,
    firstNew: trace.header.promptTokens.length + event.step,
  };
}
