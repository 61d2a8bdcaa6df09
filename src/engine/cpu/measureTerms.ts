// An event's terms on the CPU: the twins of src/engine/terms/ over every head's slots and the query ring, in place.

import type { HeadRows } from "../../cache/headRows";
import { headOf, headRow, newRows, offsetsOf } from "../../cache/headRows";
import { unreachable } from "../../lib/errors";
import type { ModelConfig } from "../../model/config";
import type { TermName } from "../../policy/policy";
import type { Measured } from "../backend";
import { createBreather } from "../giveWay";
import { denseRows } from "../terms/headRows";
import { keyNorm } from "../terms/keyNorm";
import { redundancy } from "../terms/redundancy";
import { redundancyRaw } from "../terms/redundancyRaw";
import type { Redundancy } from "../terms/termInputs";
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
  readonly lengths: Int32Array; // [head]
  readonly newestPosition: number;
  readonly groupPooling: "max" | "mean";
  readonly hasEvidence: boolean;
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
  const hasTerm = (name: CacheTermName): boolean => cache.hasEvidence && names.includes(name);
  const excusedSlots = hasTerm("redundancy") ? newRows(offsetsOf(lengths), Int32Array) : undefined;
  const votingHeads = hasTerm("windowAttention") ? newRows(candidateOffsets, Int8Array) : undefined;
  for (let layer = 0; layer < config.layerCount; layer++) {
    const queries = layerQueries(cache, layer);
    for (let kvHead = 0; kvHead < config.kvHeadCount; kvHead++) {
      await breather.breathe();
      const head = headOf(config, layer, kvHead);
      const measures = headMeasures(cache, { layer, kvHead, queries });
      for (const [name, rows] of Object.entries(terms)) headRow(rows, head).set(measures.term(name as CacheTermName));
      if (excusedSlots) headRow(excusedSlots, head).set(measures.excusedSlots());
      if (votingHeads) headRow(votingHeads, head).set(measures.votingHeads());
    }
  }
  return { terms, ...(excusedSlots && { excusedSlots }), ...(votingHeads && { votingHeads }) };
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
  const { config, kv, ring, lengths, groupPooling, hasEvidence } = cache;
  const { kvHeadCount, headDim } = config;
  const { windowSlots } = ring;
  const groupSize = config.headCount / kvHeadCount;
  const lengthSlots = lengths[headOf(config, layer, kvHead)];
  const shape = { headCount: groupSize, kvHeadCount: 1, headDim, lengthSlots, windowSlots, paddingSlots: 0 };
  const keys = denseRows(kv.layers[layer].headKeys[kvHead], kv.slotCapacity, headDim);
  const candidatesOf = (row: Float32Array): Float32Array => row.subarray(0, Math.max(0, lengthSlots - windowSlots));
  const measureWindow = (): WindowMeasures => {
    const width = groupSize * windowSlots * headDim;
    const groupQueries = queries().subarray(kvHead * width, (kvHead + 1) * width);
    const input = { shape, keys, queries: denseRows(groupQueries, windowSlots, headDim), groupPooling };
    const votes = hasEvidence ? createVoteCount(input) : null;
    const statistics = windowStatistics(windowAttention(input, votes), shape);
    return { ...statistics, votingHeads: votes?.votingHeads() ?? new Int8Array(0) };
  };
  let knownWindow: WindowMeasures | null = null;
  let knownRedundancy: Redundancy | null = null;
  const window = (): WindowMeasures => (knownWindow ??= measureWindow());
  const duplicates = (): Redundancy => (knownRedundancy ??= redundancy(shape, keys));

  const term = (name: CacheTermName): Float32Array => {
    switch (name) {
      case "windowAttention":
        return window().mean;
      case "attentionShift":
        return window().deviation;
      case "redundancy":
        return candidatesOf(duplicates().softmax);
      case "redundancyRaw":
        return candidatesOf(redundancyRaw(shape, keys));
      case "keyNorm":
        return candidatesOf(keyNorm(shape, keys));
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
