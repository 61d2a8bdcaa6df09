// Who carries a token on, followed to the end: a carrier may itself be merged or dropped by a later event. Pure. Where a run
// merges nothing, no token has a carrier, and what an event evicts is gone.
//
//   event 1  cat → sat           event 2  sat → mat           mat stands for cat, sat and itself
import { headCountOf, headRow } from "../cache/headRows";
import { latestOf } from "./latest";
import { carriedTokens } from "./merges";
import { cacheAfterStep, lastEventAtStep, lifetimes, positionToSlot, writtenCountAfterStep } from "./replay";
import type { EvictionEvent, Trace } from "./trace";
import { eventCountAfterStep, NEVER, traceIndex } from "./traceIndex";

/** One merge on the way of a token. */
export interface CarriedLink {
  readonly event: EvictionEvent;
  /** The token that left: itself, or the one that carried it until then. */
  readonly position: number;
  readonly carrier: number;
  readonly cosine: number;
}

export type TokenFate =
  | { readonly type: "held" }
  /** `by`: who holds it now; `links`: how it came there, the oldest first. */
  | { readonly type: "carried"; readonly by: number; readonly links: readonly CarriedLink[] }
  /** By the event of the step, alone or with the token that carried it. */
  | { readonly type: "dropped"; readonly step: number; readonly links: readonly CarriedLink[] };

/** No slot of the head stands for it any more. */
const NOBODY = -1;

interface Carriers {
  eventCount: number;
  /** Who took an evicted token in; missing: nobody did. [head] */
  readonly byPosition: readonly Map<number, number>[];
}

/** Brought up to date event by event, as the index of a trace. */
function carriersOf(trace: Trace): Carriers {
  const carriers = latestOf<Carriers>(trace, ["carriers"], () => ({
    eventCount: 0,
    byPosition: Array.from({ length: headCountOf(trace.header.model) }, () => new Map<number, number>()),
  }));
  for (; carriers.eventCount < trace.events.length; carriers.eventCount++) {
    const event = trace.events[carriers.eventCount];
    if (event.merges === undefined) continue;
    carriers.byPosition.forEach((byPosition, head) => {
      for (const { position, carrier } of carriedTokens(event, head)) {
        if (carrier !== null) byPosition.set(position, carrier);
      }
    });
  }
  return carriers;
}

/** Whether some event has merged. */
export function hasMerges(trace: Trace): boolean {
  return trace.events.at(-1)?.merges !== undefined;
}

/** Where votes count: they are all 1 in a run that merges without them. */
export function countsVotes({ header }: Trace): boolean {
  const { merging } = header.parameters;
  return merging === "keepKv" || merging === "keepKvCode";
}

/** Whose slot stands for a token once a step is over: itself while it is held, −1 if nobody's does. */
export function bearerOf(trace: Trace, head: number, position: number, step: number): number {
  const { headCount, evictedSteps, positionCapacity } = traceIndex(trace);
  const byPosition = carriersOf(trace).byPosition[head];
  let bearer = position;
  while (bearer >= 0 && bearer < positionCapacity && evictedSteps[bearer * headCount + head] <= step) {
    bearer = byPosition.get(bearer) ?? NOBODY;
  }
  return bearer;
}

/** The last step at which another token's slot stood for one that a head has evicted: that of its eviction where nobody took it in, NEVER while somebody does. */
export function lastCarriedStep(trace: Trace, head: number, position: number): number {
  const { headCount, evictedSteps, positionCapacity } = traceIndex(trace);
  const byPosition = carriersOf(trace).byPosition[head];
  let [bearer, last]: [number | undefined, number] = [position, NEVER];
  while (bearer !== undefined) {
    last = bearer < positionCapacity ? evictedSteps[bearer * headCount + head] : NEVER;
    if (last === NEVER) return NEVER;
    bearer = byPosition.get(bearer);
  }
  return last;
}

