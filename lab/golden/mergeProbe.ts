// What merging asks of a backend, on arrays given from outside: measures, sums, attention with a bias on every slot.
import { joinRows, type HeadRows } from "../../src/cache/headRows";
import type { SlotMerges } from "../../src/trace/merges";
import { createAttention } from "../../src/engine/cpu/forward";
import { mergeSlots } from "../../src/engine/cpu/mergeSlots";
import { createKvStore, keepSlotsInPlace, type KvStore } from "../../src/engine/cpu/kvStore";
import { plainCodec } from "../../src/engine/cpu/plainKv";
import { meanQueries, mergePartners, mergeScores } from "../../src/engine/terms/mergeMeasures";
import { vectorNorms } from "../../src/engine/terms/vectorNorms";
import type { HeadMergePlan } from "../../src/policy/merging";

/** The heads of the layer that is probed. */
interface ProbedHeads {
  readonly headCount: number;
  readonly kvHeadCount: number;
  readonly headDim: number;
}

export interface ProbedMerge extends ProbedHeads {
  readonly lengthSlots: number;
  readonly keys: Float32Array; // [kvHead][slot][headDim]
  readonly values: Float32Array; // [kvHead][slot][headDim]
  /** The newest, the newest last. [head][row][headDim] */
  readonly queries: Float32Array;
  readonly survivors: readonly Int32Array[]; // [kvHead]
}

export interface ProbedMeasures {
  readonly partners: Int32Array;
  readonly cosines: Float32Array;
  readonly logScores: Float32Array;
  readonly valueNorms: Float32Array;
}

export interface ProbedAttention extends ProbedHeads {
  readonly lengthSlots: number;
  readonly keys: Float32Array; // [kvHead][slot][headDim]
  readonly values: Float32Array; // [kvHead][slot][headDim]
  readonly queries: Float32Array; // [head][headDim]
  readonly logBias: Float32Array; // [kvHead][slot]
}

export interface MergeProbe {
  /** Of every KV head. `decay` as in mergeScores. */
  mergeMeasures(input: ProbedMerge, decay: number): Promise<readonly ProbedMeasures[]>;
  /** Keys and values of the survivors after a plan: [kvHead][kept][headDim]. */
  mergedSlots(
    input: ProbedMerge,
    plans: readonly HeadMergePlan[],
  ): Promise<{ readonly keys: Float32Array; readonly values: Float32Array }>;
  /** One query of every head over all slots. [head][slot], [head][headDim] */
  biasedAttention(input: ProbedAttention): Promise<{ readonly weights: Float32Array; readonly output: Float32Array }>;
}

export const cpuMergeProbe: MergeProbe = {
  mergeMeasures: async (input, decay) => {
    await Promise.resolve();
    const { kvHeadCount, headDim } = input;
    return Array.from({ length: kvHeadCount }, (_, kvHead) => {
      const keys = headPart(input.keys, kvHeadCount, kvHead);
      const evicted = evictedOf(input, kvHead);
      return {
        ...mergePartners({ keys, headDim }, input.survivors[kvHead], evicted),
        logScores: mergeScores({ keys, queries: groupQueries(input, kvHead), headDim, decay }),
        valueNorms: vectorNorms(headPart(input.values, kvHeadCount, kvHead), headDim),
      };
    });
  },
  mergedSlots: async (input, plans) => {
    await Promise.resolve();
    const { kvHeadCount, headDim, lengthSlots } = input;
    const kv = filledStore(input);
    const survivors = joinRows([...input.survivors], Int32Array);
    const query = (kvHead: number): Float32Array => newestQuery(groupQueries(input, kvHead), headDim);
    const lengths = new Int32Array(kvHeadCount).fill(lengthSlots);
    mergeSlots({ kv, lengths, query }, { survivors, merges: joinPlans(plans) });
    keepSlotsInPlace(kv, survivors);
    const rows = (which: "keys" | "values") =>
      joinRows(
        input.survivors.map((kept, kvHead) => kv.layers[0][which](kvHead, kept.length).slice()),
        Float32Array,
      ).values;
    return { keys: rows("keys"), values: rows("values") };
  },
  biasedAttention: async (input) => {
    await Promise.resolve();
    const { headCount, kvHeadCount, headDim, lengthSlots } = input;
    const attention = createAttention(input, lengthSlots);
    const weights = new Float32Array(headCount * lengthSlots);
    const output = new Float32Array(headCount * headDim);
    const slots = new Int32Array(kvHeadCount).fill(lengthSlots - 1);
    const logBias = Array.from({ length: kvHeadCount }, (_, kvHead) => headPart(input.logBias, kvHeadCount, kvHead));
    attention.attend(
      filledStore(input).layers[0],
      { queries: input.queries, slots, window: null, logBias, output },
      (kvHead, groupRows) => {
        groupRows.forEach((row, member) => weights.set(row, (kvHead * groupRows.length + member) * lengthSlots));
      },
    );
    return { weights, output };
  },
};

