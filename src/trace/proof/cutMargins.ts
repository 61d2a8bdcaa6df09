// How closely an event decided between two candidates, on a scale that compares heads and policies: the difference of their
// scores as a share of the median distance of the head's scores from its cut-off.
import { headRow, rowCount } from "../../cache/headRows";
import type { EvictionEvent } from "../trace";

/** A cut of a run, by its place. */
export interface ProvedCut {
  readonly event: number; // place in the run's list
  /** layer × KV heads + KV head */
  readonly head: number;
  /** Relative. */
  readonly margin: number;
}

/** Median distance of a head's finite scores from its cut-off; 0 where nothing was cut. */
export function cutScale({ total, cutOff }: Pick<EvictionEvent, "total" | "cutOff">, head: number): number {
  const cut = cutOff[head];
  if (!Number.isFinite(cut)) return 0;
  const distances = headRow(total, head)
    .filter((score) => Number.isFinite(score))
    .map((score) => Math.abs(score - cut))
    .sort();
  return distances.length === 0 ? 0 : distances[distances.length >> 1];
}

/** A difference of scores on a scale; 0 for no difference, whatever the scale. */
export function relativeTo(scale: number, difference: number): number {
  return difference === 0 ? 0 : difference / scale;
}

/** Of a head's cut; Infinity where protection decided, not the scores. */
export function relativeMargin(event: EvictionEvent, head: number): number {
  const margin = event.margin[head];
  return margin >= 0 && Number.isFinite(margin) ? relativeTo(cutScale(event, head), margin) : Infinity;
}

/** The cuts that were decided by the least, closest first. */
export function closestCuts(events: readonly EvictionEvent[], count: number): readonly ProvedCut[] {
  const cuts = events.flatMap((event, place) =>
    Array.from({ length: rowCount(event.survivors) }, (_, head): ProvedCut => {
      return { event: place, head, margin: relativeMargin(event, head) };
    }).filter(({ margin }) => Number.isFinite(margin)),
  );
  return cuts.sort((one, other) => one.margin - other.margin).slice(0, count);
}
