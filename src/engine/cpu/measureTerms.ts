// An event's terms on the CPU, over every layer's slots and query ring in place. The two that G-KV asks for at each event
// have a fast form here; the others are the plain twins of src/engine/terms/.

import { headRow } from "../../cache/cacheState";
import { unreachable } from "../../lib/errors";
import type { ModelConfig } from "../../model/config";
import type { TermName } from "../../policy/policy";
import { denseRows } from "../terms/headRows";
import { keyNorm } from "../terms/keyNorm";
import { redundancyRaw } from "../terms/redundancyRaw";
import type { WindowStatistics } from "../terms/windowStatistics";
import type { KvStore } from "./kvStore";
import type { QueryRing } from "./queryRing";
import { windowQueries } from "./queryRing";
import { redundancyOfHead } from "./redundancyTerm";
import { windowTerms } from "./windowTerms";

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

/** [layer][kvHead][candidate] of each term; empty arrays while every slot is in the window. */
export function measureTerms(
  cache: PresentCache,
  names: readonly CacheTermName[],
): Partial<Record<CacheTermName, Float32Array>> {
  const { layerCount, kvHeadCount } = cache.config;
  const candidateCount = Math.max(0, cache.lengthSlots - cache.ring.windowSlots);
  const terms: Partial<Record<CacheTermName, Float32Array>> = {};
  for (const name of names) terms[name] = new Float32Array(layerCount * kvHeadCount * candidateCount);
  for (let layer = 0; layer < layerCount && candidateCount > 0; layer++) {
    const measure = layerTerms(cache, layer);
    for (const name of names) terms[name]?.set(measure(name), layer * kvHeadCount * candidateCount);
  }
  return terms;
}

/** Measures one layer's terms, each [kvHead][candidate]; what two terms share is computed once. */
function layerTerms(cache: PresentCache, layer: number): (name: CacheTermName) => Float32Array {
  const { config, kv, ring, lengthSlots } = cache;
  const { headDim, kvHeadCount } = config;
  const { windowSlots } = ring;
  const { keys, headKeys } = kv.layers[layer];
  const shape = { kvHeadCount, headDim, lengthSlots, paddingSlots: 0 };
  const keyRows = denseRows(keys, kv.slotCapacity, headDim);
  const perHead = (rows: Float32Array): Float32Array => candidatesOf(rows, lengthSlots, windowSlots);
  let window: WindowStatistics | null = null;
  const measureWindow = (): WindowStatistics => {
    const queries = windowQueries(ring, layer, cache.newestPosition);
    window ??= windowTerms({ headKeys, queries, headDim, lengthSlots, windowSlots, groupPooling: cache.groupPooling });
    return window;
  };

  return (name) => {
    switch (name) {
      case "windowAttention":
        return measureWindow().mean;
      case "attentionShift":
        return measureWindow().deviation;
      case "redundancy":
        return perHead(joinHeads(headKeys.map((head) => redundancyOfHead(head, headDim, lengthSlots))));
      case "redundancyRaw":
        return perHead(redundancyRaw(shape, keyRows));
      case "keyNorm":
        return perHead(keyNorm(shape, keyRows));
      default:
        return unreachable(name);
    }
  };
}

function joinHeads(heads: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(heads.length * heads[0].length);
  heads.forEach((head, kvHead) => joined.set(head, kvHead * head.length));
  return joined;
}

/** [kvHead][slot] without the window's slots: [kvHead][candidate] */
function candidatesOf(rows: Float32Array, lengthSlots: number, windowSlots: number): Float32Array {
  const candidateCount = lengthSlots - windowSlots;
  const headCount = rows.length / lengthSlots;
  const candidates = new Float32Array(headCount * candidateCount);
  for (let head = 0; head < headCount; head++) {
    candidates.set(headRow(rows, head, lengthSlots).subarray(0, candidateCount), head * candidateCount);
  }
  return candidates;
}
