// kvpress.merging and kvpress.cam: values of evicted tokens go into those that stay (NVIDIA/kvpress at 8bb29b9, merging_press.py
// and cam_press.py).
import { InputError } from "../../src/lib/errors";
import { chooseSurvivors } from "../../src/policy/admission";
import { keptOfShare } from "../../src/policy/budget";
import { scoreLayer } from "../../src/policy/columns";
import { camCandidates, planHeadMerges, spreadPlan, type MergingHead } from "../../src/policy/merging";
import { baseParameters } from "../../src/policy/parameters";
import { neededTerms, type PolicyParameters } from "../../src/policy/policy";
import type { CacheTermName } from "../../src/engine/terms/headTerms";
import { inOrder, readCount, type CaseContext, type RunCase } from "./caseParts";
import { compareArrays, compareExactly } from "./compare";
import { fieldOf, integerListOf, integersOf, itemsOf, numberOf, sliceOf, tensorOf, type Field } from "./field";
import { evictedOf, type ProbedMerge } from "./mergeProbe";
import { presses } from "./presses";
import { layerInputs, probedLayer, sceneOf, type Scene } from "./scene";

/** One sequence of a scene, scored by the press that the case wraps. */
interface ScoredSequence {
  readonly scene: Scene;
  readonly sequence: number;
  readonly totals: readonly Float32Array[]; // [kvHead] of [slot]
}

async function scoredSequences(root: Field, context: CaseContext): Promise<ScoredSequence[]> {
  const scene = await sceneOf(root, context);
  const config = fieldOf(root, "config");
  const base = String(fieldOf(config, "base").value);
  if (!Object.hasOwn(presses, base)) throw new InputError(`config.base: expected a press that is known, found ${base}`);
  const press = presses[base](config, root);
  const parameters: PolicyParameters = { ...baseParameters, windowSlots: 0, ...press.parameters };
  const formula = press.policy.formula(parameters);
  const names = neededTerms(formula) as CacheTermName[]; // no press reads a prompt of its own
  return inOrder(Array.from({ length: scene.batchCount }), async (_, sequence) => {
    const layer = probedLayer(scene, sequence, parameters);
    const heads = layerInputs(layer, await context.probe.terms(layer, names));
    const { heads: scores } = scoreLayer(formula, heads, () => heads.map(() => 0));
    return { scene, sequence, totals: scores.map(({ total }) => total) };
  });
}

function bestSlots(total: Float32Array, keepSlots: number): Int32Array {
  return chooseSurvivors({ total, isProtected: null, lengthSlots: total.length, keepSlots }).slots;
}

/** What the merges of a sequence start from; the newest query is not read. */
async function measured(
  { scene, sequence, totals }: ScoredSequence,
  survivors: readonly Int32Array[],
  { probe }: CaseContext,
): Promise<{ input: ProbedMerge; heads: MergingHead[] }> {
  const { headCount, headDim, lengthSlots } = scene.shape;
  const input: ProbedMerge = {
    ...{ ...scene.shape, survivors },
    keys: sliceOf(scene.keys, sequence).data,
    values: sliceOf(scene.values, sequence).data,
    queries: new Float32Array(headCount * headDim),
  };
  const measures = await probe.mergeMeasures(input, 0);
  const heads = measures.map((ofHead, kvHead) => ({
    ...{ ...ofHead, headDim, survivors: survivors[kvHead], evicted: evictedOf(input, kvHead) },
    ...{ votes: new Array<number>(lengthSlots).fill(1), logBias: new Float32Array(lengthSlots) },
    ...{ querySquares: 0, received: [], total: totals[kvHead], drawKeys: [] },
  }));
  return { input, heads };
}

