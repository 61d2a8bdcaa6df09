// Figures of a run that does more than keep or evict: merges, reads what it selects, packs what it keeps. What `figures.ts` asks
// of a trace at a step, a head and a position; null where the run does not say.
import { headRow } from "../../cache/headRows";
import { latestOf } from "../../trace/latest";
import { carriedTokens, type MergeChanges } from "../../trace/merges";
import { cacheSeenByStep, positionToSlot } from "../../trace/replay";
import type { EvictionEvent, Trace } from "../../trace/trace";

/** A token in a head at a step. */
export interface TokenPlace {
  readonly trace: Trace;
  readonly step: number;
  readonly head: number;
  readonly position: number;
}

type StepPlace = Pick<TokenPlace, "trace" | "step">;

/** Of the tokens that the heads have evicted by the step, the share that was merged into kept ones. */
export function carriedShare({ trace, step }: StepPlace): number | null {
  const events = mergingEvents(trace, step);
  return latestOf(trace, ["lessonCarriedShare", events.length], () => {
    const tokens = events.flatMap((event) =>
      Array.from(trace.steps[0].lengths, (_, head) => carriedTokens(event, head)).flat(),
    );
    return tokens.length === 0 ? null : tokens.filter(({ carrier }) => carrier !== null).length / tokens.length;
  });
}

/** How much the newest query's output changed at the events up to the step, or would have: the mean of all events and heads. */
export function outputChange({ trace, step }: StepPlace, name: keyof MergeChanges): number | null {
  const rows = mergingEvents(trace, step).flatMap(({ merges }) => merges?.changes?.[name] ?? []);
  const count = rows.reduce((sum, { length }) => sum + length, 0);
  return count === 0 ? null : rows.reduce((sum, row) => sum + row.reduce((of, change) => of + change, 0), 0) / count;
}

function mergingEvents({ events }: Trace, step: number): readonly EvictionEvent[] {
  return events.filter((event) => event.step <= step && event.merges !== undefined);
}

/** Slots that the head's query read: all that it holds, unless it selects. */
export function readCount({ trace, step, head }: Omit<TokenPlace, "position">): number {
  const { readSlots, lengths } = trace.steps[step];
  const read = readSlots === undefined ? 0 : headRow(readSlots, head).length;
  return read === 0 ? lengths[head] : read;
}

/** Whether the head's query read the token; false too where it is not held. */
export function isRead({ trace, step, head, position }: TokenPlace): boolean {
  const slot = positionToSlot(cacheSeenByStep(trace, step), head, position);
  if (slot < 0) return false;
  const { readSlots } = trace.steps[step];
  if (readSlots === undefined) return true;
  const read = headRow(readSlots, head);
  return read.length === 0 || read.includes(slot);
}

/** Steps in a row, up to this one, in which the head held the token and left it unread. */
export function unreadSteps(place: TokenPlace): number {
  let first = place.step;
  while (first >= 0 && isHeldUnread({ ...place, step: first })) first--;
  return place.step - first;
}

function isHeldUnread(place: TokenPlace): boolean {
  const { trace, step, head, position } = place;
  return positionToSlot(cacheSeenByStep(trace, step), head, position) >= 0 && !isRead(place);
}
