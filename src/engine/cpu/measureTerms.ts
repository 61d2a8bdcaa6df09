// An event's terms on the CPU: the twins of src/engine/terms/ over every layer's slots and query ring, in place.

import { headRow } from "../../cache/cacheState";
import { unreachable } from "../../lib/errors";
import type { ModelConfig } from "../../model/config";
import type { TermName } from "../../policy/policy";
import type { Measured } from "../backend";
import type { HeadRows } from "../terms/headRows";
import { createBreather } from "../giveWay";
import { denseRows } from "../terms/headRows";
import { keyNorm } from "../terms/keyNorm";
import { redundancy } from "../terms/redundancy";
import { redundancyRaw } from "../terms/redundancyRaw";
import type { AttentionShape, Redundancy } from "../terms/termInputs";
import { createVoteCount } from "../terms/votingHeads";
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
  readonly hasEvidence: boolean;
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
  const votingHeads = hasTerm("windowAttention") ? new Int8Array(rowCount * candidateCount) : undefined;
  for (let layer = 0; layer < layerCount; layer++) {
    await breather.breathe();
    const measures = layerMeasures(cache, layer);
    const firstRow = layer * kvHeadCount;
    for (const name of names) terms[name]?.set(measures.term(name), firstRow * candidateCount);
    excusedSlots?.set(measures.excusedSlots(), firstRow * lengthSlots);
    votingHeads?.set(measures.votingHeads(), firstRow * candidateCount);
  }
  return { terms, ...(excusedSlots && { excusedSlots }), ...(votingHeads && { votingHeads }) };
}

interface LayerMeasures {
  term(name: CacheTermName): Float32Array; // [kvHead][candidate]
  excusedSlots(): Int32Array; // [kvHead][slot]
  votingHeads(): Int8Array; // [kvHead][candidate]
}

/** Measures one layer; what two terms share is computed once. */
function layerMeasures(cache: PresentCache, layer: number): LayerMeasures {
  const { config, kv, ring, lengthSlots } = cache;
  const { headCount, kvHeadCount, headDim } = config;
  const shape = { headCount, kvHeadCount, headDim, lengthSlots, windowSlots: ring.windowSlots, paddingSlots: 0 };
  const keys = denseRows(kv.layers[layer].keys, kv.slotCapacity, headDim);
  let knownWindow: WindowMeasures | null = null;
  let knownRedundancy: Redundancy | null = null;
  const window = (): WindowMeasures => (knownWindow ??= measureWindow(cache, layer, { shape, keys }));
  const duplicates = (): Redundancy => (knownRedundancy ??= redundancy(shape, keys));

  const term = (name: CacheTermName): Float32Array => {
    switch (name) {
      case "windowAttention":
        return window().mean;
      case "attentionShift":
        return window().deviation;
      case "redundancy":
        return candidatesOf(duplicates().softmax, shape);
      case "redundancyRaw":
        return candidatesOf(redundancyRaw(shape, keys), shape);
      case "keyNorm":
        return candidatesOf(keyNorm(shape, keys), shape);
      default:
        return unreachable(name);
    }
  };
  return { term, excusedSlots: () => duplicates().excusedSlot, votingHeads: () => window().votingHeads };
}

interface WindowMeasures extends WindowStatistics {
  readonly votingHeads: Int8Array; // [kvHead][candidate], empty where no evidence is asked for
}

function measureWindow(
  { ring, newestPosition, groupPooling, hasEvidence }: PresentCache,
  layer: number,
  { shape, keys }: { shape: AttentionShape; keys: HeadRows },
): WindowMeasures {
  const queries = denseRows(windowQueries(ring, layer, newestPosition), ring.windowSlots, shape.headDim);
  const input = { shape, keys, queries, groupPooling };
  const votes = hasEvidence ? createVoteCount(input) : null;
  const statistics = windowStatistics(windowAttention(input, votes), shape);
  return { ...statistics, votingHeads: votes?.votingHeads() ?? new Int8Array(0) };
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
