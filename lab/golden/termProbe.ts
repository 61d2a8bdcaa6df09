// The terms of one layer of one sequence, on arrays given from outside: how golden cases reach the plain functions and
// the kernels alike. Query head h belongs to KV head floor(h / (headCount / kvHeadCount)).
import { joinRows } from "../../src/cache/headRows";
import type { TermParameters } from "../../src/engine/backend";
import { createKvStore, keepSlotsInPlace } from "../../src/engine/cpu/kvStore";
import { plainCodec } from "../../src/engine/cpu/plainKv";
import { createPlainRowProducts } from "../../src/engine/cpu/products";
import { joinedLogits } from "../../src/engine/terms/candidateAttention";
import { createHeadTerms, type CacheTermName, type HeadCache } from "../../src/engine/terms/headTerms";
import { drawnMatrices, matricesOfHead, type TermMatrices } from "../../src/engine/terms/termMatrices";
import { temporalRedundancy } from "../../src/engine/terms/temporalRedundancy";
import { vectorNorms } from "../../src/engine/terms/vectorNorms";
import type { RawRetention } from "../../src/engine/terms/redundancy";
import { cpuMergeProbe, type MergeProbe } from "./mergeProbe";
import { redundancy, redundancyRaw } from "../../src/engine/terms/redundancy";
import { averageRotation } from "../../src/engine/terms/queryCloud";
import type { GroupAttention } from "../../src/engine/terms/windowAttention";
import {
  groupAttention,
  promptAttention,
  votingHeads,
  windowAttention,
  windowStatistics,
} from "../../src/engine/terms/windowAttention";

import { cpuReadingProbe, type ReadingProbe } from "./readingProbe";

export interface AttentionShape {
  readonly headCount: number;
  readonly kvHeadCount: number;
  readonly headDim: number;
  /** n: slots in use. */
  readonly lengthSlots: number;
  /** w: rows of queries; row i belongs to slot n − w + i and sees no later slot. */
  readonly windowSlots: number;
  /** Left padding: the oldest slots that nobody may see. */
  readonly paddingSlots: number;
}

export interface ProbedWindow {
  readonly shape: AttentionShape;
  readonly keys: Float32Array; // [kvHead][slot][headDim], after RoPE
  readonly queries: Float32Array; // [head][row][headDim], after RoPE
  readonly groupPooling: "max" | "mean";
}

export interface ProbedKeys {
  readonly kvHeadCount: number;
  readonly headDim: number;
  readonly lengthSlots: number;
  readonly paddingSlots: number;
  readonly keys: Float32Array; // [kvHead][slot][headDim]
}

/** The newest `recentFrames` × `frameTokens` slots are whole frames. */
export interface ProbedFrames {
  readonly kvHeadCount: number;
  readonly headDim: number;
  readonly lengthSlots: number;
  readonly keys: Float32Array; // [kvHead][slot][headDim]
  readonly patches: Int32Array; // [kvHead][slot], −1 outside of frames
  readonly frameTokens: number;
  readonly recentFrames: number;
}

export interface ProbedRedundancy {
  /** ρ. [kvHead][slot], 0 on padding */
  readonly meanCosine: Float32Array;
  /** R over the slots that are not padding; 0 on padding. [kvHead][slot] */
  readonly softmax: Float32Array;
  /** Slot whose match with this column was excused, −1 = none. [kvHead][slot] */
  readonly excusedSlot: Int32Array;
}

/** One layer with everything that a term may read. */
export interface ProbedLayer {
  /** Without padding. */
  readonly shape: AttentionShape;
  readonly keys: Float32Array; // [kvHead][slot][headDim], after RoPE
  readonly values: Float32Array; // [kvHead][slot][headDim]
  /** The newest queries, at least the window's. [head][row][headDim], after RoPE */
  readonly queries: Float32Array;
  /** Original position of each slot, the same in every head. [slot] */
  readonly positions: Int32Array;
  readonly outputWeight: Float32Array; // [hidden][head · headDim]
  readonly ropeTable: Float32Array; // [position][headDim / 2][cosine, sine]
  readonly parameters: TermParameters;
  /** Drawn with seed 0 unless the case gives them. */
  readonly matrices?: TermMatrices;
}

export function probedMatrices({ matrices, shape }: ProbedLayer): TermMatrices {
  return matrices ?? drawnMatrices(0, shape, null);
}

/** An event of one layer whose keys are rotated to their new slots. */
export interface ProbedRerotation {
  readonly kvHeadCount: number;
  readonly headDim: number;
  readonly lengthSlots: number;
  readonly keys: Float32Array; // [kvHead][slot][headDim], after RoPE at the slot
  /** Slots that stay, ascending, as many in every head. [kvHead] */
  readonly survivors: readonly Int32Array[];
  readonly ropeTable: Float32Array; // [position][headDim / 2][cosine, sine]
}

