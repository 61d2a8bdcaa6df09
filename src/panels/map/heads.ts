// How far the heads agree about what to keep, and what their union holds: memory is freed token by token only where
// every head has let go. Pure.
import { cacheAfterStep, headPositions, heldShare } from "../../trace/replay";
import type { Trace } from "../../trace/trace";

export interface HeadsFigures {
  /** Share of all (layer, KV head) pairs that hold a position once the step is over. [position in the cache or gone from it] */
  readonly share: Float32Array;
  readonly heldSomewhere: number;
  readonly goneEverywhere: number;
  /** Of what one head holds, the share that another holds too: mean over all pairs of heads. NaN for a single head. */
  readonly agreement: number;
  /** The same for heads that hold as many tokens of this text at random. */
  readonly chance: number;
}

export function headsFigures(trace: Trace, step: number): HeadsFigures {
  const written = trace.header.promptTokens.length + step;
  const share = heldShare(trace, step).subarray(0, written);
  const { layerCount, kvHeadCount } = trace.header.model;
  const headCount = layerCount * kvHeadCount;
  const { lengthSlots } = cacheAfterStep(trace, step);
  let pairs = 0;
  let heldSomewhere = 0;
  for (const held of share) {
    const heads = Math.round(held * headCount);
    pairs += heads * (heads - 1);
    if (heads > 0) heldSomewhere++;
  }
  return {
    share,
    heldSomewhere,
    goneEverywhere: written - heldSomewhere,
    agreement: headCount === 1 ? NaN : pairs / (headCount * (headCount - 1) * lengthSlots),
    chance: lengthSlots / written,
  };
}

/** Of what each head holds once the step is over, the share that the focused head holds too. [head] */
export function agreementsWith(trace: Trace, step: number, focusHead: number): Float64Array {
  const { layerCount, kvHeadCount } = trace.header.model;
  const cache = cacheAfterStep(trace, step);
  const isShared = new Uint8Array(trace.header.promptTokens.length + step);
  for (const position of headPositions(cache, focusHead)) isShared[position] = 1;
  return Float64Array.from({ length: layerCount * kvHeadCount }, (_, head) => {
    let common = 0;
    for (const position of headPositions(cache, head)) common += isShared[position];
    return common / cache.lengthSlots;
  });
}
