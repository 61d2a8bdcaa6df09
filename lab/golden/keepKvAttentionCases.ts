// Attention over slots with votes, before and after merges: related.keepkv.attention_with_votes and .gqa_merge.
import { convexParts, zipFigures, zipParts, type MergedSlot } from "../../src/policy/zipMerge";
import { readCount, type CaseContext, type RunCase } from "./caseParts";
import { compareArrays, compareExactly, type FieldComparison } from "./compare";
import { fieldOf, integerListOf, integersOf, itemsOf, nestedNumbersOf, numberOf, tensorOf, type Field } from "./field";
import { headPart } from "./mergeProbe";
import {
  afterMerges,
  joinInto,
  logVotes,
  openHead,
  planOf,
  readLayer,
  trueLogits,
  type VotedLayer,
} from "./votedSlots";

const pairsOf = (root: Field): number[][] => itemsOf(fieldOf(fieldOf(root, "inputs"), "pairs")).map(integerListOf);

/** What becomes of a pair. */
const outcomes: Readonly<
  Record<"zip" | "convex" | "evict", (unit: number) => (parts: readonly MergedSlot[]) => MergedSlot>
> = {
  zip: (unit) => (parts) => zipParts(parts, "query", unit),
  convex: () => convexParts,
  evict:
    () =>
    ([kept]) =>
      kept,
};

export const runAttentionWithVotes: RunCase = async (root, context) => {
  const layer = readLayer(root, "query");
  const { kvHeadCount, headDim, lengthSlots } = layer;
  const { probe, tolerance } = context;
  const futureCount = readCount(root, "dims", "future_queries");
  const future = tensorOf(fieldOf(fieldOf(root, "inputs"), "future_queries"), [kvHeadCount, futureCount, headDim]).data;
  const expected = fieldOf(root, "expected");
  const logits = await trueLogits(layer, context);
  const whole = { ...layer, logBias: logVotes(layer.votes) };
  const before = await probe.biasedAttention(whole);
  const array = (name: string, found: ArrayLike<number>, shape: readonly number[]) =>
    compareArrays(name, found, tensorOf(name.split(".").reduce(fieldOf, expected), shape).data, tolerance);
  const logDenominators = logits.map((row, kvHead) => zipFigures(openSlots(layer, kvHead, row)).logWeight);
  const outputShape = [kvHeadCount, headDim];
  const comparisons = [
    array("weights", before.weights, [kvHeadCount, lengthSlots]),
    array("output", before.output, outputShape),
    array("log_denominator", logDenominators, [kvHeadCount]),
    array("future_outputs.full", await futureOutputs(context, whole, future), [kvHeadCount, futureCount, headDim]),
  ];
  for (const name of ["zip", "convex", "evict"] as const) {
    const heads = logits.map((row, kvHead) => openHead(layer, kvHead, row));
    for (const head of heads) for (const pair of pairsOf(root)) joinInto(head, pair, outcomes[name](head.unit));
    const after = await afterMerges(layer, heads, context);
    const change = nestedNumbersOf(fieldOf(fieldOf(expected, "relative_change_f64"), name), [kvHeadCount]).data;
    const found = relativeChanges(after.output, before.output, kvHeadCount);
    const logBias = Float32Array.from(heads.flatMap((head) => [...planOf(head).logBias]));
    const merged = { ...layer, ...after, lengthSlots: after.live.length, logBias };
    comparisons.push(
      compareExactly("live_slots", after.live, integersOf(fieldOf(expected, "live_slots"))),
      array(`weights_${name}`, after.weights, [kvHeadCount, after.live.length]),
      array(`output_${name}`, after.output, outputShape),
      compareExactly(`relative_change.${name}`, areNear(found, change, 10 * tolerance), true),
      array(`future_outputs.${name}`, await futureOutputs(context, merged, future), [
        kvHeadCount,
        futureCount,
        headDim,
      ]),
    );
  }
  return [...comparisons, ...(await compareSag(root, layer, logits, context))];
};

function openSlots(layer: VotedLayer, kvHead: number, logits: ArrayLike<number>): MergedSlot[] {
  return openHead(layer, kvHead, logits).slots.filter((slot) => slot !== null);
}