/** The term kernels of one backend. */
export interface TermProbe extends MergeProbe, ReadingProbe {
  /** Terms by name, each [kvHead][slot of n]; 0 at slots that a term leaves out. */
  terms(layer: ProbedLayer, names: readonly CacheTermName[]): Promise<Record<string, Float32Array>>;
  /** A: group-pooled softmax. [kvHead][row][slot of n]; −1 over a whole row that may see no key. */
  windowAttention(input: ProbedWindow): Promise<Float32Array>;
  /** Scores joined over the group before any softmax. [kvHead][row][slot] */
  joinedLogits(input: ProbedWindow): Promise<Float32Array>;
  /** Mean and unbiased standard deviation of A over the rows. Both [kvHead][candidate of n − w] */
  windowStatistics(input: ProbedWindow): Promise<{ mean: Float32Array; deviation: Float32Array }>;
  /** Query head of the group, from 0, that brought most of a candidate's mean; −1 where the mean is 0. [kvHead][candidate] */
  votingHeads(input: ProbedWindow): Promise<Int8Array>;
  redundancy(input: ProbedKeys): Promise<ProbedRedundancy>;
  /** `cal_similarity_raw`; direction "last", which is what the policies use, unless another is given. [kvHead][slot] */
  redundancyRaw(input: ProbedKeys, retention?: RawRetention): Promise<Float32Array>;
  keyNorm(input: ProbedKeys): Promise<Float32Array>; // [kvHead][slot]
  temporalRedundancy(input: ProbedFrames): Promise<Float32Array>; // [kvHead][slot]
  /** The keys that stayed. [kvHead][kept][headDim] */
  rerotatedKeys(input: ProbedRerotation): Promise<Float32Array>;
  /** Column sums of causal attention with a query for every slot (w = n). [kvHead][slot] */
  promptAttention(input: ProbedWindow): Promise<Float32Array>;
}

/** The plain functions, head by head. Failures become rejections, as they would on a GPU. */
export const cpuTermProbe: TermProbe = {
  ...cpuMergeProbe,
  ...cpuReadingProbe,
  terms: async (layer, names) => {
    await Promise.resolve();
    const { kvHeadCount, lengthSlots } = layer.shape;
    const heads = Array.from({ length: kvHeadCount }, (_, kvHead) => createHeadTerms(probedHead(layer, kvHead)));
    const rows = (name: CacheTermName): Float32Array => {
      const all = new Float32Array(kvHeadCount * lengthSlots);
      heads.forEach((head, kvHead) => all.set(head.term(name), kvHead * lengthSlots));
      return all;
    };
    return Object.fromEntries(names.map((name) => [name, rows(name)]));
  },
  windowAttention: async (input) => joined(await eachGroup(input, windowAttention)),
  joinedLogits: async ({ shape, keys, queries, groupPooling }) => {
    const groups = headsOf(queries, shape.kvHeadCount);
    return joined(
      await eachHead({ keys, kvHeadCount: shape.kvHeadCount }, (head, kvHead) =>
        joinedLogits({ ...shape, keys: head, queries: groups[kvHead], groupPooling }),
      ),
    );
  },
  windowStatistics: async (input) => {
    const heads = await eachGroup(input, (group) => windowStatistics(windowAttention(group), group.windowSlots));
    return { mean: joined(heads.map(({ mean }) => mean)), deviation: joined(heads.map(({ deviation }) => deviation)) };
  },
  votingHeads: async (input) => joinRows(await eachGroup(input, votingHeads), Int8Array).values,
  promptAttention: async (input) => joined(await eachGroup(input, promptAttention)),
  redundancy: async (input) => {
    const { paddingSlots, headDim } = input;
    const padded = (row: Iterable<number>, filler: number): number[] => [
      ...new Array<number>(paddingSlots).fill(filler),
      ...row,
    ];
    const heads = await eachHead(input, (keys) => redundancy({ keys: keys.subarray(paddingSlots * headDim), headDim }));
    return {
      meanCosine: Float32Array.from(heads.flatMap(({ meanCosine }) => padded(meanCosine, 0))),
      softmax: Float32Array.from(heads.flatMap(({ softmax }) => padded(softmax, 0))),
      excusedSlot: Int32Array.from(
        heads.flatMap(({ excusedSlot }) =>
          padded(
            excusedSlot.map((slot) => (slot < 0 ? -1 : slot + paddingSlots)),
            -1,
          ),
        ),
      ),
    };
  },
  redundancyRaw: async (input, retention) =>
    joined(await eachHead(input, (keys) => redundancyRaw({ keys, headDim: input.headDim }, retention))),
  rerotatedKeys: async ({ kvHeadCount, headDim, lengthSlots, keys, survivors, ropeTable }) => {
    await Promise.resolve();
    const slots = Int32Array.of(kvHeadCount * lengthSlots);
    const store = createKvStore({ layerCount: 1, kvHeadCount, headDim }, slots, plainCodec);
    const [layer] = store.layers;
    for (let slot = 0; slot < lengthSlots; slot++) {
      const token = Float32Array.from({ length: kvHeadCount * headDim }, (_, at) => {
        return keys[(Math.floor(at / headDim) * lengthSlots + slot) * headDim + (at % headDim)];
      });
      const slots = new Int32Array(kvHeadCount).fill(slot);
      layer.storeToken({ slots, keys: token, unrotatedKeys: null, values: token, place: slot });
    }
    const rows = joinRows([...survivors], Int32Array);
    keepSlotsInPlace(store, rows, (_, distance) => ropeTable.subarray(distance * headDim, (distance + 1) * headDim));
    return joined(survivors.map((kept, kvHead) => layer.keys(kvHead, kept.length).slice()));
  },
  keyNorm: async (input) => joined(await eachHead(input, (keys) => vectorNorms(keys, input.headDim))),
  temporalRedundancy: async (input) =>
    joined(
      await eachHead(input, (keys, kvHead) => {
        const patches = input.patches.subarray(kvHead * input.lengthSlots, (kvHead + 1) * input.lengthSlots);
        return temporalRedundancy({ ...input, keys, patches });
      }),
    ),
};

