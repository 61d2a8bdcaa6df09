// What a CPU session that merges keeps and does besides: a bias for the logit of every slot, what merges are measured by, and
// the sums themselves.

import { headCountOf, headRow, joinRows, kvHeadOf, layerOf, newRows, offsetsOf, rowLength } from "../../cache/headRows";
import type { HeadRows } from "../../cache/headRows";
import type { ModelConfig } from "../../model/config";
import { evictedSlots } from "../../trace/merges";
import type { CompactionPlan, MergeDemand, MergeMeasures } from "../backend";
import { createBreather } from "../giveWay";
import { meanQueries, mergePartners, mergeScores } from "../terms/mergeMeasures";
import { vectorNorms } from "../terms/vectorNorms";
import { chunkProducts, type Chunk } from "./chunk";
import type { KvStore } from "./kvStore";
import { mergeSlots } from "./mergeSlots";
import { newestQueries, type QueryRing } from "./queryRing";

/** Measuring gives way between heads after this much work. */
const SLICE_MS = 25;

interface MergingSession {
  readonly config: ModelConfig;
  readonly kv: KvStore;
  readonly ring: QueryRing;
  readonly chunk: Chunk;
  readonly demand: MergeDemand;
  readonly slotCapacity: number;
}

/** The session as it is when an event falls. */
interface Present {
  readonly lengths: Int32Array; // [head]
  readonly newestPosition: number;
}

export interface CpuMerges {
  /** [head] of [slot] */
  readonly logBias: readonly Float32Array[];
  measure(
    survivors: HeadRows<Int32Array>,
    present: Present,
    receivedSums: readonly Float64Array[],
  ): Promise<MergeMeasures>;
  mixNorms(weights: HeadRows<Float32Array>, mixCount: number): Float32Array;
  /** Before the survivors close ranks; their slots' biases are in place at once. */
  apply(plan: CompactionPlan, present: Present): void;
}

export function createCpuMerges({ config, kv, ring, chunk, demand, slotCapacity }: MergingSession): CpuMerges {
  const { headDim } = config;
  const headCount = headCountOf(config);
  const groupSize = config.headCount / config.kvHeadCount;
  const multiply = chunkProducts(chunk);
  const logBias = Array.from({ length: headCount }, () => new Float32Array(slotCapacity));

  /** Products of rows with some queries, over √d. [query][row] */
  const scaledProducts = (rows: Float32Array, queries: Float32Array): Float32Array => {
    const products = new Float32Array(multiply(rows, queries, headDim));
    const root = Math.sqrt(headDim);
    for (let at = 0; at < products.length; at++) products[at] /= root;
    return products;
  };

  /** The newest queries of a head's group, [member][row][headDim]. */
  const groupOf = (head: number, newestPosition: number, rowCount: number): Float32Array => {
    const layer = layerOf(config, head);
    const width = groupSize * rowCount * headDim;
    const start = kvHeadOf(config, head) * width;
    return newestQueries(ring, { layer, newestPosition, rowCount }).subarray(start, start + width);
  };

  const measure: CpuMerges["measure"] = async (survivors, { lengths, newestPosition }, receivedSums) => {
    const breather = createBreather(SLICE_MS);
    const evictedOffsets = offsetsOf(lengths.map((length, head) => length - rowLength(survivors, head)));
    const slotOffsets = offsetsOf(lengths);
    const partners = newRows(evictedOffsets, Int32Array);
    const cosines = newRows(evictedOffsets, Float32Array);
    const logScores = newRows(slotOffsets, Float32Array);
    const valueNorms = newRows(slotOffsets, Float32Array);
    const logits: Float32Array[] = [];
    const queryProducts = new Float32Array(headCount * groupSize);
    for (let head = 0; head < headCount; head++) {
      await breather.breathe();
      const [layer, kvHead] = [kv.layers[layerOf(config, head)], kvHeadOf(config, head)];
      const keys = layer.keys(kvHead, lengths[head]);
      const kept = headRow(survivors, head);
      const found = mergePartners({ keys, headDim, multiply }, kept, evictedSlots(kept, lengths[head]));
      headRow(partners, head).set(found.partners);
      headRow(cosines, head).set(found.cosines);
      // Rows from before the prompt do not exist.
      const rowCount = Math.min(demand.queryRows, newestPosition + 1);
      const queries = meanQueries(groupOf(head, newestPosition, rowCount), groupSize);
      headRow(logScores, head).set(mergeScores({ keys, queries, headDim, decay: demand.decay, multiply }));
      const newest = groupOf(head, newestPosition, 1);
      const ofGroup = scaledProducts(keys, newest);
      for (let member = 0; member < groupSize; member++) {
        logits.push(ofGroup.subarray(member * lengths[head], (member + 1) * lengths[head]));
      }
      queryProducts.set(scaledProducts(meanQueries(newest, groupSize), newest), head * groupSize);
      headRow(valueNorms, head).set(vectorNorms(layer.values(kvHead, lengths[head]), headDim));
    }
    const received = joinRows(
      Array.from(lengths, (length, head) => new Float32Array(receivedSums[head]?.subarray(0, length) ?? [])),
      Float32Array,
    );
    return {
      partners,
      cosines,
      logScores,
      logits: joinRows(logits, Float32Array),
      queryProducts,
      valueNorms,
      received,
    };
  };

  const mixNorms: CpuMerges["mixNorms"] = (weights, mixCount) =>
    joinRows(
      Array.from({ length: headCount }, (_, head) => {
        const row = headRow(weights, head);
        const values = kv.layers[layerOf(config, head)].values(kvHeadOf(config, head), row.length / mixCount);
        return mixNormsOf(chunk, values, row, mixCount);
      }),
      Float32Array,
    ).values;

  const apply: CpuMerges["apply"] = ({ survivors, merges }, { lengths, newestPosition }) => {
    if (merges !== undefined) {
      const query = (head: number): Float32Array => meanQueries(groupOf(head, newestPosition, 1), groupSize);
      mergeSlots({ kv, lengths, query }, { survivors, merges });
    }
    logBias.forEach((bias, head) => {
      const kept = headRow(survivors, head);
      const next = merges === undefined ? Float32Array.from(kept, (slot) => bias[slot]) : headRow(merges.logBias, head);
      bias.fill(0);
      bias.set(next);
    });
  };

  return { logBias, measure, mixNorms, apply };
}

/** ‖Σ weight · value‖ of some mixes of a head's values, added up a chunk of slots at a time. weights [mix][slot] → [mix] */
function mixNormsOf(chunk: Chunk, values: Float32Array, weights: Float32Array, mixCount: number): Float32Array {
  const lengthSlots = weights.length / mixCount;
  const headDim = values.length / lengthSlots;
  const sums = Array.from({ length: mixCount }, () => new Float64Array(headDim));
  for (let first = 0; first < lengthSlots; first += chunk.slotCount) {
    const end = Math.min(lengthSlots, first + chunk.slotCount);
    chunk.rows.set(values.subarray(first * headDim, end * headDim));
    sums.forEach((sum, mix) => chunk.addUp(weights.subarray(mix * lengthSlots + first, mix * lengthSlots + end), sum));
  }
  return Float32Array.from(sums, (sum) => Math.hypot(...sum));
}
