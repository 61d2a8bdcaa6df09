// An event's terms on the CPU: the twins of src/engine/terms/ over every layer's slots and query ring, in place.

import { headRow } from "../../cache/cacheState";
import { unreachable } from "../../lib/errors";
import type { ModelConfig } from "../../model/config";
import type { TermName } from "../../policy/policy";
import type { HeadRows } from "../terms/headRows";
import { createBreather } from "../giveWay";
import { denseRows } from "../terms/headRows";
import { keyNorm } from "../terms/keyNorm";
import { redundancy } from "../terms/redundancy";
import { redundancyRaw } from "../terms/redundancyRaw";
import type { AttentionShape } from "../terms/termInputs";
import { windowAttention } from "../terms/windowAttention";
import type { WindowStatistics } from "../terms/windowStatistics";
import { windowStatistics } from "../terms/windowStatistics";
import type { KvStore } from "./kvStore";
import type { QueryRing } from "./queryRing";
import { windowQueries } from "./queryRing";

/** The prompt's column sums are collected while the prefill runs; the others are measured at the event. */
export type CacheTermName = Exclude<TermName, "promptAttention">;

export interface PresentCache {
  readonly config: ModelConfig;
  readonly kv: KvStore;
  readonly ring: QueryRing;
  readonly lengthSlots: number;
  readonly newestPosition: number;
  readonly groupPooling: "max" | "mean";
}

/** Gives way between layers after this much work: redundancy grows with the square of the length. */
const SLICE_MS = 25;

/** [layer][kvHead][candidate] of each term; empty arrays while every slot is in the window. */
export async function measureTerms(
  cache: PresentCache,
  names: readonly CacheTermName[],
): Promise<Partial<Record<CacheTermName, Float32Array>>> {
  const breather = createBreather(SLICE_MS);
  const { layerCount, kvHeadCount } = cache.config;
  const candidateCount = Math.max(0, cache.lengthSlots - cache.ring.windowSlots);
  const terms: Partial<Record<CacheTermName, Float32Array>> = {};
  for (const name of names) terms[name] = new Float32Array(layerCount * kvHeadCount * candidateCount);
  for (let layer = 0; layer < layerCount && candidateCount > 0; layer++) {
    await breather.breathe();
    const measure = layerTerms(cache, layer);
    for (const name of names) terms[name]?.set(measure(name), layer * kvHeadCount * candidateCount);
  }
  return terms;
}

/** Measures one layer's terms, each [kvHead][candidate]; what two terms share is computed once. */
function layerTerms(cache: PresentCache, layer: number): (name: CacheTermName) => Float32Array {
  const { config, kv, ring, lengthSlots } = cache;
  const { headCount, kvHeadCount, headDim } = config;
  const shape = { headCount, kvHeadCount, headDim, lengthSlots, windowSlots: ring.windowSlots, paddingSlots: 0 };
  const keys = denseRows(kv.layers[layer].keys, kv.slotCapacity, headDim);
  let statistics: WindowStatistics | null = null;
  const measureWindow = (): WindowStatistics => (statistics ??= measureStatistics(cache, layer, { shape, keys }));

  return (name) => {
    switch (name) {
      case "windowAttention":
        return measureWindow().mean;
      case "attentionShift":
        return measureWindow().deviation;
      case "redundancy":
        return candidatesOf(redundancy(shape, keys).softmax, shape);
      case "redundancyRaw":
        return candidatesOf(redundancyRaw(shape, keys), shape);
      case "keyNorm":
        return candidatesOf(keyNorm(shape, keys), shape);
      default:
        return unreachable(name);
    }
  };
}

function measureStatistics(
  { ring, newestPosition, groupPooling }: PresentCache,
  layer: number,
  { shape, keys }: { shape: AttentionShape; keys: HeadRows },
): WindowStatistics {
  const queries = denseRows(windowQueries(ring, layer, newestPosition), ring.windowSlots, shape.headDim);
  return windowStatistics(windowAttention({ shape, keys, queries, groupPooling }), shape);
}

/** [kvHead][slot] without the window's slots: [kvHead][candidate] */
function candidatesOf(rows: Float32Array, { kvHeadCount, lengthSlots, windowSlots }: AttentionShape): Float32Array {
  const candidateCount = lengthSlots - windowSlots;
  const candidates = new Float32Array(kvHeadCount * candidateCount);
  for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
    candidates.set(headRow(rows, kvHead, lengthSlots).subarray(0, candidateCount), kvHead * candidateCount);
  }
  return candidates;
}
