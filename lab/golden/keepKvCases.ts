// KeepKV's merges by the paper's formulas: related.keepkv.zip_merge and .partner. Attention over merged slots:
// keepKvAttentionCases.ts. How the public code scores and loops: keepKvPublicCases.ts.
import {
  mixOf,
  QUERY_SOURCE,
  zipFigures,
  zipParts,
  type MergedSlot,
  type Mix,
  type ZipFigures,
} from "../../src/policy/zipMerge";
import { readCount, readHeadDims, type RunCase } from "./caseParts";
import { compareArrays, compareExactly, type FieldComparison } from "./compare";
import { fieldOf, integerListOf, integersOf, itemsOf, numberOf, oneOf, tensorOf, type Field } from "./field";
import { headPart, type ProbedMerge } from "./mergeProbe";
import {
  afterMerges,
  joinInto,
  logVotes,
  openHead,
  planOf,
  readLayer,
  trueLogits,
  vectorOf,
  type MergingSlots,
  type VotedLayer,
} from "./votedSlots";

export const runZipMerge: RunCase = async (root, context) => {
  const layer = readLayer(root, "query");
  const { kvHeadCount, headDim } = layer;
  const order = oneOf(fieldOf(fieldOf(root, "config"), "order"), ["joint", "sequence"]);
  const logits = await trueLogits(layer, context);
  const heads = logits.map((row, kvHead) => openHead(layer, kvHead, row));
  const groups = itemsOf(fieldOf(fieldOf(root, "inputs"), "groups")).map(integerListOf);
  const steps = groups.flatMap(([into, ...from]) =>
    order === "joint" ? [[into, ...from]] : from.map((one) => [into, one]),
  );
  const expected = fieldOf(root, "expected");
  const recordedSteps = itemsOf(fieldOf(expected, "steps"));
  const comparisons: FieldComparison[] = [compareExactly("steps", steps.length, recordedSteps.length)];
  // The merged logit is small beside its terms where they are large.
  const tolerance = Math.max(context.tolerance, 1e-4);
  steps.forEach((group, at) => {
    const step = recordedSteps[at];
    comparisons.push(
      compareExactly(`${step.path}.into`, group, [readCount(step, "into"), ...integerListOf(fieldOf(step, "from"))]),
    );
    const parts = heads.map((head) => joinInto(head, group, (members) => zipParts(members, "query", head.unit)));
    comparisons.push(...compareStep(step, { layer, heads, parts, group, tolerance }));
  });
  const after = await afterMerges(layer, heads, context);
  const liveShape = [kvHeadCount, after.live.length, headDim];
  const before = await context.probe.biasedAttention({ ...layer, logBias: logVotes(layer.votes) });
  const array = (name: string, found: Float32Array, shape: readonly number[]) =>
    compareArrays(name, found, tensorOf(fieldOf(expected, name), shape).data, tolerance);
  return [
    ...comparisons,
    compareExactly("live_slots", after.live, integersOf(fieldOf(expected, "live_slots"))),
    array("keys_after", after.keys, liveShape),
    array("values_after", after.values, liveShape),
    compareExactly(
      "votes_after",
      heads.map((head) => [...planOf(head).votes]),
      integersOf(fieldOf(expected, "votes_after")),
    ),
    array("output_before", before.output, [kvHeadCount, headDim]),
    array("output_after", after.output, [kvHeadCount, headDim]),
    compareArrays("unchanged", after.output, before.output, tolerance),
    compareExactly(
      "any_fallback",
      heads.some((head) => planOf(head).fallbacks.includes(1)),
      fieldOf(expected, "any_fallback").value,
    ),
  ];
};

interface ZipStep {
  readonly layer: VotedLayer;
  readonly heads: readonly MergingSlots[];
  readonly parts: readonly (readonly MergedSlot[])[]; // [kvHead], before the step
  readonly group: readonly number[];
  readonly tolerance: number;
}

