// What each of the last observation windows looked at, as their local scores S of the same candidates: from the
// attention rows that the steps recorded, or from the S that the events measured (methods section 10).
//
//   text    0 ………………… limit │ window 0 │ window 1 │ … │ last window
//           candidates: what precedes every window and is still held by the head while the last step reads
import { headRow } from "../cache/headRows";
import type { HeadRows } from "../cache/headRows";
import { candidateCountOf, type EvictionEvent, type Trace } from "./trace";
import { eventCountAfterStep } from "./traceIndex";
import { seenPosition, slotsOfPositions, slotsSeenByStep } from "./seenSlots";

export interface WindowSpan {
  readonly firstStep: number;
  readonly lastStep: number;
}

export interface WindowScores {
  /** How many positions each window's scores are about. */
  readonly candidateCount: number;
  /** S, the last window last. [window] of [candidate] */
  readonly scores: readonly Float32Array[];
}

/** Groups of `windowSteps` steps that end at a step, the newest last: as many as exist, but no more than asked for. */
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

/** S of one head from the recorded rows: their mean over each window's steps. */
export function rowScores(trace: Trace, windows: readonly WindowSpan[], head: number): WindowScores {
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

/** S of one head as its events measured it, for the candidates that they have in common. */
export function eventScores(events: readonly EvictionEvent[], head: number): WindowScores {
  const rows = events.map((event) => {
    const local = localScores(event);
    return {
      positions: headRow(event.positionsBefore, head).subarray(0, candidateCountOf(event, head)),
      local: local === null ? new Float32Array(0) : headRow(local, head),
    };
  });
  // What a head has evicted never comes back, so the last event's candidates that the first had are in all between.
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

/** S before it is normalised, null where the policy measures none. */
function localScores(event: EvictionEvent): HeadRows<Float32Array> | null {
  const scores: Readonly<Partial<Record<string, HeadRows<Float32Array>>>> = { ...event.terms, ...event.parts };
  return scores.localRaw ?? scores.windowAttention ?? scores.local ?? null;
}