export const runMerging: RunCase = async (root, context) => {
  const config = fieldOf(root, "config");
  const parameters = {
    ...{ ...baseParameters, merging: "values" as const },
    mergeThreshold: numberOf(fieldOf(config, "similarity_threshold")),
    mergeFraction: numberOf(fieldOf(config, "merge_fraction")),
  };
  const sequences = await scoredSequences(root, context);
  const runs = await inOrder(sequences, async (sequence) => {
    const { lengthSlots } = sequence.scene.shape;
    const keepSlots = keptOfShare(lengthSlots, numberOf(fieldOf(config, "compression_ratio")));
    const survivors = sequence.totals.map((total) => bestSlots(total, keepSlots));
    const { input, heads } = await measured(sequence, survivors, context);
    const plans = heads.map((head) => planHeadMerges(head, parameters)).filter((plan) => plan !== null);
    const { keys, values } = await context.probe.mergedSlots(input, plans);
    return { survivors, values, keys, input };
  });
  const expected = fieldOf(root, "expected");
  const [{ survivors, input }] = runs;
  const shape = [runs.length, input.kvHeadCount, survivors[0].length, input.headDim];
  return [
    compareExactly(
      "kept_sorted",
      runs.map((run) => run.survivors.map((slots) => [...slots])),
      integersOf(fieldOf(expected, "kept_sorted")),
    ),
    compareArrays(
      "merged_values_in_sorted_order",
      runs.flatMap(({ values }) => [...values]),
      tensorOf(fieldOf(expected, "merged_values_in_sorted_order"), shape).data,
      context.tolerance,
    ),
    compareExactly("keys stay", runs.every(areKeysKept), true),
  ];
};

interface MergedRun {
  readonly survivors: readonly Int32Array[];
  readonly keys: Float32Array;
  readonly input: ProbedMerge;
}

function areKeysKept({ survivors, keys, input }: MergedRun): boolean {
  const { headDim, lengthSlots } = input;
  const before = survivors.flatMap((slots, head) =>
    Array.from(slots).flatMap((slot) => {
      const from = (head * lengthSlots + slot) * headDim;
      return [...input.keys.subarray(from, from + headDim)];
    }),
  );
  return before.every((value, at) => value === keys[at]);
}

/** All heads drop the same slots, those of the lowest mean score; the case gives what was drawn. */
export const runCam: RunCase = async (root, context) => {
  const config = fieldOf(root, "config");
  const keepSlots = readCount(config, "target_size");
  const count = readCount(config, "steps_since_last");
  const spread = readCount(config, "merge_budget");
  const sequences = await scoredSequences(root, context);
  const { kvHeadCount, lengthSlots, headDim } = sequences[0].scene.shape;
  const inputs = fieldOf(root, "inputs");
  const headShape = [sequences.length, kvHeadCount];
  const sums = tensorOf(fieldOf(inputs, "cumulative_attention"), [...headShape, lengthSlots]);
  const draws = itemsOf(fieldOf(inputs, "merge_draw")).map((heads) => itemsOf(heads).map(integerListOf));
  const runs = await inOrder(sequences, async (sequence, at) => {
    const mean = sequence.totals[0].map(
      (_, slot) => sequence.totals.reduce((sum, total) => sum + total[slot], 0) / kvHeadCount,
    );
    const kept = bestSlots(mean, keepSlots);
    const { input, heads } = await measured(sequence, inEveryHead(kvHeadCount, kept), context);
    const planned = heads.map((head, kvHead) => {
      const received = sliceOf(sliceOf(sums, at), kvHead).data;
      const candidates = camCandidates({ ...head, total: mean, received }, count, spread);
      const plan = spreadPlan(
        head,
        candidates,
        draws[at][kvHead].map((drawn) => drawn === 1),
      );
      return { candidates, plan, received: Array.from(kept, (slot) => received[slot]) };
    });
    const { values } = await context.probe.mergedSlots(
      input,
      planned.map(({ plan }) => plan),
    );
    return { kept, planned, values };
  });
  const expected = fieldOf(root, "expected");
  const array = (name: string, width: readonly number[], pick: (run: (typeof runs)[number]) => readonly number[]) =>
    compareArrays(
      name,
      runs.flatMap(pick),
      tensorOf(fieldOf(expected, name), [...headShape, ...width]).data,
      context.tolerance,
    );
  return [
    compareExactly(
      "kept_sorted",
      runs.map(({ kept }) => [...kept]),
      integersOf(fieldOf(expected, "kept_sorted")),
    ),
    array("merge_probability", [count], ({ planned }) =>
      planned.flatMap(({ candidates }) => candidates.map(({ probability }) => probability)),
    ),
    array("values_after", [keepSlots, headDim], ({ values }) => [...values]),
    array("running_attention_after", [keepSlots], ({ planned }) => planned.flatMap(({ received }) => received)),
  ];
};

function inEveryHead(kvHeadCount: number, slots: Int32Array): Int32Array[] {
  return Array.from({ length: kvHeadCount }, () => slots);
}