function compareStep(step: Field, { layer, heads, parts, group, tolerance }: ZipStep): FieldComparison[] {
  const { kvHeadCount, headDim } = layer;
  const figures = parts.map((members) => zipFigures(members));
  const bias = parts.map((members, kvHead) => zipParts(members, "bias", heads[kvHead].unit));
  const inHeads = (name: string, pick: (figure: ZipFigures) => number) =>
    compareArrays(
      `${step.path}.${name}`,
      figures.map(pick),
      tensorOf(fieldOf(step, name), [kvHeadCount]).data,
      tolerance,
    );
  const vectors = (
    field: Field,
    mixes: readonly Mix[],
    rows: "keys" | "values",
    at = figures.map((_, head) => head),
  ) => {
    const recorded = tensorOf(field, [kvHeadCount, headDim]).data;
    const found = at.flatMap((head) => [...vectorOf(layer, head, mixes[head], rows)]);
    const kept = at.flatMap((head) => [...headPart(recorded, kvHeadCount, head)]);
    return compareArrays(field.path, found, kept, tolerance);
  };
  const plain = parts.map((members, head) => mixOf(members, figures[head].weights, "key"));
  // Where it fails, scaling loses its digits.
  const scalable = figures.map((_, head) => head).filter((head) => !figures[head].needsFallback);
  const zipped = plain.map(
    (mix, head) => new Map([...mix].map(([slot, weight]) => [slot, weight * figures[head].ratio])),
  );
  const along = figures.map(({ targetLogit, meanLogit }, head): Mix => {
    const missing = (targetLogit - meanLogit) * heads[head].unit;
    return new Map([...plain[head], [QUERY_SOURCE, (plain[head].get(QUERY_SOURCE) ?? 0) + missing]]);
  });
  const pairShape = [kvHeadCount, group.length];
  return [
    compareArrays(
      `${step.path}.logits`,
      parts.flatMap((members) => members.map(({ logit }) => logit)),
      tensorOf(fieldOf(step, "logits"), pairShape).data,
      tolerance,
    ),
    compareArrays(
      `${step.path}.weights`,
      figures.flatMap(({ weights }) => weights),
      tensorOf(fieldOf(step, "weights"), pairShape).data,
      tolerance,
    ),
    inHeads("log_weight", ({ logWeight }) => logWeight),
    inHeads("target_logit", ({ targetLogit }) => targetLogit),
    inHeads("mean_logit", ({ meanLogit }) => meanLogit),
    compareArrays(
      `${step.path}.ratio`,
      scalable.map((head) => figures[head].ratio),
      scalable.map((head) => tensorOf(fieldOf(step, "ratio"), [kvHeadCount]).data[head]),
      tolerance,
    ),
    compareExactly(
      `${step.path}.needs_fallback`,
      figures.map(({ needsFallback }) => needsFallback),
      fieldOf(step, "needs_fallback").value,
    ),
    compareExactly(
      `${step.path}.votes`,
      figures.map(({ votes }) => votes),
      integersOf(fieldOf(step, "votes")),
    ),
    vectors(
      fieldOf(step, "value"),
      parts.map((members, head) => mixOf(members, figures[head].weights, "value")),
      "values",
    ),
    vectors(fieldOf(step, "plain_key"), plain, "keys"),
    vectors(fieldOf(step, "zip_key"), zipped, "keys", scalable),
    vectors(fieldOf(fieldOf(step, "bias_fallback"), "key"), plain, "keys"),
    compareArrays(
      `${step.path}.bias_fallback.log_bias`,
      figures.map(({ targetLogit, meanLogit, needsFallback, votes }, head) =>
        needsFallback ? bias[head].logBias - Math.log(votes) : targetLogit - meanLogit,
      ),
      tensorOf(fieldOf(fieldOf(step, "bias_fallback"), "log_bias"), [kvHeadCount]).data,
      tolerance,
    ),
    vectors(fieldOf(fieldOf(step, "minnorm_fallback"), "key"), along, "keys"),
  ];
}

export const runPartner: RunCase = async (root, { probe, tolerance }) => {
  const { kvHeadCount, headDim } = readHeadDims(root);
  const [keptCount, evictedCount] = [readCount(root, "dims", "retained"), readCount(root, "dims", "evicted")];
  const inputs = fieldOf(root, "inputs");
  const kept = tensorOf(fieldOf(inputs, "retained_keys"), [kvHeadCount, keptCount, headDim]).data;
  const evicted = tensorOf(fieldOf(inputs, "evicted_keys"), [kvHeadCount, evictedCount, headDim]).data;
  const lengthSlots = keptCount + evictedCount;
  const keys = new Float32Array(kvHeadCount * lengthSlots * headDim);
  for (let head = 0; head < kvHeadCount; head++) {
    keys.set(headPart(kept, kvHeadCount, head), head * lengthSlots * headDim);
    keys.set(headPart(evicted, kvHeadCount, head), (head * lengthSlots + keptCount) * headDim);
  }
  const survivors = Array.from({ length: kvHeadCount }, () =>
    Int32Array.from({ length: keptCount }, (_, slot) => slot),
  );
  const input: ProbedMerge = {
    ...{ headCount: kvHeadCount, kvHeadCount, headDim, lengthSlots, keys, values: keys, survivors },
    queries: new Float32Array(kvHeadCount * headDim),
  };
  const measures = await probe.mergeMeasures(input, 0);
  const threshold = numberOf(fieldOf(fieldOf(root, "config"), "threshold"));
  const expected = fieldOf(root, "expected");
  return [
    compareArrays(
      "max_cosine",
      measures.flatMap(({ cosines }) => [...cosines]),
      tensorOf(fieldOf(expected, "max_cosine"), [kvHeadCount, evictedCount]).data,
      tolerance,
    ),
    compareExactly(
      "best",
      measures.map(({ partners }) => [...partners]),
      integersOf(fieldOf(expected, "best")),
    ),
    compareExactly(
      "partner",
      measures.map(({ partners, cosines }) =>
        Array.from(partners, (partner, at) => (cosines[at] > threshold ? partner : -1)),
      ),
      integersOf(fieldOf(expected, "partner")),
    ),
  ];
};
