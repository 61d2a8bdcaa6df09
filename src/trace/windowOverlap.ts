// Observation windows: what each of the last ones looked at, and how far they agree on what matters (methods section 10,
// the paper's Figure 1). The paper gives no code; this is our definition. Always show the overlap next to the chance level.
//
// What a window looked at is its local scores S of candidates that all windows have in common, from the attention rows
// that the steps recorded or from the S that the events measured:
//
//   text    0 ………………… limit │ window 0 │ window 1 │ … │ last window
//           candidates: what precedes every window and is still held by the head while the last step reads
//
// Recorded attention is coarse, so many candidates tie at 0. Slot order must not decide a tie at the cut, or every window
// would agree: each tied candidate is a member with the probability that a fair draw would give it.
import { bisectLeft, bisectRight } from "d3";
import { headRow } from "../cache/headRows";
import type { HeadRows } from "../cache/headRows";
import { assert } from "../lib/errors";
import { areScoresRecorded, isAttentionRecorded } from "./recorded";
import { seenPosition, slotsOfPositions, slotsSeenByStep } from "./replay";
import { candidateCountOf, type EvictionEvent, type Trace } from "./trace";
import { eventCountAfterStep } from "./traceIndex";

export interface WindowSpan {
  readonly firstStep: number;
  readonly lastStep: number;
}

export interface WindowScores {
  /** Positions that each window scores. */
  readonly candidateCount: number;
  /** S, the last window last. [window] of [candidate] */
  readonly scores: readonly Float32Array[];
}

/** Groups of `windowSteps` steps that end at a step, the newest last; at most `mostCount`. */
export function windowsUpTo(step: number, windowSteps: number, mostCount: number): readonly WindowSpan[] {
  const count = Math.max(0, Math.min(mostCount, Math.floor((step + 1) / windowSteps)));
  return Array.from({ length: count }, (_, window) => {
    const lastStep = step - (count - 1 - window) * windowSteps;
    return { firstStep: lastStep - windowSteps + 1, lastStep };
  });
}

/** Positions that precede every window, held or not. */
export function candidateLimit(trace: Trace, windows: readonly WindowSpan[]): number {
  return trace.header.promptTokens.length + windows[0].firstStep - 1;
}

/** S of one head from the recorded rows: their mean over each window's steps. No candidates where a step did not record it. */
export function rowScores(trace: Trace, windows: readonly WindowSpan[], head: number): WindowScores {
  const steps = trace.steps.slice(windows[0].firstStep, windows[windows.length - 1].lastStep + 1);
  if (!steps.every((record) => isAttentionRecorded(record, head))) return noScores(windows.length);
  const limit = candidateLimit(trace, windows);
  const last = slotsSeenByStep(trace, windows[windows.length - 1].lastStep);
  const lengthSlots = trace.steps[windows[windows.length - 1].lastStep].lengths[head];
  const candidates: number[] = [];
  for (let slot = 0; slot < lengthSlots; slot++) {
    const position = seenPosition(last, head, slot);
    if (position >= limit) break;
    candidates.push(position);
  }
  let seen = slotsSeenByStep(trace, windows[0].firstStep);
  let slots = slotsOfPositions(seen, head, candidates);
  const scores = windows.map(({ firstStep, lastStep }) => {
    const sums = new Float32Array(candidates.length);
    for (let step = firstStep; step <= lastStep; step++) {
      const now = slotsSeenByStep(trace, step);
      if (now.event !== seen.event) {
        seen = now;
        slots = slotsOfPositions(seen, head, candidates);
      }
      const { attention, attentionScale } = trace.steps[step];
      const row = headRow(attention, head);
      const unit = attentionScale[head] / 255 / (lastStep - firstStep + 1);
      for (let candidate = 0; candidate < sums.length; candidate++) {
        sums[candidate] += row[slots[candidate]] * unit;
      }
    }
    return sums;
  });
  return { candidateCount: candidates.length, scores };
}

/** The events up to a step whose S can be compared, the newest last. */
export function scoringEvents(trace: Trace, step: number, mostCount: number): readonly EvictionEvent[] {
  const count = eventCountAfterStep(trace, step);
  return trace.events.slice(Math.max(0, count - mostCount), count).filter((event) => localScores(event) !== null);
}

