// Did the score foretell it? The candidates of an event, and the attention that each of them received in the steps after it.
// A fair test needs that attention for the evicted, too, and the run itself no longer pays them any. Where a full cache was
// fed the same tokens, its attention stands for all of them. Elsewhere only the kept are compared, by the run's own attention:
// a range that the score itself has cut, so such figures must say "kept only".
//
// Attention: of the newest query of each step, the group's maximum, in 255 parts of the head's largest.
import { headRow } from "../cache/headRows";
import { isAttentionRecorded } from "./recorded";
import { rankCorrelation } from "../lib/rankCorrelation";
import { protectedCandidates } from "../policy/admission";
import { TOTAL } from "../policy/formula";
import type { EvictionEvent, Trace } from "./trace";
import { latestOf, pairOf } from "./latest";

/** How long after an event attention counts: up to the next event, or for so many steps. */
export type ForetoldReach = "event" | number;

export interface ForetoldSpan {
  readonly event: EvictionEvent;
  /** Steps whose newest query counts, both ends included. */
  readonly firstStep: number;
  readonly lastStep: number;
  /** Whose attention is read: a full cache's that was fed the same tokens, or null for the run's own. */
  readonly fullCache: Trace | null;
}

export interface ForetoldRequest {
  readonly reach: ForetoldReach;
  /** Runs of the same prompt that may have evicted nothing; the first that was fed the same tokens is used. */
  readonly others: readonly Trace[];
}

/** Null where no step after the event has recorded attention. */
export function foretoldSpan(trace: Trace, event: EvictionEvent, request: ForetoldRequest): ForetoldSpan | null {
  const firstStep = event.step + 1;
  const lastRecorded = trace.steps.length - 1;
  const nextStep = nextEventStep(trace, event) ?? lastRecorded;
  const wanted = request.reach === "event" ? nextStep : event.step + request.reach;
  const lastStep = Math.min(wanted, lastRecorded);
  if (firstStep > lastStep || trace.steps[firstStep].lengths.length === 0) return null;
  const fullCache = request.others.find((other) => isFullCacheOf(other, trace, lastStep)) ?? null;
  if (fullCache !== null) return { event, firstStep, lastStep, fullCache };
  if (trace.steps[firstStep].attention.values.length === 0) return null;
  return { event, firstStep, lastStep: Math.min(lastStep, nextStep), fullCache };
}

function nextEventStep(trace: Trace, event: EvictionEvent): number | null {
  const place = trace.events.indexOf(event);
  return trace.events.at(place + 1)?.step ?? null;
}

/** Whether a run evicted nothing, was fed the same tokens up to this step, and recorded its attention. */
export function isFullCacheOf(other: Trace, trace: Trace, step: number): boolean {
  return (
    other.header.policyId === "fullCache" &&
    other.events.length === 0 &&
    other.steps.length > step &&
    other.header.promptText === trace.header.promptText &&
    other.header.model.digest === trace.header.model.digest &&
    other.steps[step].attention.values.length > 0 &&
    agreedStepCount(trace, other) >= step
  );
}

/** How many steps from the first on generated the same tokens in both. */
function agreedStepCount(one: Trace, other: Trace): number {
  const key = ["agreedStepCount", one.steps.length, other.steps.length] as const;
  return latestOf(pairOf(one, other), key, (before = 0) => {
    const most = Math.min(one.steps.length, other.steps.length);
    let step = before;
    while (step < most && one.steps[step].token === other.steps[step].token) step++;
    return step;
  });
}

export interface HeadForetold {
  /** Compared: the scored candidates, or the kept of them; those that stay by rule are left out. [compared] */
  readonly positions: Int32Array;
  readonly scores: Float64Array; // [compared]
  /** Mean share of a step's attention, 0 … 1. [compared] */
  readonly received: Float64Array;
  readonly isKept: Uint8Array; // [compared]
  /** Spearman's; NaN if it can't be told. */
  readonly correlation: number;
  /** How far rounding can move a value of `received`. */
  readonly precision: number;
  /** Null where only the kept are compared. */
  readonly caught: CaughtAttention | null;
}