function probedHead(layer: ProbedLayer, kvHead: number): HeadCache {
  const { shape, keys, values, queries, positions, outputWeight, ropeTable, parameters } = layer;
  const { headCount, kvHeadCount, headDim, windowSlots } = shape;
  const memberCount = headCount / kvHeadCount;
  const rowCount = queries.length / (headCount * headDim);
  const groupWidth = memberCount * headDim;
  const ropeAngles = (position: number) => ropeTable.subarray(position * headDim, (position + 1) * headDim);
  return {
    keys: headsOf(keys, kvHeadCount)[kvHead],
    values: headsOf(values, kvHeadCount)[kvHead],
    ...{ positions, memberCount, headDim, windowSlots, parameters },
    newestPosition: positions[positions.length - 1],
    // What every slot received is only known where every query is given.
    receivedSums: () => promptAttention(causalGroup(layer, kvHead)),
    newestQueries: (wanted) =>
      joined(
        headsOf(queries, headCount)
          .slice(kvHead * memberCount, (kvHead + 1) * memberCount)
          .map((rows) => rows.subarray((rowCount - wanted) * headDim)),
      ),
    outputWeight: () =>
      outputWeight.filter((_, at) => Math.floor((at % (headCount * headDim)) / groupWidth) === kvHead),
    ropeAngles,
    rotationAhead: (count) => averageRotation(ropeAngles, positions[positions.length - 1] + 1, count),
    matrices: matricesOfHead(probedMatrices(layer), 0, kvHead),
    hasEvidence: false,
    products: createPlainRowProducts(),
  };
}

/** One KV head with a query for every slot, joined by mean. */
function causalGroup({ shape, keys, queries }: ProbedLayer, kvHead: number): GroupAttention {
  const { kvHeadCount, headDim, lengthSlots } = shape;
  const group = { keys: headsOf(keys, kvHeadCount)[kvHead], queries: headsOf(queries, kvHeadCount)[kvHead] };
  return groupAttention({ ...group, headDim, windowSlots: lengthSlots, groupPooling: "mean" });
}

async function eachHead<Result>(
  { keys, kvHeadCount }: Pick<ProbedKeys, "keys" | "kvHeadCount">,
  measure: (keys: Float32Array, kvHead: number) => Result,
): Promise<Result[]> {
  await Promise.resolve();
  return headsOf(keys, kvHeadCount).map(measure);
}

function eachGroup<Result>(
  { shape, keys, queries, groupPooling }: ProbedWindow,
  measure: (group: GroupAttention) => Result,
): Promise<Result[]> {
  const groups = headsOf(queries, shape.kvHeadCount);
  return eachHead({ keys, kvHeadCount: shape.kvHeadCount }, (head, kvHead) =>
    measure(groupAttention({ ...shape, keys: head, queries: groups[kvHead], groupPooling })),
  );
}

function headsOf(rows: Float32Array, headCount: number): Float32Array[] {
  const width = rows.length / headCount;
  return Array.from({ length: headCount }, (_, head) => rows.subarray(head * width, (head + 1) * width));
}

function joined(heads: readonly Float32Array[]): Float32Array {
  return joinRows(heads, Float32Array).values;
}
