// How far observation windows agree on what matters (methods section 10, the paper's Figure 1). The paper gives no
// code; this is our definition. Always show the chance level beside it.
//
// Recorded attention is coarse, so that many candidates tie at 0. A tie at the cut is not decided by the slot, which
// would make every window agree: each tied candidate is a member with the probability that a fair draw would give it.
import { bisectLeft, bisectRight } from "d3";
import { assert } from "../lib/errors";

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

/** Overlap that sets drawn at random would reach: k/n for one earlier window, 1 − (1 − k/n)^(number of them) for their union. */
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
