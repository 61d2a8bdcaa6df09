// An event's terms on the CPU: the plain functions of src/engine/terms/ over every head's slots and the query ring.

import { headOf } from "../../cache/headRows";
import { unreachable } from "../../lib/errors";
import type { ModelConfig } from "../../model/config";
import type { TermName } from "../../policy/policy";
import type { Measured } from "../backend";
import { createBreather } from "../giveWay";
import { keyNorm } from "../terms/keyNorm";
import type { Redundancy } from "../terms/redundancy";
import { redundancy, redundancyRaw } from "../terms/redundancy";
import type { WindowStatistics } from "../terms/windowAttention";
import { groupAttention, votingHeads, windowAttention, windowStatistics } from "../terms/windowAttention";
import type { KvStore } from "./kvStore";
import type { RowProducts } from "./products";
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
  readonly hasEvidence: boolean;
  readonly products: RowProducts;
}

/** Gives way between layers after this much work: redundancy grows with the square of the length. */
const SLICE_MS = 25;

/** [layer][kvHead][candidate] of each term; empty arrays, and no evidence, while every slot is in the window. */
export async function measureTerms(cache: PresentCache, names: readonly CacheTermName[]): Promise<Measured> {
  const breather = createBreather(SLICE_MS);
  const { layerCount, kvHeadCount } = cache.config;
  const { lengthSlots } = cache;
  const candidateCount = Math.max(0, lengthSlots - cache.ring.windowSlots);
  const rowCount = layerCount * kvHeadCount;
  const terms: Partial<Record<CacheTermName, Float32Array>> = {};
  for (const name of names) terms[name] = new Float32Array(rowCount * candidateCount);
  if (candidateCount === 0) return { terms };
  const hasTerm = (name: CacheTermName): boolean => cache.hasEvidence && names.includes(name);
  const excusedSlots = hasTerm("redundancy") ? new Int32Array(rowCount * lengthSlots) : undefined;
  const votes = hasTerm("windowAttention") ? new Int8Array(rowCount * candidateCount) : undefined;
  for (let layer = 0; layer < layerCount; layer++) {
    await breather.breathe();
    const queries = layerQueries(cache, layer);
    for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
      const head = headOf(cache.config, layer, kvHead);
      const measures = headMeasures(cache, { layer, kvHead, queries });
      for (const name of names) terms[name]?.set(measures.term(name), head * candidateCount);
      excusedSlots?.set(measures.excusedSlots(), head * lengthSlots);
      votes?.set(measures.votingHeads(), head * candidateCount);
    }
  }
  return { terms, ...(excusedSlots && { excusedSlots }), ...(votes && { votingHeads: votes }) };
}

interface MeasuredHead {
  readonly layer: number;
  readonly kvHead: number;
  /** The window's queries of the layer, [head][row][headDim]. */
  readonly queries: () => Float32Array;
}

interface HeadMeasures {
  term(name: CacheTermName): Float32Array; // [candidate]
  excusedSlots(): Int32Array; // [slot]
  votingHeads(): Int8Array; // [candidate]
}

/** Measures one KV head; what two terms share is computed once. */
function headMeasures(cache: PresentCache, { layer, kvHead, queries }: MeasuredHead): HeadMeasures {
  const { config, kv, ring, lengthSlots, groupPooling, hasEvidence, products } = cache;
  const { headDim } = config;
  const { windowSlots } = ring;
  const keys = kv.layers[layer].headKeys[kvHead].subarray(0, lengthSlots * headDim);
  const candidatesOf = (row: Float32Array): Float32Array => row.subarray(0, lengthSlots - windowSlots);
  const measureWindow = (): WindowMeasures => {
    const width = (config.headCount / config.kvHeadCount) * windowSlots * headDim;
    const groupQueries = queries().subarray(kvHead * width, (kvHead + 1) * width);
    const group = groupAttention({ keys, queries: groupQueries, headDim, windowSlots, groupPooling, products });
    const statistics = windowStatistics(windowAttention(group), windowSlots);
    return { ...statistics, votingHeads: hasEvidence ? votingHeads(group) : new Int8Array(0) };
  };
  let knownWindow: WindowMeasures | null = null;
  let knownRedundancy: Redundancy | null = null;
  const window = (): WindowMeasures => (knownWindow ??= measureWindow());
  const duplicates = (): Redundancy => (knownRedundancy ??= redundancy({ keys, headDim, products }));

  const term = (name: CacheTermName): Float32Array => {
    switch (name) {
      case "windowAttention":
        return window().mean;
      case "attentionShift":
        return window().deviation;
      case "redundancy":
        return candidatesOf(duplicates().softmax);
      case "redundancyRaw":
        return candidatesOf(redundancyRaw({ keys, headDim, products }));
      case "keyNorm":
        return candidatesOf(keyNorm(keys, headDim));
      default:
        return unreachable(name);
    }
  };
  return { term, excusedSlots: () => duplicates().excusedSlot, votingHeads: () => window().votingHeads };
}

interface WindowMeasures extends WindowStatistics {
  readonly votingHeads: Int8Array; // [candidate], empty where no evidence is asked for
}

/** Put in the order of positions when first asked for. */
function layerQueries({ ring, newestPosition }: PresentCache, layer: number): () => Float32Array {
  let queries: Float32Array | null = null;
  return () => (queries ??= windowQueries(ring, layer, newestPosition));
}