/** Of all attention that the compared received, the share that fell on as many of them as were kept. */
export interface CaughtAttention {
  readonly kept: number;
  /** Had those been kept that received most. */
  readonly best: number;
  /** Had they been drawn at random. */
  readonly chance: number;
}

/** `column`: the total, or a part of the score. */
export function headForetold(trace: Trace, span: ForetoldSpan, head: number, column: string = TOTAL): HeadForetold {
  const { event, fullCache } = span;
  const survivors = headRow(event.survivors, head);
  const before = headRow(event.positionsBefore, head);
  const rows = column === TOTAL ? event.total : event.parts[column];
  const scored = rows === undefined ? new Float32Array(0) : headRow(rows, head);
  const totals = headRow(event.total, head);
  const { parameters, promptTokens, spans } = trace.header;
  const place = { positions: before, candidateCount: totals.length, promptCount: promptTokens.length };
  const isProtected = protectedCandidates(place, parameters.isPromptProtected === true, spans?.kept);
  const keptPlaces = new Int32Array(before.length).fill(-1);
  survivors.forEach((slot, place) => (keptPlaces[slot] = place));
  const slots = Array.from(scored.keys()).filter(
    (slot) =>
      Number.isFinite(scored[slot]) &&
      Number.isFinite(totals[slot]) &&
      (isProtected?.[slot] ?? 0) === 0 &&
      (fullCache !== null || keptPlaces[slot] >= 0),
  );
  // In a full cache a position is its own slot; here the survivors close ranks at the event and stay until the next.
  const places = slots.map((slot) => (fullCache === null ? keptPlaces[slot] : before[slot]));
  const { received, precision } = meanAttention(fullCache ?? trace, span, head, places);
  const isKept = Uint8Array.from(slots, (slot) => (keptPlaces[slot] >= 0 ? 1 : 0));
  const scores = Float64Array.from(slots, (slot) => scored[slot]);
  return {
    positions: Int32Array.from(slots, (slot) => before[slot]),
    scores,
    received,
    isKept,
    correlation: Number.isNaN(precision) ? NaN : rankCorrelation(scores, received),
    precision,
    caught: fullCache === null ? null : caughtAttention(received, isKept),
  };
}

function meanAttention(
  { steps }: Trace,
  { firstStep, lastStep }: ForetoldSpan,
  head: number,
  places: readonly number[],
): { readonly received: Float64Array; readonly precision: number } {
  const received = new Float64Array(places.length);
  let stepCount = 0;
  let scales = 0;
  for (let step = firstStep; step <= lastStep; step++) {
    const { attention, attentionScale } = steps[step];
    if (!isAttentionRecorded(steps[step], head)) continue;
    stepCount++;
    const [values, unit] = [attention.values, attentionScale[head] / 255];
    const from = attention.offsets[head];
    places.forEach((place, at) => (received[at] += unit * values[from + place]));
    scales += attentionScale[head];
  }
  // NaN where the head was never recorded.
  for (let at = 0; at < received.length; at++) received[at] /= stepCount;
  return { received, precision: scales / stepCount / 510 };
}

function caughtAttention(received: Float64Array, isKept: Uint8Array): CaughtAttention | null {
  let [all, kept, keptCount] = [0, 0, 0];
  for (let at = 0; at < received.length; at++) {
    all += received[at];
    if (isKept[at] === 0) continue;
    kept += received[at];
    keptCount++;
  }
  if (all === 0) return null;
  const most = received.toSorted().reverse().subarray(0, keptCount);
  const best = most.reduce((sum, value) => sum + value, 0);
  return { kept: kept / all, best: best / all, chance: keptCount / received.length };
}
