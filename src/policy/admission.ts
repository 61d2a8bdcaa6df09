// Who stays: the one place where scores become a choice, per layer and KV head; policies only score. Run files and
// panels read the order, the cut-off and the margin from here as well.
//
//   slots   0 … m−1: candidates          m … n−1: the window, always kept
//   rank    a span that is kept  >  Infinity (sinks)  >  protected  >  the rest; inside each the higher total, then the lower slot

import { assert } from "../lib/errors";
import { isInSpans, type Span } from "../lib/spans";

/** One head's candidates at an event. */
export interface AdmissionRow {
  readonly total: Float32Array; // [candidate]
  /** Candidates that leave only when nothing else is left; null for none. 1 = protected, 2 = kept. [candidate] */
  readonly isProtected: Uint8Array | null;
}

export interface Cut {
  /** Total of the last candidate admitted: the lowest that stayed unless protection or Infinity reordered them; Infinity where none stayed. */
  readonly cutOff: number;
  /** cutOff minus the total of the first candidate turned away; Infinity where none was. Negative where protection decided. */
  readonly margin: number;
}

export interface EvictionRequest extends AdmissionRow {
  /** n: candidates and window. */
  readonly lengthSlots: number;
  /** B: how many slots stay, window included. */
  readonly keepSlots: number;
}

export interface Survivors extends Cut {
  /** Slots that stay, ascending, window included: min(keepSlots, n) of them, but never fewer than the window. */
  readonly slots: Int32Array;
}

export function chooseSurvivors({ total, isProtected, lengthSlots, keepSlots }: EvictionRequest): Survivors {
  const candidateCount = total.length;
  assert(candidateCount <= lengthSlots, `${candidateCount} candidates in ${lengthSlots} slots`);
  const faulty = total.findIndex((score) => Number.isNaN(score));
  assert(faulty < 0, `the score of slot ${faulty} is not a number`);
  const windowSlots = lengthSlots - candidateCount;
  const admittedCount = Math.max(0, Math.min(keepSlots - windowSlots, candidateCount));
  const slots = new Int32Array(admittedCount + windowSlots);
  for (let row = 0; row < windowSlots; row++) slots[admittedCount + row] = candidateCount + row;
  admitFirst({ total, isProtected }, slots.subarray(0, admittedCount));
  return { slots, ...cutOf({ total, isProtected }, slots) };
}

/** Fills `admitted` with the first of `admissionOrder`, in slot order: sorting bare numbers is far cheaper than slots. */
function admitFirst(row: AdmissionRow, admitted: Int32Array): void {
  const { total } = row;
  const rivals = new Float32Array(total.length); // of one rank
  let roomLeft = admitted.length;
  let [cutRank, cutOff, tiedCount] = [4, Infinity, 0];
  for (let rank = 3; rank >= 0 && roomLeft > 0; rank--) {
    let rivalCount = 0;
    for (let slot = 0; slot < total.length; slot++) {
      if (admissionRank(row, slot) === rank) rivals[rivalCount++] = total[slot];
    }
    if (rivalCount === 0) continue;
    const ascending = rivals.subarray(0, rivalCount).sort();
    const admittedCount = Math.min(roomLeft, rivalCount);
    const cutAt = rivalCount - admittedCount;
    [cutRank, cutOff, tiedCount] = [rank, ascending[cutAt], 0];
    while (tiedCount < admittedCount && ascending[cutAt + tiedCount] === cutOff) tiedCount++;
    roomLeft -= admittedCount;
  }
  let count = 0;
  for (let slot = 0; slot < total.length && count < admitted.length; slot++) {
    const rank = admissionRank(row, slot);
    const isTied = rank === cutRank && total[slot] === cutOff;
    if (rank > cutRank || (rank === cutRank && total[slot] > cutOff) || (isTied && tiedCount-- > 0)) {
      admitted[count++] = slot;
    }
  }
}

/** Every candidate's slot, the first to be admitted first. */
export function admissionOrder(row: AdmissionRow): Int32Array {
  return orderedSlots(row, row.total);
}

/** The order that other scores would give, with kept spans, sinks and the protected ahead as they were. */
export function orderedSlots(row: AdmissionRow, scores: ArrayLike<number>): Int32Array {
  return Int32Array.from(row.total, (_, slot) => slot).sort((left, right) => {
    const ranks = admissionRank(row, right) - admissionRank(row, left);
    if (ranks !== 0) return ranks;
    if (scores[left] !== scores[right]) return scores[left] > scores[right] ? -1 : 1;
    return left - right;
  });
}

/** What counts before any score: 3 is kept, 2 a sink, 1 protected; 0: the score decides. Kept spans always find room, sinks may not. */
export function admissionRank({ total, isProtected }: AdmissionRow, slot: number): number {
  const protection = isProtected?.[slot] ?? 0;
  if (protection === 2) return 3;
  return total[slot] === Infinity ? 2 : protection;
}

/** The cut of a choice that was made, whether or not the totals explain it. A total of NaN counts on neither side. */
export function cutOf(row: AdmissionRow, survivors: Int32Array): Cut {
  const { total } = row;
  let [keptRank, refusedRank] = [Infinity, -Infinity];
  let [cutOff, refused] = [Infinity, -Infinity];
  let kept = 0;
  for (let slot = 0; slot < total.length; slot++) {
    const isKept = survivors[kept] === slot;
    if (isKept) kept++;
    if (Number.isNaN(total[slot])) continue;
    const rank = admissionRank(row, slot);
    if (isKept) {
      if (rank < keptRank || (rank === keptRank && total[slot] <= cutOff)) [keptRank, cutOff] = [rank, total[slot]];
    } else if (rank > refusedRank || (rank === refusedRank && total[slot] > refused)) {
      [refusedRank, refused] = [rank, total[slot]];
    }
  }
  return cutBetween(cutOff, refused);
}

function cutBetween(cutOff: number, refused: number): Cut {
  return { cutOff, margin: cutOff === refused ? 0 : cutOff - refused };
}

/** Which candidates are protected: the prompt's where `isPromptProtected`, and the spans that are `kept`. [candidate] */
export function protectedCandidates(
  { positions, candidateCount, promptCount }: ProtectionInputs,
  isPromptProtected: boolean,
  kept: readonly Span[] = [],
): Uint8Array | null {
  if (!isPromptProtected && kept.length === 0) return null;
  return Uint8Array.from(positions.subarray(0, candidateCount), (position) => {
    if (isInSpans(kept, position)) return 2;
    return isPromptProtected && position < promptCount ? 1 : 0;
  });
}

interface ProtectionInputs {
  readonly positions: Int32Array;
  readonly candidateCount: number;
  readonly promptCount: number;
}

/** The carried scores of the slots that stayed, in their new order: the window's slots have none. [kept candidate] */
export function keepCarry(carry: Float32Array, survivors: Int32Array): Float32Array {
  let count = survivors.length;
  while (count > 0 && survivors[count - 1] >= carry.length) count--;
  const kept = new Float32Array(count);
  for (let at = 0; at < count; at++) kept[at] = carry[survivors[at]];
  return kept;
}
