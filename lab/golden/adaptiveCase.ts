// kvpress.adakv, kvpress.criticaladakv: what each head of a layer keeps when all compete for the same slots.
import type { CacheTermName } from "../../src/engine/terms/headTerms";
import { chooseSurvivors } from "../../src/policy/admission";
import { keptOfShare } from "../../src/policy/budget";
import { scoreLayer } from "../../src/policy/columns";
import { baseParameters } from "../../src/policy/parameters";
import { neededTerms, type PolicyParameters } from "../../src/policy/policy";
import { snapKvOfKvPress } from "../../src/policy/queryScores";
import { policyFormula } from "../../src/policy/secondStage";
import { createShare } from "../../src/policy/share";
import { inOrder, readCount, type RunCase } from "./caseParts";
import { compareArrays, compareExactly } from "./compare";
import { fieldOf, integersOf, numberOf, optionalField, tensorOf, type Field } from "./field";
import { layerInputs, probedLayer, sceneOf } from "./scene";

export const runAdaptive: RunCase = async (root, context) => {
  const { probe, tolerance } = context;
  const scene = await sceneOf(root, context);
  const { kvHeadCount, lengthSlots } = scene.shape;
  const config = fieldOf(root, "config");
  const parameters = readAdaptive(config);
  const formula = policyFormula(snapKvOfKvPress, parameters);
  const names = neededTerms(formula) as CacheTermName[];
  const budgetSlots = keptOfShare(lengthSlots, numberOf(fieldOf(config, "compression_ratio")));
  const share = createShare(parameters, { layerCount: 1, kvHeadCount }, null);
  const layerShare = share.layerShare({ budgetSlots, textLength: lengthSlots });
  const sequences = await inOrder(Array.from({ length: scene.batchCount }), async (_, sequence) => {
    const layer = probedLayer(scene, sequence, parameters);
    const heads = layerInputs(layer, await probe.terms(layer, names));
    const lengths = heads.map(() => lengthSlots);
    let ranking: readonly Float32Array[] = [];
    const { heads: scores, keepSlots } = scoreLayer(formula, heads, (rows) => {
      ranking = rows;
      return layerShare({ layer: 0, rows: rows.map((total) => ({ total, isProtected: null })), lengths });
    });
    const kept = scores.map(
      ({ total }, head) => chooseSurvivors({ total, isProtected: null, lengthSlots, keepSlots: keepSlots[head] }).slots,
    );
    return { ranking, kept };
  });
  const expected = fieldOf(root, "expected");
  const masked = sequences.map(({ kept }) => kept.map((slots) => withoutSlots(lengthSlots, slots)));
  const counts = sequences.map(({ kept }) => kept.map((slots) => slots.length));
  const recordedCounts = optionalField(expected, "per_head_kept");
  const comparedCounts =
    recordedCounts === null ? [] : [compareExactly("per_head_kept", counts, integersOf(recordedCounts))];
  const recordedScores = optionalField(expected, "base_scores");
  const comparedScores =
    recordedScores === null
      ? []
      : [
          compareArrays(
            "base_scores",
            withWindows(
              sequences.flatMap(({ ranking }) => ranking),
              lengthSlots,
            ),
            tensorOf(recordedScores, [scene.batchCount, kvHeadCount, lengthSlots]).data,
            tolerance,
          ),
        ];
  return [
    ...comparedScores,
    ...comparedCounts,
    compareExactly("masked_positions", masked, integersOf(fieldOf(expected, "masked_positions"))),
  ];
};

function readAdaptive(config: Field): PolicyParameters {
  const epsilon = optionalField(config, "epsilon");
  const second =
    epsilon === null
      ? {}
      : {
          secondStage: "critical" as const,
          secondStageShift: numberOf(epsilon),
          firstStagePart: numberOf(fieldOf(config, "first_stage_ratio")),
        };
  return {
    ...{ ...baseParameters, ...snapKvOfKvPress.defaults, share: "adaptive" },
    windowSlots: readCount(config, "window_size"),
    poolingSlots: readCount(config, "kernel_size"),
    safeguard: numberOf(fieldOf(config, "alpha_safeguard")),
    ...second,
  };
}

/** As the press writes them: the window's slots have 1 more than the highest of all. */
function withWindows(rows: readonly Float32Array[], lengthSlots: number): Float32Array {
  const scores = new Float32Array(rows.length * lengthSlots);
  scores.fill(Math.max(...rows.map((row) => Math.max(...row))) + 1);
  rows.forEach((row, head) => scores.set(row, head * lengthSlots));
  return scores;
}

function withoutSlots(lengthSlots: number, slots: Int32Array): number[] {
  return [...Array(lengthSlots).keys()].filter((slot) => !slots.includes(slot));
}