/** S of one head as its events measured it, for the candidates that all of them have; none where the scores of one were left out. */
export function eventScores(events: readonly EvictionEvent[], head: number): WindowScores {
  if (!events.every((event) => areScoresRecorded(event, head))) return noScores(events.length);
  const rows = events.map((event) => {
    const local = localScores(event);
    return {
      positions: headRow(event.positionsBefore, head).subarray(0, candidateCountOf(event, head)),
      local: local === null ? new Float32Array(0) : headRow(local, head),
    };
  });
  // An evicted position never comes back, so what the first and last events share, those between them have as well.
  const firsts = new Set(rows[0].positions);
  const common = rows[rows.length - 1].positions.filter((position) => firsts.has(position));
  const scores = rows.map(({ positions, local }) => {
    let candidate = 0;
    return Float32Array.from(common, (position) => {
      while (positions[candidate] < position) candidate++;
      return local[candidate];
    });
  });
  return { candidateCount: common.length, scores };
}

function noScores(windowCount: number): WindowScores {
  return { candidateCount: 0, scores: Array.from({ length: windowCount }, () => new Float32Array(0)) };
}

/** S before it is normalised; null if the policy measures none. */
function localScores(event: EvictionEvent): HeadRows<Float32Array> | null {
  const scores: Readonly<Partial<Record<string, HeadRows<Float32Array>>>> = { ...event.terms, ...event.parts };
  return scores.localRaw ?? scores.windowAttention ?? scores.local ?? null;
}

export interface WindowOverlap {
  /** |Tᵢ ∩ Tⱼ| / k of each two windows, in expectation where ties were drawn. [window][window] */
  readonly pairs: readonly (readonly number[])[];
  /** |last ∩ window| / k for each window but the last. [window] */
  readonly lastAndWindow: readonly number[];
  /** |last ∩ (all earlier windows together)| / k. */
  readonly lastAndUnion: number;
}

/** k = round(fraction × n) best candidates; exact halves go to the even number, as in the recorded cases. */
export function retainedCount(fraction: number, candidateCount: number): number {
  const exact = fraction * candidateCount;
  const isHalf = exact - Math.floor(exact) === 0.5;
  return isHalf ? 2 * Math.round(exact / 2) : Math.round(exact);
}

/** `scores` holds each window's local score S of the same candidates, the last window last. [window] of [candidate] */
export function windowOverlap(scores: readonly Float32Array[], keptCount: number): WindowOverlap {
  return windowOverlaps(scores, [keptCount])[0];
}

/** The same for several retained counts: the scores are sorted once. [retained count] */
export function windowOverlaps(
  scores: readonly Float32Array[],
  keptCounts: readonly number[],
): readonly WindowOverlap[] {
  const sorted = scores.map((window) => window.slice().sort());
  return keptCounts.map((keptCount) => {
    assert(scores.length > 1 && keptCount > 0, "an overlap needs two windows and something kept");
    const members = scores.map((window, at) => topMembers(window, sorted[at], keptCount));
    const last = members[members.length - 1];
    const pairs = members.map(() => members.map(() => 1));
    for (let row = 1; row < members.length; row++) {
      for (let column = 0; column < row; column++) {
        pairs[row][column] = pairs[column][row] = sharedSum(members[row], members[column]) / keptCount;
      }
    }
    return {
      pairs,
      lastAndWindow: pairs[pairs.length - 1].slice(0, -1),
      lastAndUnion: sharedSum(last, membersOfAny(members.slice(0, -1))) / keptCount,
    };
  });
}

/** Overlap of sets drawn at random: k/n for one earlier window, 1 − (1 − k/n)^(number of them) for their union. */
export function chanceOverlap(keptCount: number, candidateCount: number, earlierCount: number): number {
  return 1 - (1 - keptCount / candidateCount) ** earlierCount;
}

/** Probability that a candidate is one of the k best: 1 above the cut, 0 below it, a share of what is left at it. [candidate] */
function topMembers(scores: Float32Array, ascending: Float32Array, keptCount: number): Float32Array {
  const cut = ascending[ascending.length - keptCount];
  const firstTied = bisectLeft(ascending, cut);
  const firstAbove = bisectRight(ascending, cut);
  const aboveCount = ascending.length - firstAbove;
  const tiedCount = firstAbove - firstTied;
  const tied = (keptCount - aboveCount) / tiedCount;
  const members = new Float32Array(scores.length);
  for (let candidate = 0; candidate < scores.length; candidate++) {
    members[candidate] = scores[candidate] > cut ? 1 : scores[candidate] === cut ? tied : 0;
  }
  return members;
}

function membersOfAny(members: readonly Float32Array[]): Float32Array {
  const none = new Float32Array(members[0].length).fill(1);
  for (const window of members) {
    for (let candidate = 0; candidate < none.length; candidate++) none[candidate] *= 1 - window[candidate];
  }
  return none.map((share) => 1 - share);
}

function sharedSum(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let candidate = 0; candidate < left.length; candidate++) sum += left[candidate] * right[candidate];
  return sum;
}
