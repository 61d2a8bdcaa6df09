// related.keepkv.public_loop: KeepKV's public code over a prompt and some steps, each event starting from what ours left.
import { joinedPlan, publicWeights, type HeadMergePlan } from "../../src/policy/merging";
import { weighedParts } from "../../src/policy/zipMerge";
import { readCount, readHeadDims, type CaseContext, type HeadDims, type RunCase } from "./caseParts";
import { compareArrays, compareExactly, type FieldComparison } from "./compare";
import { booleanOf, fieldOf, integersOf, itemsOf, numberOf, rowsOfHeads, tensorOf, type Field } from "./field";
import {
  compareSlots,
  keptSlots,
  logScoresOf,
  readConfig,
  selectionScores,
  weightsOf,
  withRow,
  type PublicConfig,
  type WeightRows,
} from "./keepKvPublic";
import { evictedOf, headPart } from "./mergeProbe";

/** What the code carries of one head from event to event. */
interface PublicHead {
  readonly keys: Float32Array; // [slot][headDim]
  readonly values: Float32Array; // [slot][headDim]
  readonly votes: readonly number[]; // [slot]
  readonly rows: WeightRows;
}

export const runPublicLoop: RunCase = async (root, context) => {
  const dims = readHeadDims(root);
  const config = readConfig(root);
  const threshold = numberOf(fieldOf(fieldOf(root, "config"), "similarity_threshold"));
  const [promptCount, stepCount] = [readCount(root, "dims", "prompt"), readCount(root, "dims", "decode_steps")];
  const shape = [dims.kvHeadCount, promptCount + stepCount, dims.headDim];
  const inputs = fieldOf(root, "inputs");
  const [queries, keys, values] = ["queries", "keys", "values"].map((name) => tensorOf(fieldOf(inputs, name), shape));
  let heads: PublicHead[] = Array.from({ length: dims.kvHeadCount }, () => ({
    ...{ keys: new Float32Array(0), values: new Float32Array(0), votes: [], rows: [] },
  }));
  const comparisons: FieldComparison[] = [];
  for (const [at, event] of itemsOf(fieldOf(root, "events")).entries()) {
    const [from, to] = at === 0 ? [0, promptCount] : [promptCount + at - 1, promptCount + at];
    const expected = fieldOf(event, "expected");
    const outputs: Float32Array[] = [];
    for (let position = from; position < to; position++) {
      const added = [keys, values].map((rows) => rowsOfHeads(rows, position, position + 1));
      heads = heads.map((head, kvHead) => grown(head, dims, kvHead, added));
      const attended = await attend(heads, dims, rowsOfHeads(queries, position, position + 1), context);
      outputs.push(attended.output);
      heads = heads.map((head, kvHead) => ({ ...head, rows: remembered(head.rows, attended.weights[kvHead], config) }));
    }
    comparisons.push(compareOutput(expected, outputs, dims, context));
    if (booleanOf(fieldOf(event, "compressed"))) {
      const compressed = await compress(heads, dims, { config, threshold, context, expected });
      heads = compressed.heads;
      comparisons.push(...compressed.comparisons);
    }
    comparisons.push(...compareState(expected, heads, dims, context));
  }
  return comparisons;
};

function grown(
  head: PublicHead,
  { headDim }: HeadDims,
  kvHead: number,
  [key, value]: readonly Float32Array[],
): PublicHead {
  const own = (rows: Float32Array) => rows.subarray(kvHead * headDim, (kvHead + 1) * headDim);
  return {
    ...{ keys: joined(head.keys, own(key)), values: joined(head.values, own(value)) },
    votes: [...head.votes, 1],
    rows: head.rows,
  };
}

function joined(left: Float32Array, right: Float32Array): Float32Array {
  const both = new Float32Array(left.length + right.length);
  both.set(left);
  both.set(right, left.length);
  return both;
}

/** The newest rows, as many as recent slots; before there are so many, all. */
function remembered(rows: WeightRows, newest: Float64Array, { recentSlots }: PublicConfig): WeightRows {
  const missing = recentSlots - rows.length;
  const filled = missing > 0 ? [new Float64Array(newest.length), ...rows] : rows;
  return withRow(filled, newest);
}

/** Attention of one query, and exp(logit) of each slot without its votes. */
async function attend(
  heads: readonly PublicHead[],
  { kvHeadCount, headCount, headDim }: HeadDims,
  queries: Float32Array,
  { probe }: Pick<CaseContext, "probe">,
): Promise<{ output: Float32Array; weights: Float64Array[] }> {
  const lengthSlots = heads[0].votes.length;
  const whole = (pick: (head: PublicHead) => Float32Array) =>
    Float32Array.from(heads.flatMap((head) => [...pick(head)]));
  const layer = { ...{ kvHeadCount, headCount, headDim, lengthSlots, queries }, keys: whole(({ keys }) => keys) };
  const logBias = Float32Array.from(heads.flatMap(({ votes }) => votes.map(Math.log)));
  const { output } = await probe.biasedAttention({ ...layer, values: whole(({ values }) => values), logBias });
  const everySlot = Int32Array.from({ length: lengthSlots }, (_, slot) => slot);
  const survivors = heads.map(() => everySlot);
  const measures = await probe.mergeMeasures({ ...layer, values: layer.keys, survivors }, 0);
  return { output, weights: measures.map(({ logScores }) => Float64Array.from(logScores, Math.exp)) };
}