/** One layer's store that holds these slots in every head. */
function filledStore(input: Pick<ProbedMerge, "kvHeadCount" | "headDim" | "lengthSlots" | "keys" | "values">): KvStore {
  const { kvHeadCount, headDim, lengthSlots } = input;
  const slots = Int32Array.of(kvHeadCount * lengthSlots);
  const store = createKvStore({ layerCount: 1, kvHeadCount, headDim }, slots, plainCodec);
  for (let slot = 0; slot < lengthSlots; slot++) {
    const [keys, values] = [input.keys, input.values].map((rows) =>
      Float32Array.from({ length: kvHeadCount * headDim }, (_, at) => {
        return rows[(Math.floor(at / headDim) * lengthSlots + slot) * headDim + (at % headDim)];
      }),
    );
    const slots = new Int32Array(kvHeadCount).fill(slot);
    store.layers[0].storeToken({ slots, keys, unrotatedKeys: null, values, place: slot });
  }
  return store;
}

/** Slots of a head that do not stay, ascending. */
export function evictedOf({ lengthSlots, survivors }: ProbedMerge, kvHead: number): Int32Array {
  const kept = new Set(survivors[kvHead]);
  return Int32Array.from({ length: lengthSlots }, (_, slot) => slot).filter((slot) => !kept.has(slot));
}

/** Plans of all heads as a backend takes them. */
export function joinPlans(plans: readonly HeadMergePlan[]): SlotMerges {
  const rows = <Values extends Int32Array | Float32Array>(
    Kind: new (length: number) => Values,
    pick: (plan: HeadMergePlan) => readonly number[],
  ): HeadRows<Values> =>
    joinRows(
      plans.map((plan) => {
        const row = new Kind(pick(plan).length);
        row.set(pick(plan));
        return row;
      }),
      Kind,
    );
  return {
    targets: rows(Int32Array, ({ pairs }) => pairs.map(({ target }) => target)),
    sources: rows(Int32Array, ({ pairs }) => pairs.map(({ source }) => source)),
    keyWeights: rows(Float32Array, ({ pairs }) => pairs.map(({ keyWeight }) => keyWeight)),
    valueWeights: rows(Float32Array, ({ pairs }) => pairs.map(({ valueWeight }) => valueWeight)),
    logBias: joinRows(
      plans.map(({ logBias }) => logBias),
      Float32Array,
    ),
  };
}

export function headPart(all: Float32Array, headCount: number, head: number): Float32Array {
  const width = all.length / headCount;
  return all.subarray(head * width, (head + 1) * width);
}

/** [row][headDim] */
function groupQueries({ headCount, kvHeadCount, queries }: ProbedMerge, kvHead: number): Float32Array {
  return meanQueries(headPart(queries, kvHeadCount, kvHead), headCount / kvHeadCount);
}

function newestQuery(rows: Float32Array, headDim: number): Float32Array {
  return rows.subarray(rows.length - headDim);
}
