// Which tokens exactly one of several lanes holds: what one policy kept and the others evicted. Compared are positions
// that every lane has written and that hold the same token in all of them.
import { latestOf } from "../latest";
import { headSurvivors, laneHoldings, sharedPositionCount, type LaneHoldings, type LaneMoment } from "./laneHoldings";

export interface OnlyKept {
  /** Positions compared, from the start of the text. */
  readonly comparedCount: number;
  /** Some lanes' tokens part before the last position that all have written. */
  readonly isCutByDivergence: boolean;
  /** Heads in which this lane alone holds the position; none beyond the last one given. [lane][position] */
  readonly headCounts: readonly Uint16Array[];
}

/** `head` null: all heads, else that one alone. At least two lanes of one model, at most eight. Remembers the last answer. */
export function onlyKept(lanes: readonly LaneMoment[], head: number | null): OnlyKept {
  const holdings = lanes.map(laneHoldings);
  const traces = lanes.map(({ trace }) => trace);
  const writtenCount = Math.min(...holdings.map((lane) => lane.writtenCount));
  const sharedCount = Math.min(...traces.slice(1).map((trace) => sharedPositionCount(traces[0], trace)));
  const comparedCount = Math.min(writtenCount, sharedCount);
  // What was written since the last of all events is held by every lane: nothing changes between events.
  const countedCount = Math.min(comparedCount, Math.max(...holdings.map(({ seenCount }) => seenCount)));
  const lastSteps = holdings.map(({ event }) => event?.step ?? -1);
  const headCounts = latestOf(traces[0], ["onlyKept", head, countedCount, ...lastSteps, ...traces], () =>
    aloneCounts(holdings, head, countedCount),
  );
  return { comparedCount, isCutByDivergence: sharedCount < writtenCount, headCounts };
}

function aloneCounts(holdings: readonly LaneHoldings[], head: number | null, countedCount: number): Uint16Array[] {
  const headCounts = holdings.map(() => new Uint16Array(countedCount));
  const heads = head === null ? Array.from({ length: holdings[0].headCount }, (_, each) => each) : [head];
  const held = new Uint8Array(countedCount);
  for (const each of heads) countAlone(holdings, each, headCounts, held);
  return headCounts;
}

/** `held` is scratch, all zeros between heads. [position] */
function countAlone(
  holdings: readonly LaneHoldings[],
  head: number,
  headCounts: readonly Uint16Array[],
  held: Uint8Array,
): void {
  const survivors = holdings.map((lane) => headSurvivors(lane, head, held.length));
  survivors.forEach((positions, lane) => {
    for (const position of positions) held[position] |= 1 << lane;
    held.subarray(holdings[lane].seenCount).forEach((bits, at, tail) => (tail[at] = bits | (1 << lane)));
  });
  const count = (position: number): void => {
    const bits = held[position];
    if (bits !== 0 && (bits & (bits - 1)) === 0) headCounts[31 - Math.clz32(bits)][position]++;
    held[position] = 0;
  };
  // Beyond the survivors only what was written since some lane's last event is held at all.
  for (const positions of survivors) positions.forEach(count);
  for (let position = leastSeen(holdings); position < held.length; position++) count(position);
}

function leastSeen(holdings: readonly LaneHoldings[]): number {
  return Math.min(...holdings.map(({ seenCount }) => seenCount));
}
