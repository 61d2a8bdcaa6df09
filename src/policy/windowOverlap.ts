// How far earlier observation windows agree with the last one on what matters (methods section 10, the paper's Figure 1).
// The paper gives no code; this is our definition. Always show the chance level beside it.
import { assert } from "../lib/errors";
import { topSlots } from "./ranking";

export interface WindowOverlap {
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
  assert(scores.length > 1 && keptCount > 0, "an overlap needs two windows and something kept");
  const sets = scores.map((window) => new Set(topSlots(window, keptCount)));
  const last = [...sets[sets.length - 1]];
  const earlier = sets.slice(0, -1);
  const share = (isIn: (slot: number) => boolean): number => last.filter(isIn).length / keptCount;
  return {
    lastAndWindow: earlier.map((set) => share((slot) => set.has(slot))),
    lastAndUnion: share((slot) => earlier.some((set) => set.has(slot))),
  };
}

/** Overlap that sets drawn at random would reach: k/n for one earlier window, 1 − (1 − k/n)^(number of them) for their union. */
export function chanceOverlap(keptCount: number, candidateCount: number, earlierCount: number): number {
  return 1 - (1 - keptCount / candidateCount) ** earlierCount;
}
