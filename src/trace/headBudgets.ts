// How many slots each head was given. Shares may give heads different numbers, and new ones at every event; what a head kept
// at the last event, window included, is what it has until the next.
import { lengthRange, rowLengths, type LengthRange } from "../cache/headRows";
import { latestOf } from "./latest";
import { lastEventAtStep } from "./replay";
import { keptCountOf, type Trace } from "./trace";

/** Slots that the head kept at the last event up to a step; null before the first. */
export function headBudget(trace: Trace, step: number, head: number): number | null {
  const event = lastEventAtStep(trace, step);
  return event === null ? null : keptCountOf(event, head);
}

/** How far the heads' numbers differ at the last event up to a step; null before the first, and where they are all the same. */
export function unevenBudgets(trace: Trace, step: number): LengthRange | null {
  const event = lastEventAtStep(trace, step);
  if (event === null) return null;
  const range = latestOf(event, ["keptRange"], () => lengthRange(rowLengths(event.survivors)));
  return range.shortest === range.longest ? null : range;
}

/** Some event so far gave its heads different numbers. */
export function hasUnevenHeads(trace: Trace): boolean {
  return trace.events.some(({ step }) => unevenBudgets(trace, step) !== null);
}