/** What has become of a token in a head once a step is over. */
export function tokenFate(trace: Trace, head: number, position: number, step: number): TokenFate {
  const lives = lifetimes(trace);
  const { kvHeadCount } = trace.header.model;
  const links: CarriedLink[] = [];
  let at = position;
  for (;;) {
    const evictedAt = lives.evictedStep(Math.floor(head / kvHeadCount), head % kvHeadCount, at);
    if (at >= writtenCountAfterStep(trace, step) || evictedAt > step) {
      return links.length === 0 ? { type: "held" } : { type: "carried", by: at, links };
    }
    const link = linkOf(trace, head, at, evictedAt);
    if (link === null) return { type: "dropped", step: evictedAt, links };
    links.push(link);
    at = link.carrier;
  }
}

function linkOf(trace: Trace, head: number, position: number, step: number): CarriedLink | null {
  const event = lastEventAtStep(trace, step);
  const found = event === null ? undefined : carriedTokens(event, head).find((token) => token.position === position);
  if (event === null || found === undefined || found.carrier === null) return null;
  return { event, position, carrier: found.carrier, cosine: found.cosine };
}

/** Share of all heads in which another token's slot stands for a position once a step is over; null where nothing merges. [position up to P + step] */
export function carriedShare(trace: Trace, step: number): Float32Array | null {
  if (!hasMerges(trace)) return null;
  const counts = carriedCountsByEvent(trace)?.[eventCountAfterStep(trace, step) - 1] ?? [];
  const headCount = headCountOf(trace.header.model);
  return Float32Array.from(
    { length: writtenCountAfterStep(trace, step) + 1 },
    (_, position) => (counts[position] ?? 0) / headCount,
  );
}

/** After each event: heads in which another token's slot stands for a position. Null where nothing merges. [event] → [position written by then] */
export function carriedCountsByEvent(trace: Trace): readonly Uint32Array[] | null {
  if (!hasMerges(trace)) return null;
  const counts = latestOf<Uint32Array[]>(trace, ["carriedCountsByEvent"], () => []);
  while (counts.length < trace.events.length) counts.push(carriedCounts(trace, trace.events[counts.length].step));
  return counts;
}

function carriedCounts(trace: Trace, step: number): Uint32Array {
  const counts = new Uint32Array(writtenCountAfterStep(trace, step));
  carriersOf(trace).byPosition.forEach((byPosition, head) => {
    for (const position of byPosition.keys()) {
      const bearer = position < counts.length ? bearerOf(trace, head, position, step) : NOBODY;
      if (bearer !== position && bearer !== NOBODY) counts[position]++;
    }
  });
  return counts;
}

/** Tokens that a position's slot stands for besides itself once a step is over, ascending. */
export function carriedBy(trace: Trace, head: number, position: number, step: number): readonly number[] {
  const evicted = [...carriersOf(trace).byPosition[head].keys()];
  return evicted
    .filter((other) => other !== position && bearerOf(trace, head, other, step) === position)
    .sort((left, right) => left - right);
}

/** How many tokens each slot stands for in attention once a step is over. Shorter than the head: slots written since stand for 1. [slot] */
export function votesAfterStep(trace: Trace, head: number, step: number): Int32Array {
  const merges = lastEventAtStep(trace, step)?.merges;
  return merges === undefined ? new Int32Array(0) : headRow(merges.votes, head);
}

/** The same of one position that the head holds. */
export function votesOf(trace: Trace, head: number, position: number, step: number): number {
  const slot = positionToSlot(cacheAfterStep(trace, step), head, position);
  return votesAfterStep(trace, head, step).at(slot) ?? 1;
}

/** The merge by which a token left a head; null while it is held, and where nobody took it in. */
export function firstLink(trace: Trace, head: number, position: number, step: number): CarriedLink | null {
  const fate = tokenFate(trace, head, position, step);
  return fate.type === "held" ? null : (fate.links.at(0) ?? null);
}
