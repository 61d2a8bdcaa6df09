// The figures beside the lifelines: how old tokens were when a head let them go, and which parts of the text are held. Pure.
import { headRow, rowCount } from "../../cache/headRows";
import { latestOf } from "../../trace/latest";
import { heldShare } from "../../trace/replay";
import type { Trace } from "../../trace/trace";

export interface Bin {
  /** First and last value in it. */
  readonly from: number;
  readonly to: number;
}

export interface AgeBin extends Bin {
  /** Evictions from a head. */
  readonly count: number;
}

interface AgeCounts {
  /** Evictions of the first so many events are counted. */
  readonly eventCount: number;
  readonly counts: Uint32Array; // [age]
}

/** At most so many counts are remembered, so that no move of the clock counts a whole run again. */
const MOST_KNOWN = 64;

/** Ages in steps, from the writing forward to the event, of all that heads let go in the first `eventCount` events. */
export function evictionAges(trace: Trace, eventCount: number, mostBins: number): readonly AgeBin[] {
  if (eventCount === 0) return [];
  const counts = ageCounts(trace, eventCount);
  let oldest = counts.length - 1;
  while (oldest > 0 && counts[oldest] === 0) oldest--;
  return bins(oldest + 1, mostBins).map((bin) => ({
    ...bin,
    count: counts.subarray(bin.from, bin.to + 1).reduce((sum, count) => sum + count, 0),
  }));
}

/** Counted on from the nearest event that is known. */
function ageCounts(trace: Trace, eventCount: number): Uint32Array {
  const known = latestOf<AgeCounts[]>(trace, ["ageCounts"], () => []); // ascending
  const nearest = known.findLast((before) => before.eventCount <= eventCount);
  if (nearest?.eventCount === eventCount) return nearest.counts;
  const counts = new Uint32Array(trace.events[eventCount - 1].step + 1);
  if (nearest !== undefined) counts.set(nearest.counts);
  const stride = Math.ceil(trace.events.length / MOST_KNOWN);
  for (let place = nearest?.eventCount ?? 0; place < eventCount; place++) {
    countAges(trace, place, counts);
    const isNext = place + 1 >= (known.at(-1)?.eventCount ?? 0) + stride;
    if (isNext) known.push({ eventCount: place + 1, counts: counts.slice(0, trace.events[place].step + 1) });
  }
  return counts;
}

/** Adds one event's evictions to the counts. */
function countAges(trace: Trace, place: number, counts: Uint32Array): void {
  const { step, positionsBefore, survivors } = trace.events[place];
  const promptCount = trace.header.promptTokens.length;
  for (let head = 0; head < rowCount(survivors); head++) {
    const positions = headRow(positionsBefore, head);
    const staying = headRow(survivors, head);
    let kept = 0;
    for (let slot = 0; slot < positions.length; slot++) {
      if (kept < staying.length && staying[kept] === slot) {
        kept++;
        continue;
      }
      const bornStep = Math.max(0, positions[slot] - promptCount + 1);
      counts[step - bornStep]++;
    }
  }
}

export interface KeptBin extends Bin {
  /** Share of the bin that a head holds, mean over heads. */
  readonly meanShare: number;
  /** Share of the bin that every head holds. */
  readonly everyShare: number;
}

/** Where in the text the positions lie that are held once a step is over. */
export function keptPositions(trace: Trace, step: number, mostBins: number): readonly KeptBin[] {
  const held = heldShare(trace, step);
  return bins(trace.header.promptTokens.length + step, mostBins).map((bin) => {
    const shares = held.subarray(bin.from, bin.to + 1);
    return {
      ...bin,
      meanShare: shares.reduce((sum, share) => sum + share, 0) / shares.length,
      everyShare: shares.reduce((sum, share) => sum + (share === 1 ? 1 : 0), 0) / shares.length,
    };
  });
}

/** 0 … count − 1 in bins of one round width, the last one shorter where it does not come out even. */
function bins(count: number, mostBins: number): readonly Bin[] {
  const width = [1, 2, 4, 5, 8, 10, 16, 20, 25, 32, 50, 64, 100, 128, 200, 250, 256, 500, 512, 1000].find(
    (candidate) => count / candidate <= mostBins,
  );
  const size = width ?? Math.ceil(count / mostBins);
  return Array.from({ length: Math.ceil(count / size) }, (_, bin) => ({
    from: bin * size,
    to: Math.min(count, (bin + 1) * size) - 1,
  }));
}
