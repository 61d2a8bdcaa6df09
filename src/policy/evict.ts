// Who stays: the one place where scores become a choice. Per layer and KV head; policies only score.
//
//   slots   0 … m−1: candidates          m … n−1: the window, always kept
//   rank    must stay (Infinity)  >  protected  >  the rest; inside each the higher total, then the lower slot
import { assert } from "../lib/errors";
import type { PolicyParameters, PolicyView } from "./policy";
import { byScoreThenSlot } from "./ranking";

export interface EvictionRequest {
  readonly total: Float32Array; // [candidate]
  /** n: candidates and window. */
  readonly lengthSlots: number;
  /** B: how many slots stay, window included. */
  readonly keepSlots: number;
  /** Candidates that leave only when nothing else is left; null for none. 1 = protected. [candidate] */
  readonly isProtected: Uint8Array | null;
}

export interface Survivors {
  /** Slots that stay, ascending, window included: min(keepSlots, n) of them, but never fewer than the window. */
  readonly slots: Int32Array;
  /** Total of the last candidate admitted; the lowest that stayed unless protection or Infinity reordered them. */
  readonly cutOff: number;
  /** cutOff minus the total of the first candidate turned away; Infinity where none was. Negative where protection decided. */
  readonly margin: number;
}

export function chooseSurvivors({ total, lengthSlots, keepSlots, isProtected }: EvictionRequest): Survivors {
  const candidateCount = total.length;
  assert(candidateCount <= lengthSlots, `${candidateCount} candidates in ${lengthSlots} slots`);
  total.forEach((score, slot) => assert(!Number.isNaN(score), `the score of slot ${slot} is not a number`));
  const windowSlots = lengthSlots - candidateCount;
  const admittedCount = Math.max(0, Math.min(keepSlots - windowSlots, candidateCount));
  const rankOf = (slot: number): number => (total[slot] === Infinity ? 2 : (isProtected?.[slot] ?? 0));
  const byScore = byScoreThenSlot(total);
  const ranked = Int32Array.from(total, (_, slot) => slot).sort(
    (left, right) => rankOf(right) - rankOf(left) || byScore(left, right),
  );
  const slots = new Int32Array(admittedCount + windowSlots);
  slots.set(ranked.slice(0, admittedCount).sort());
  for (let row = 0; row < windowSlots; row++) slots[admittedCount + row] = candidateCount + row;
  const cutOff = admittedCount > 0 ? total[ranked[admittedCount - 1]] : Infinity;
  const refused = admittedCount < candidateCount ? total[ranked[admittedCount]] : -Infinity;
  return { slots, cutOff, margin: cutOff === refused ? 0 : cutOff - refused };
}

/** Which candidates the parameters protect: the prompt's, or null for none. [candidate] */
export function protectedCandidates(
  view: Pick<PolicyView, "positions" | "candidateCount" | "promptCount">,
  { isPromptProtected }: Pick<PolicyParameters, "isPromptProtected">,
): Uint8Array | null {
  if (!isPromptProtected) return null;
  return Uint8Array.from(view.positions.subarray(0, view.candidateCount), (position) =>
    position < view.promptCount ? 1 : 0,
  );
}

/** The carried scores of the slots that stayed, in their new order: the window's slots have none. [kept candidate] */
export function keepCarry(carry: Float32Array, survivors: Int32Array): Float32Array {
  const keptCandidates = survivors.filter((slot) => slot < carry.length);
  return Float32Array.from(keptCandidates, (slot) => carry[slot]);
}