/** Attention of the parents together, and of their convex mean, when nothing has a vote. */
async function compareSag(
  root: Field,
  layer: VotedLayer,
  logits: readonly Float32Array[],
  context: CaseContext,
): Promise<FieldComparison[]> {
  const { kvHeadCount, lengthSlots } = layer;
  const plain: VotedLayer = { ...layer, votes: layer.votes.map((row) => row.map(() => 1)) };
  const whole = await context.probe.biasedAttention({ ...plain, logBias: logVotes(plain.votes) });
  const recorded = itemsOf(fieldOf(fieldOf(root, "expected"), "sag_without_votes"));
  // The shares are those of the cache with votes; all pairs are merged.
  const heads = logits.map((row, kvHead) => openHead(layer, kvHead, row));
  for (const head of heads) for (const pair of pairsOf(root)) joinInto(head, pair, convexParts);
  const unvoted = heads.map((head) => ({
    ...head,
    slots: head.slots.map((slot) => slot && { ...slot, votes: 1, logBias: 0 }),
  }));
  const after = await afterMerges(plain, unvoted, context);
  const comparisons: FieldComparison[] = [];
  for (const [at, pair] of pairsOf(root).entries()) {
    const place = after.live.indexOf(pair[0]);
    for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
      const sag = itemsOf(recorded[kvHead])[at];
      const together = pair.reduce((sum, slot) => sum + whole.weights[kvHead * lengthSlots + slot], 0);
      const merged = after.weights[kvHead * after.live.length + place];
      comparisons.push(
        compareArrays(
          sag.path,
          [together, merged],
          ["parents_together", "merged"].map((name) => numberOf(fieldOf(sag, name))),
          context.tolerance,
        ),
        compareExactly(`${sag.path}.sags`, merged < together, true),
      );
    }
  }
  return comparisons;
}

type BiasedLayer = Omit<VotedLayer, "votes"> & { readonly logBias: Float32Array };

/** [kvHead][query][headDim] */
async function futureOutputs(
  { probe }: Pick<CaseContext, "probe">,
  layer: BiasedLayer,
  future: Float32Array,
): Promise<Float32Array> {
  const { kvHeadCount, headDim } = layer;
  const count = future.length / kvHeadCount / headDim;
  const outputs = new Float32Array(future.length);
  for (let query = 0; query < count; query++) {
    const queries = new Float32Array(kvHeadCount * headDim);
    for (let head = 0; head < kvHeadCount; head++) {
      queries.set(
        future.subarray((head * count + query) * headDim, (head * count + query + 1) * headDim),
        head * headDim,
      );
    }
    const { output } = await probe.biasedAttention({ ...layer, queries });
    for (let head = 0; head < kvHeadCount; head++) {
      outputs.set(headPart(output, kvHeadCount, head), (head * count + query) * headDim);
    }
  }
  return outputs;
}

function relativeChanges(after: Float32Array, before: Float32Array, headCount: number): number[] {
  return Array.from({ length: headCount }, (_, head) => {
    const [found, known] = [headPart(after, headCount, head), headPart(before, headCount, head)];
    return Math.hypot(...found.map((value, dim) => value - known[dim])) / Math.hypot(...known);
  });
}

function areNear(found: readonly number[], recorded: ArrayLike<number>, tolerance: number): boolean {
  return found.every((value, at) => Math.abs(value - recorded[at]) <= tolerance);
}

export const runGqaMerge: RunCase = async (root, context) => {
  const layer = readLayer(root, "queries");
  const { headCount, kvHeadCount, headDim, lengthSlots } = layer;
  const { probe, tolerance } = context;
  const expected = fieldOf(root, "expected");
  const logits = await trueLogits(layer, context);
  const before = await probe.biasedAttention({ ...layer, logBias: logVotes(layer.votes) });
  const outcome = async (name: "zip" | "convex") => {
    const heads = logits.map((row, kvHead) => openHead(layer, kvHead, row));
    for (const head of heads) for (const pair of pairsOf(root)) joinInto(head, pair, outcomes[name](head.unit));
    return { ...(await afterMerges(layer, heads, context)), votes: heads.map((head) => [...planOf(head).votes]) };
  };
  const zip = await outcome("zip");
  const convex = await outcome("convex");
  const array = (name: string, found: ArrayLike<number>, shape: readonly number[]) =>
    compareArrays(name, found, tensorOf(fieldOf(expected, name), shape).data, tolerance);
  const liveShape = [kvHeadCount, zip.live.length, headDim];
  const outputShape = [headCount, headDim];
  const changes = (name: string, output: Float32Array) => {
    const recorded = nestedNumbersOf(fieldOf(expected, name), [kvHeadCount, headCount / kvHeadCount]).data;
    return compareExactly(
      name,
      areNear(relativeChanges(output, before.output, headCount), recorded, 10 * tolerance),
      true,
    );
  };
  return [
    array("mean_logits", Float32Array.from(logits.flatMap((row) => [...row])), [kvHeadCount, lengthSlots]),
    compareExactly("live_slots", zip.live, integersOf(fieldOf(expected, "live_slots"))),
    array("keys_after", zip.keys, liveShape),
    array("values_after", zip.values, liveShape),
    compareExactly("votes_after", zip.votes, integersOf(fieldOf(expected, "votes_after"))),
    array("output_before", before.output, outputShape),
    array("output_after", zip.output, outputShape),
    array("output_convex_without_votes", convex.output, outputShape),
    changes("relative_change", zip.output),
    changes("relative_change_convex", convex.output),
  ];
};
