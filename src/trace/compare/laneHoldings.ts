// What a lane holds of the positions on whose fate it has decided: everything older than the window of its last event.
// Newer positions are held in every cache whatever the policy, so that they say nothing about it. A lane without an
// event has let nothing go and holds them all.
//
//   position   0 … decided − 1                  window w     written since
//   held       survivors, chosen by score       always       always
import { emptyRows, headCountOf, headRow } from "../../cache/headRows";
import type { HeadRows } from "../../cache/headRows";
import { latestOf } from "../latest";
import { survivingPositions } from "../replay";
import type { EvictionEvent, Trace } from "../trace";
import { eventCountAfterStep } from "../traceIndex";

/** A lane's trace and the step of it that is shown. */
export interface LaneMoment {
  readonly trace: Trace;
  readonly step: number;
}

export interface LaneHoldings {
  /** Null where nothing has been evicted yet. */
  readonly event: EvictionEvent | null;
  /** Positions decided on: [0, decidedCount). */
  readonly decidedCount: number;
  /** Positions written once the step is over. */
  readonly writtenCount: number;
  /** Positions that the last event could see; the newer ones are held. */
  readonly seenCount: number;
  /** Survivors of the last event, window included, ascending in each head; empty without an event. */
  readonly survivors: HeadRows<Int32Array>;
  readonly headCount: number;
}

export function laneHoldings({ trace, step }: LaneMoment): LaneHoldings {
  const { model, promptTokens } = trace.header;
  const headCount = headCountOf(model);
  const writtenCount = promptTokens.length + step;
  const eventCount = eventCountAfterStep(trace, step);
  if (eventCount === 0) {
    const survivors = emptyRows(headCount, Int32Array);
    return { event: null, decidedCount: writtenCount, writtenCount, seenCount: 0, survivors, headCount };
  }
  const event = trace.events[eventCount - 1];
  const seenCount = promptTokens.length + event.step;
  const survivors = latestOf(trace, ["laneHoldings", event], () => survivingPositions(event));
  return { event, decidedCount: seenCount - event.windowSlots, writtenCount, seenCount, survivors, headCount };
}

/** Names what the holdings of decided positions depend on: the same from one event to the next. */
export function holdingsKey({ event, decidedCount }: LaneHoldings): string {
  return event === null ? `all ${decidedCount}` : `event ${event.step}`;
}

/** Survivors of one head, ascending; only those below a position where one is given. */
export function headSurvivors({ survivors }: LaneHoldings, head: number, below = Infinity): Int32Array {
  const row = headRow(survivors, head);
  let end = row.length;
  while (end > 0 && row[end - 1] >= below) end--;
  return row.subarray(0, end);
}
