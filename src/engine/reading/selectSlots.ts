// Which slots a query reads (SALS): the sinks, the newest, and those whose latents have the largest product with the query's on
// the first coordinates. Nothing is rotated: this is the product before RoPE, so it finds content, not places.

import { nthHighest } from "../../lib/nthHighest";
import type { LatentBasis } from "./latents";

export interface SelectionRule {
  /** r*: coordinates that the scores look at. */
  readonly scoreRank: number;
  /** N_c: slots chosen by their score, beside those always read. */
  readonly topSlots: number;
  /** Oldest slots that are always read. */
  readonly sinkSlots: number;
  /** Newest slots that are always read, the query's own included. */
  readonly recentSlots: number;
  /** One set of slots for all heads of a layer, or one for each KV head. */
  readonly chosenBy: "layer" | "head";
}

/** The mean of the query heads that share a KV head. queries [head][headDim] → [kvHead][headDim] */
export function meanQueries(queries: Float32Array, kvHeadCount: number, headDim: number): Float32Array {
  const groupSize = queries.length / (kvHeadCount * headDim);
  const means = new Float32Array(kvHeadCount * headDim);
  for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
    for (let dim = 0; dim < headDim; dim++) {
      let sum = 0;
      for (let member = 0; member < groupSize; member++) sum += queries[(kvHead * groupSize + member) * headDim + dim];
      means[kvHead * headDim + dim] = sum / groupSize;
    }
  }
  return means;
}

/** Each KV head's mean query along its own part of the leading directions. means [kvHead][headDim] → [kvHead][coordinate] */
export function latentQueries(
  { width, directions }: LatentBasis,
  means: Float32Array,
  kvHeadCount: number,
  coordinateCount: number,
): Float32Array {
  const headDim = width / kvHeadCount;
  const latent = new Float32Array(kvHeadCount * coordinateCount);
  for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
    for (let coordinate = 0; coordinate < coordinateCount; coordinate++) {
      const start = coordinate * width + kvHead * headDim;
      let sum = 0;
      for (let dim = 0; dim < headDim; dim++) sum += directions[start + dim] * means[kvHead * headDim + dim];
      latent[kvHead * coordinateCount + coordinate] = sum;
    }
  }
  return latent;
}

/** The sum over the heads: scores by it are the sum of the heads' scores. [kvHead][coordinate] → [coordinate] */
export function jointQuery(latent: Float32Array, kvHeadCount: number): Float32Array {
  const coordinateCount = latent.length / kvHeadCount;
  return Float32Array.from({ length: coordinateCount }, (_, coordinate) => {
    let sum = 0;
    for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) sum += latent[kvHead * coordinateCount + coordinate];
    return sum;
  });
}

/** Product of the query with the leading coordinates of each slot's latent. latents [slot][rank] */
export function latentScores(latents: Float32Array, rank: number, query: Float32Array): Float32Array {
  const scores = new Float32Array(latents.length / rank);
  for (let slot = 0; slot < scores.length; slot++) {
    let sum = 0;
    for (let coordinate = 0; coordinate < query.length; coordinate++) {
      sum += latents[slot * rank + coordinate] * query[coordinate];
    }
    scores[slot] = sum;
  }
  return scores;
}

/** The slots to read, ascending: sinks, newest, and the highest scores of the rest; of equal scores the older slot. */
export function selectSlots(
  scores: Float32Array,
  { topSlots, sinkSlots, recentSlots }: Pick<SelectionRule, "topSlots" | "sinkSlots" | "recentSlots">,
): Int32Array {
  const count = scores.length;
  const firstScored = Math.min(sinkSlots, count);
  const firstRecent = Math.max(firstScored, count - recentSlots);
  const chosenCount = Math.min(topSlots, firstRecent - firstScored);
  const slots = new Int32Array(firstScored + chosenCount + count - firstRecent);
  let filled = 0;
  for (let slot = 0; slot < firstScored; slot++) slots[filled++] = slot;
  if (chosenCount > 0) {
    const scored = scores.subarray(firstScored, firstRecent);
    const lowest = nthHighest(scored.slice(), chosenCount);
    let ties = chosenCount - scored.reduce((above, score) => above + (score > lowest ? 1 : 0), 0);
    for (let slot = firstScored; slot < firstRecent; slot++) {
      if (scores[slot] > lowest || (scores[slot] === lowest && ties-- > 0)) slots[filled++] = slot;
    }
  }
  for (let slot = firstRecent; slot < count; slot++) slots[filled++] = slot;
  return slots;
}
