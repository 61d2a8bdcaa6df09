// What can be compared between lanes: the positions that mean the same token in both, and what a lane holds of the
// positions it has decided about, which are those older than the window of its last event. Every cache holds newer
// positions whatever the policy, so they say nothing about it. A lane without an event has evicted nothing.
//
//   position   0 … decided − 1                  window w     written since
//   held       survivors, chosen by score       always       always
import { emptyRows, headCountOf, headRow } from "../../cache/headRows";
import type { HeadRows } from "../../cache/headRows";
import { latestOf, pairOf } from "../latest";
import { lastEventAtStep, survivingPositions, writtenCountAfterStep } from "../replay";
import type { EvictionEvent, Trace } from "../trace";

/** A lane's trace and the step of it that is shown. */
export interface LaneMoment {
  readonly trace: Trace;
  readonly step: number;
}

export interface LaneHoldings {
  /** The last event; null before the first. */
  readonly event: EvictionEvent | null;
  /** Positions decided on: [0, decidedCount). */
  readonly decidedCount: number;
  /** Positions written once the step is over. */
  readonly writtenCount: number;
  /** Positions that the last event could see; newer ones are held. */
  readonly seenCount: number;
  /** Survivors of the last event, window included, ascending in each head; empty without an event. */
  readonly survivors: HeadRows<Int32Array>;
  readonly headCount: number;
}

export function laneHoldings({ trace, step }: LaneMoment): LaneHoldings {
  const headCount = headCountOf(trace.header.model);
  const writtenCount = writtenCountAfterStep(trace, step);
  const event = lastEventAtStep(trace, step);
  if (event === null) {
    const survivors = emptyRows(headCount, Int32Array);
    return { event, decidedCount: writtenCount, writtenCount, seenCount: 0, survivors, headCount };
  }
  const seenCount = writtenCountAfterStep(trace, event.step);
  const survivors = latestOf(trace, ["laneHoldings", event], () => survivingPositions(event));
  return { event, decidedCount: seenCount - event.windowSlots, writtenCount, seenCount, survivors, headCount };
}

/** Identifies what is held of the decided positions: the same from one event to the next. */
export function holdingsKey({ event, decidedCount }: LaneHoldings): string {
  return event === null ? `all ${decidedCount}` : `event ${event.step}`;
}

/** Survivors of one head, ascending; only those below a position if one is given. */
export function headSurvivors({ survivors }: LaneHoldings, head: number, below = Infinity): Int32Array {
  const row = headRow(survivors, head);
  let end = row.length;
  while (end > 0 && row[end - 1] >= below) end--;
  return row.subarray(0, end);
}

/** How far two traces have been compared, and where they differ. */
interface Comparison {
  checkedCount: number;
  step: number | null;
}

/**
 * Where two runs of one prompt part: the first step whose tokens differ, among the steps that both have by now; null if
 * none does. Up to there a position means the same token in both; from there on it does not. No step is compared twice.
 */
export function divergenceStep(left: Trace, right: Trace): number | null {
  const comparison = latestOf<Comparison>(pairOf(left, right), ["divergence"], () => ({ checkedCount: 0, step: null }));
  const commonCount = Math.min(left.steps.length, right.steps.length);
  while (comparison.step === null && comparison.checkedCount < commonCount) {
    const step = comparison.checkedCount++;
    if (left.steps[step].token !== right.steps[step].token) comparison.step = step;
  }
  return comparison.step;
}

/** Positions from the start of the text that hold the same token in both; Infinity while the runs have not parted. */
export function sharedPositionCount(left: Trace, right: Trace): number {
  const step = divergenceStep(left, right);
  return step === null ? Infinity : left.header.promptTokens.length + step;
}