function compareOutput(
  expected: Field,
  outputs: readonly Float32Array[],
  { headCount, headDim }: HeadDims,
  { tolerance }: Pick<CaseContext, "tolerance">,
): FieldComparison {
  const recorded = tensorOf(fieldOf(expected, "output"), [headCount, outputs.length, headDim]).data;
  const found = Array.from({ length: headCount }, (_, head) =>
    outputs.flatMap((output) => [...headPart(output, headCount, head)]),
  );
  return compareArrays(fieldOf(expected, "output").path, found.flat(), recorded, tolerance);
}

async function compress(
  heads: readonly PublicHead[],
  dims: HeadDims,
  given: { config: PublicConfig; threshold: number; context: CaseContext; expected: Field },
): Promise<{ heads: PublicHead[]; comparisons: FieldComparison[] }> {
  const { config, threshold, context, expected } = given;
  const { probe, tolerance } = context;
  const { kvHeadCount, headDim } = dims;
  const lengthSlots = heads[0].votes.length;
  const selections = heads.map(({ rows }) => selectionScores(rows, config));
  const survivors = selections.map((selection) => keptSlots(selection, lengthSlots, config));
  const input = {
    ...{ ...dims, lengthSlots, survivors },
    keys: Float32Array.from(heads.flatMap(({ keys }) => [...keys])),
    values: Float32Array.from(heads.flatMap(({ values }) => [...values])),
    queries: new Float32Array(dims.headCount * headDim),
  };
  const measures = await probe.mergeMeasures(input, 0);
  const planned = heads.map((head, kvHead) => {
    const { partners, cosines, valueNorms } = measures[kvHead];
    const evicted = evictedOf(input, kvHead);
    const carriers = Int32Array.from(partners, (partner, place) => (cosines[place] >= threshold ? partner : -1));
    const merging = {
      ...{ logScores: logScoresOf(head.rows), partners, cosines, valueNorms, evicted, headDim, votes: head.votes },
      ...{ survivors: survivors[kvHead], logBias: head.votes.map(Math.log), querySquares: 0 },
      ...{ received: [], total: [], drawKeys: [] },
    };
    const plan = joinedPlan(merging, carriers, (parts, slots) => weighedParts(parts, publicWeights(merging, slots)));
    return { plan, evicted, cosines, carriers };
  });
  const merged = await probe.mergedSlots(
    input,
    planned.map(({ plan }) => plan),
  );
  const after = heads.map((head, kvHead): PublicHead => ({
    keys: headPart(merged.keys, kvHeadCount, kvHead),
    values: headPart(merged.values, kvHeadCount, kvHead),
    votes: [...planned[kvHead].plan.votes],
    rows: mergedRows(head, survivors[kvHead], planned[kvHead]),
  }));
  const array = (name: string, found: readonly ArrayLike<number>[]) =>
    compareArrays(
      fieldOf(expected, name).path,
      found.flatMap((row) => Array.from(row)),
      tensorOf(fieldOf(expected, name), [kvHeadCount, found[0].length]).data,
      tolerance,
    );
  const slots = heads.map((_, kvHead) => ({ kept: survivors[kvHead], evicted: planned[kvHead].evicted }));
  return {
    heads: after,
    comparisons: [
      array("selection_scores", selections),
      ...compareSlots(expected, slots),
      compareExactly(
        "partner_among_kept",
        planned.map(({ carriers }) => [...carriers]),
        integersOf(fieldOf(expected, "partner_among_kept")),
      ),
      array(
        "max_cosine",
        planned.map(({ cosines }) => cosines),
      ),
      array(
        "keep_weight",
        heads.map(({ rows, votes }, kvHead) => weightsOf(rows, votes, survivors[kvHead])),
      ),
      array(
        "evict_weight",
        heads.map(({ rows, votes }, kvHead) =>
          // The code gives those that it drops no weight.
          weightsOf(rows, votes, planned[kvHead].evicted).map((weight, place) =>
            planned[kvHead].carriers[place] < 0 ? 0 : weight,
          ),
        ),
      ),
    ],
  };
}

/** The mean of the members' rows, by votes; a query that could not see the survivor stays blind to it. */
function mergedRows(
  { rows, votes }: PublicHead,
  survivors: Int32Array,
  { carriers, evicted }: { carriers: Int32Array; evicted: Int32Array; plan: HeadMergePlan },
): WeightRows {
  const members = Array.from(survivors, (slot, target) => [
    slot,
    ...Array.from(evicted).filter((_, place) => carriers[place] === target),
  ]);
  return rows.map((row) =>
    Float64Array.from(members, (slots) => {
      const total = slots.reduce((sum, slot) => sum + votes[slot], 0);
      return row[slots[0]] > 0 ? slots.reduce((sum, slot) => sum + votes[slot] * row[slot], 0) / total : 0;
    }),
  );
}

function compareState(
  expected: Field,
  heads: readonly PublicHead[],
  { kvHeadCount, headDim }: HeadDims,
  { tolerance }: Pick<CaseContext, "tolerance">,
): FieldComparison[] {
  const lengthSlots = heads[0].votes.length;
  const array = (name: string, shape: readonly number[], pick: (head: PublicHead) => ArrayLike<number>) =>
    compareArrays(
      fieldOf(expected, name).path,
      heads.flatMap((head) => Array.from(pick(head))),
      tensorOf(fieldOf(expected, name), shape).data,
      tolerance,
    );
  return [
    array("keys", [kvHeadCount, lengthSlots, headDim], ({ keys }) => keys),
    array("values", [kvHeadCount, lengthSlots, headDim], ({ values }) => values),
    array("recent_scores", [kvHeadCount, heads[0].rows.length, lengthSlots], ({ rows }) =>
      rows.flatMap((row) => [...row]),
    ),
    compareExactly(
      "votes",
      heads.map(({ votes }) => [...votes]),
      integersOf(fieldOf(expected, "votes")),
    ),
  ];
}
