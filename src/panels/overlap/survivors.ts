// How much of what an event keeps was also kept by an event some events before: for one head and for all. Pure.
import { headCountOf, headRow, rowLengths } from "../../cache/headRows";
import { latestOf } from "../../trace/latest";
import { survivingPositions } from "../../trace/replay";
import { candidateCountOf, keptCountOf, type EvictionEvent, type Trace } from "../../trace/trace";

export interface SurvivorShares {
  /** Step of the event. */
  readonly step: number;
  /** Share of its survivors that the event `lag` events before had kept. [layer][kvHead] */
  readonly heads: Float32Array;
  readonly mean: number;
  /** What candidates drawn at random at each event would give; windows stay either way. */
  readonly chance: number;
}

/** For each of the first `eventCount` events that has one `lag` events before it. Reads every event of a trace once. */
export function survivorShares(trace: Trace, eventCount: number, lag: number): readonly SurvivorShares[] {
  const shares = latestOf<SurvivorShares[]>(trace, ["survivorShares", lag], () => []);
  for (let event = shares.length + lag; event < trace.events.length; event++) {
    shares.push(sharesOf(trace, trace.events.slice(event - lag, event + 1)));
  }
  return shares.slice(0, Math.max(0, eventCount - lag));
}

/** An evicted position never returns: whatever the last event keeps of the text before the first one, both have kept. */
function sharesOf(trace: Trace, events: readonly EvictionEvent[]): SurvivorShares {
  const headCount = headCountOf(trace.header.model);
  const last = events[events.length - 1];
  const writtenBefore = trace.header.promptTokens.length + events[0].step;
  const kept = survivingPositions(last);
  const heads = Float32Array.from({ length: headCount }, (_, head) => {
    const positions = headRow(kept, head);
    let [oldCount, end] = [0, positions.length];
    while (oldCount < end) {
      const middle = (oldCount + end) >> 1;
      if (positions[middle] < writtenBefore) oldCount = middle + 1;
      else end = middle;
    }
    return oldCount / positions.length;
  });
  return {
    step: last.step,
    heads,
    mean: heads.reduce((sum, share) => sum + share, 0) / headCount,
    chance: meanOf(rowLengths(kept), (keptCount, head) => expectedCount(events, head) / keptCount),
  };
}

function meanOf(lengths: Int32Array, of: (length: number, head: number) => number): number {
  return lengths.reduce((sum, length, head) => sum + of(length, head), 0) / lengths.length;
}

/** How many survivors of the first event the last one would keep in a head if each drew among its candidates. */
function expectedCount([first, ...later]: readonly EvictionEvent[], head: number): number {
  let count = keptCountOf(first, head);
  for (const event of later) {
    const inWindow = Math.max(0, event.windowSlots - (event.step - first.step));
    const drawnCount = keptCountOf(event, head) - event.windowSlots;
    count = inWindow + ((count - inWindow) * drawnCount) / candidateCountOf(event, head);
  }
  return count;
}
