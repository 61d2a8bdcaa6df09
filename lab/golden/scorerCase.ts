// kvpress.scorer: a press of NVIDIA/kvpress over the keys, values and queries of a scene, and the policy that answers to it.
import { drawnMatrices } from "../../src/engine/terms/termMatrices";
import type { CacheTermName } from "../../src/engine/terms/headTerms";
import { chooseSurvivors } from "../../src/policy/admission";
import { keptOfShare } from "../../src/policy/budget";
import { scoreLayer, type Scores } from "../../src/policy/columns";
import { baseParameters } from "../../src/policy/parameters";
import { neededTerms, type PolicyParameters } from "../../src/policy/policy";
import { policyFormula } from "../../src/policy/secondStage";
import { inOrder, readCount, type RunCase } from "./caseParts";
import { compareArrays, compareExactly, type FieldComparison } from "./compare";
import { fieldOf, integersOf, numberOf, tensorOf, type Field } from "./field";
import { presses, type PressRun } from "./presses";
import { layerInputs, probedLayer, sceneOf, type Scene } from "./scene";

export const SCORER_KIND = "kvpress.scorer";

/** The press that a case names; null where it names none. */
export function pressOf(json: unknown): string | null {
  const isNamed = typeof json === "object" && json !== null && "press" in json && typeof json.press === "string";
  return isNamed ? (json.press as string) : null;
}

export function isSupportedPress(press: string): boolean {
  return Object.hasOwn(presses, press);
}

export const runScorer: RunCase = async (root, context) => {
  const { probe, tolerance } = context;
  const scene = await sceneOf(root, context);
  const press = presses[pressOf(root.value) ?? ""];
  const run = press(fieldOf(root, "config"), root);
  const parameters: PolicyParameters = { ...baseParameters, windowSlots: 0, ...run.parameters };
  const formula = policyFormula(run.policy, parameters);
  const names = neededTerms(formula) as CacheTermName[]; // the runner has no prompt of its own
  const sequences = await inOrder(Array.from({ length: scene.batchCount }), async (_, sequence) => {
    const matrices = run.matrices?.(scene, sequence);
    const drawn = drawnMatrices(0, scene.shape, null);
    const layer = { ...probedLayer(scene, sequence, parameters), matrices: { ...drawn, ...matrices } };
    return layerInputs(layer, names.length === 0 ? {} : await probe.terms(layer, names));
  });
  const keepSlots = readCount(root, "expected", "n_kept");
  const groups = run.isOverBatch === true ? [sequences.flat()] : sequences;
  const scores = groups.flatMap((heads) => scoreLayer(formula, heads, () => heads.map(() => keepSlots)).heads);
  return compareScores(root, scene, scores, { run, tolerance });
};

function compareScores(
  root: Field,
  { batchCount, shape }: Scene,
  scores: readonly Scores[],
  { run, tolerance }: { readonly run: PressRun; readonly tolerance: number },
): FieldComparison[] {
  const { kvHeadCount, lengthSlots } = shape;
  const expected = fieldOf(root, "expected");
  const keepSlots = readCount(expected, "n_kept");
  const ratio = numberOf(fieldOf(fieldOf(root, "config"), "compression_ratio"));
  const totals = scores.map(({ total }) => total);
  const largest = Math.max(...totals.map((row) => Math.max(...row.filter(Number.isFinite))));
  const protectedScore = (run.protectedScore ?? ((most) => most + 1))(largest);
  const found = new Float32Array(batchCount * kvHeadCount * lengthSlots).fill(protectedScore);
  totals.forEach((row, head) => {
    found.set(
      row.map((score) => (score === Infinity ? protectedScore : score)),
      head * lengthSlots,
    );
  });
  const kept = totals.map((total) => [...chooseSurvivors({ total, isProtected: null, lengthSlots, keepSlots }).slots]);
  const bySequence = Array.from({ length: batchCount }, (_, sequence) =>
    kept.slice(sequence * kvHeadCount, (sequence + 1) * kvHeadCount),
  );
  const recorded = tensorOf(fieldOf(expected, "scores"), [batchCount, kvHeadCount, lengthSlots]);
  const comparedScores = compareArrays("scores", found, recorded.data, Math.max(tolerance, run.tolerance ?? 0));
  return [
    compareExactly("n_kept", keptOfShare(lengthSlots, ratio), keepSlots),
    ...(run.compares === "kept" ? [] : [comparedScores]),
    ...(run.compares === "scores"
      ? []
      : [compareExactly("kept_sorted", bySequence, integersOf(fieldOf(expected, "kept_sorted")))]),
  ];
}
