// How far the heads agree about what to keep, and what their union holds: a token's memory is free only when every
// head has evicted it. Pure.
import { headRow, rowCount, rowLength } from "../../cache/headRows";
import { carriedShare } from "../../trace/carried";
import { cacheAfterStep, heldShare, lengthsAfterStep } from "../../trace/replay";
import type { Trace } from "../../trace/trace";

export interface HeadsFigures {
  /** Share of all heads that hold a position after the step. [position written] */
  readonly share: Float32Array;
  /** Share of all heads in which another token carries a position; null where nothing merges. [position written, and the newest] */
  readonly carried: Float32Array | null;
  readonly heldSomewhere: number;
  readonly evictedEverywhere: number;
  /** Of what one head holds, the share that another holds too: mean over all pairs, weighted by what the first holds. NaN for a single head. */
  readonly agreement: number;
  /** The same for heads that hold as many tokens chosen at random. */
  readonly chance: number;
}

export function headsFigures(trace: Trace, step: number): HeadsFigures {
  const written = trace.header.promptTokens.length + step;
  const share = heldShare(trace, step).subarray(0, written);
  const lengths = lengthsAfterStep(trace, step);
  const headCount = lengths.length;
  const heldSlots = lengths.reduce((sum, length) => sum + length, 0);
  const squares = lengths.reduce((sum, length) => sum + length ** 2, 0);
  let pairs = 0;
  let heldSomewhere = 0;
  for (const held of share) {
    const heads = Math.round(held * headCount);
    pairs += heads * (heads - 1);
    if (heads > 0) heldSomewhere++;
  }
  return {
    share,
    carried: carriedShare(trace, step),
    heldSomewhere,
    evictedEverywhere: written - heldSomewhere,
    agreement: headCount === 1 ? NaN : pairs / ((headCount - 1) * heldSlots),
    // A pair of a and b slots has a·b / n in common on average.
    chance:
      headCount === 1 ? heldSlots / written : (heldSlots ** 2 - squares) / (written * (headCount - 1) * heldSlots),
  };
}

/** Of what each head holds after the step, the share that the focused head holds too. [head] */
export function agreementsWith(trace: Trace, step: number, focusHead: number): Float64Array {
  const cache = cacheAfterStep(trace, step);
  const isShared = new Uint8Array(trace.header.promptTokens.length + step);
  for (const position of headRow(cache, focusHead)) isShared[position] = 1;
  return Float64Array.from({ length: rowCount(cache) }, (_, head) => {
    let common = 0;
    for (const position of headRow(cache, head)) common += isShared[position];
    return common / rowLength(cache, head);
  });
}
