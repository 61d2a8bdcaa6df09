// An event's terms on the CPU: the plain functions of src/engine/terms/ over every head's slots and the query ring.

import type { HeadRows } from "../../cache/headRows";
import { headOf, headRow, newRows, offsetsOf } from "../../cache/headRows";
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
  readonly lengths: Int32Array; // [head]
  readonly newestPosition: number;
  readonly groupPooling: "max" | "mean";
  readonly hasEvidence: boolean;
  readonly products: RowProducts;
}

/** Gives way between heads after this much work: redundancy grows with the square of the length. */
const SLICE_MS = 25;

/** Empty rows of each term, and no evidence, while every slot is in the window. */
export async function measureTerms(cache: PresentCache, names: readonly CacheTermName[]): Promise<Measured> {
  const breather = createBreather(SLICE_MS);
  const { config, lengths, ring } = cache;
  const candidateOffsets = offsetsOf(lengths.map((length) => Math.max(0, length - ring.windowSlots)));
  const terms: Partial<Record<CacheTermName, HeadRows<Float32Array>>> = {};
  for (const name of names) terms[name] = newRows(candidateOffsets, Float32Array);
  if (candidateOffsets[lengths.length] === 0) return { terms };
  const recordsEvidenceOf = (name: CacheTermName): boolean => cache.hasEvidence && names.includes(name);
  const excusedSlots = recordsEvidenceOf("redundancy") ? newRows(offsetsOf(lengths), Int32Array) : undefined;
  const votes = recordsEvidenceOf("windowAttention") ? newRows(candidateOffsets, Int8Array) : undefined;
  for (let layer = 0; layer < config.layerCount; layer++) {
    const queries = layerQueries(cache, layer);
    for (let kvHead = 0; kvHead < config.kvHeadCount; kvHead++) {
      await breather.breathe();
      const head = headOf(config, layer, kvHead);
      const measures = headMeasures(cache, { layer, kvHead, queries });
      for (const name of names) {
        const rows = terms[name];
        if (rows) headRow(rows, head).set(measures.term(name));
      }
      if (excusedSlots) headRow(excusedSlots, head).set(measures.excusedSlots());
      if (votes) headRow(votes, head).set(measures.votingHeads());
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

/** Measures one KV head, whose length is its own; what two terms share is computed once. */
function headMeasures(cache: PresentCache, { layer, kvHead, queries }: MeasuredHead): HeadMeasures {
  const { config, kv, ring, lengths, groupPooling, hasEvidence, products } = cache;
  const { headDim } = config;
  const { windowSlots } = ring;
  const lengthSlots = lengths[headOf(config, layer, kvHead)];
  const keys = kv.layers[layer][kvHead].keys(lengthSlots).subarray(0, lengthSlots * headDim);
  const candidatesOf = (row: Float32Array): Float32Array => row.subarray(0, Math.max(0, lengthSlots - windowSlots));
  const measureWindow = (): WindowMeasures => {
    const width = (config.headCount / config.kvHeadCount) * windowSlots * headDim;
    const groupQueries = queries().subarray(kvHead * width, (kvHead + 1) * width);
    const group = groupAttention({ keys, queries: groupQueries, headDim, windowSlots, groupPooling, products });
    const brought = hasEvidence ? new Float64Array(group.memberCount * lengthSlots) : null;
    const { mean, deviation } = windowStatistics(windowAttention(group, brought), windowSlots);
    return { mean, deviation, votingHeads: brought === null ? new Int8Array(0) : votingHeads(group, brought) };
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
