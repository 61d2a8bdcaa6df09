// One layer whose slots have votes, and merges of its slots: what the cases of KeepKV share.
import type { HeadMergePlan } from "../../src/policy/merging";
import { queryUnit, QUERY_SOURCE, singleSlot, type MergedSlot, type Mix } from "../../src/policy/zipMerge";
import { readCount, readHeadDims, type CaseContext, type HeadDims } from "./caseParts";
import { fieldOf, integerListOf, itemsOf, tensorOf, type Field } from "./field";
import { headPart, type ProbedMerge } from "./mergeProbe";

/** One layer whose slots have votes. */
export interface VotedLayer extends HeadDims {
  readonly lengthSlots: number;
  readonly keys: Float32Array; // [kvHead][slot][headDim]
  readonly values: Float32Array; // [kvHead][slot][headDim]
  readonly queries: Float32Array; // [head][headDim]
  readonly votes: readonly (readonly number[])[]; // [kvHead][slot]
}

export function readLayer(root: Field, queryName: string): VotedLayer {
  const dims = readHeadDims(root);
  const lengthSlots = readCount(root, "dims", "slots");
  const inputs = fieldOf(root, "inputs");
  const shape = [dims.kvHeadCount, lengthSlots, dims.headDim];
  return {
    ...dims,
    lengthSlots,
    keys: tensorOf(fieldOf(inputs, "keys"), shape).data,
    values: tensorOf(fieldOf(inputs, "values"), shape).data,
    queries: tensorOf(fieldOf(inputs, queryName), [dims.headCount, dims.headDim]).data,
    votes: itemsOf(fieldOf(inputs, "votes")).map(integerListOf),
  };
}

export const logVotes = (votes: readonly (readonly number[])[]): Float32Array =>
  Float32Array.from(votes.flatMap((row) => row.map(Math.log)));

/** Merges of one head as they go on, in float64 weights. */
export interface MergingSlots {
  /** By slot; gone ones are null. */
  readonly slots: (MergedSlot | null)[];
  readonly unit: number;
}

/** ‖q‖² of the mean query, and the head's slots with their true logits. */
export function openHead(layer: VotedLayer, kvHead: number, logits: ArrayLike<number>): MergingSlots {
  const query = groupQuery(layer, kvHead);
  const squares = query.reduce((sum, value) => sum + value * value, 0);
  const slots = layer.votes[kvHead].map((votes, slot) => singleSlot(slot, logits[slot], Math.log(votes), votes));
  return { slots, unit: queryUnit(squares, layer.headDim) };
}

function groupQuery({ queries, headCount, kvHeadCount, headDim }: VotedLayer, kvHead: number): Float64Array {
  const memberCount = headCount / kvHeadCount;
  const own = headPart(queries, kvHeadCount, kvHead);
  return Float64Array.from({ length: headDim }, (_, dim) => {
    let sum = 0;
    for (let member = 0; member < memberCount; member++) sum += own[member * headDim + dim];
    return sum / memberCount;
  });
}

export function joinInto(
  head: MergingSlots,
  group: readonly number[],
  join: (parts: readonly MergedSlot[]) => MergedSlot,
): readonly MergedSlot[] {
  const parts = group.map((slot) => head.slots[slot]).filter((part) => part !== null);
  head.slots[group[0]] = join(parts);
  for (const slot of group.slice(1)) head.slots[slot] = null;
  return parts;
}

/** The plan that gives a head its slots as they are now. */
export function planOf({ slots }: MergingSlots): HeadMergePlan {
  const live = slots.filter((slot) => slot !== null);
  const pairs = live.flatMap(({ key, value }, target) =>
    [...new Set([...key.keys(), ...value.keys()])].map((source) => ({
      ...{ target, source },
      keyWeight: key.get(source) ?? 0,
      valueWeight: value.get(source) ?? 0,
    })),
  );
  return {
    pairs,
    logBias: Float32Array.from(live, ({ logBias }) => logBias),
    votes: Int32Array.from(live, ({ votes }) => votes),
    carriers: new Int32Array(0),
    fallbacks: Uint8Array.from(live, ({ isFallback }) => (isFallback ? 1 : 0)),
  };
}

/** Keys, values and attention of a layer after the merges of its heads. */
export async function afterMerges(
  layer: VotedLayer,
  heads: readonly MergingSlots[],
  { probe }: Pick<CaseContext, "probe">,
): Promise<{ live: number[]; keys: Float32Array; values: Float32Array; weights: Float32Array; output: Float32Array }> {
  const live = [...heads[0].slots.keys()].filter((slot) => heads[0].slots[slot] !== null);
  const survivors = heads.map(() => Int32Array.from(live));
  const plans = heads.map(planOf);
  const merged = await probe.mergedSlots({ ...layer, survivors }, plans);
  const logBias = Float32Array.from(plans.flatMap((plan) => [...plan.logBias]));
  const attended = await probe.biasedAttention({ ...layer, ...merged, lengthSlots: live.length, logBias });
  return { live, ...merged, ...attended };
}

export async function trueLogits(layer: VotedLayer, { probe }: Pick<CaseContext, "probe">): Promise<Float32Array[]> {
  const everySlot = Int32Array.from({ length: layer.lengthSlots }, (_, slot) => slot);
  const whole: ProbedMerge = { ...layer, survivors: Array.from({ length: layer.kvHeadCount }, () => everySlot) };
  return (await probe.mergeMeasures(whole, 0)).map(({ logScores }) => logScores);
}

/** The sum that a mix stands for. */
export function vectorOf(layer: VotedLayer, kvHead: number, mix: Mix, rows: "keys" | "values"): Float64Array {
  const { headDim, kvHeadCount } = layer;
  const own = headPart(layer[rows], kvHeadCount, kvHead);
  const query = groupQuery(layer, kvHead);
  const sum = new Float64Array(headDim);
  for (const [source, weight] of mix) {
    for (let dim = 0; dim < headDim; dim++) {
      sum[dim] += weight * (source === QUERY_SOURCE ? query[dim] : own[source * headDim + dim]);
    }
  }
  return sum;
}
