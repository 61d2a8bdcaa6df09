// Budgets of heads and layers: kvpress.pyramid_budget, related.surface.head_budgets, related.surface.select.
import { chooseSurvivors } from "../../src/policy/admission";
import { baseParameters } from "../../src/policy/parameters";
import { pyramidBudgets, roundHalfToEven, unroundedRoleBudgets } from "../../src/policy/shareBudgets";
import { readCount, type RunCase } from "./caseParts";
import { compareArrays, compareExactly, type FieldComparison } from "./compare";
import { fieldOf, integersOf, itemsOf, nestedNumbersOf, numberOf, tensorOf, type Field } from "./field";
import { scoreHeads } from "./scoreHeads";

export const runPyramidBudget: RunCase = (root) => {
  const rows = itemsOf(fieldOf(fieldOf(root, "expected"), "table"));
  return Promise.resolve(
    rows.map((row): FieldComparison => {
      const lengthSlots = readCount(row, "q_len");
      const budgets = pyramidBudgets({
        ...{ budgetSlots: lengthSlots * (1 - numberOf(fieldOf(row, "compression_ratio"))), lengthSlots },
        ...{ windowSlots: readCount(row, "window_size"), beta: numberOf(fieldOf(row, "beta")) },
        layerCount: readCount(row, "layers"),
      });
      return compareExactly(`${row.path}.budgets`, [...budgets], integersOf(fieldOf(row, "budgets")));
    }),
  );
};

/** Of its own code, which rounds without looking at the total; what a run then gives back is for the unit tests. */
export const runHeadBudgets: RunCase = (root, { tolerance }) => {
  const [layerCount, headCount] = [readCount(root, "dims", "layers"), readCount(root, "dims", "heads")];
  const trialCount = readCount(root, "dims", "trials");
  const shape = [layerCount, headCount, trialCount];
  const trials = nestedNumbersOf(fieldOf(fieldOf(root, "inputs"), "infscore_trials"), shape).data;
  const scores = Array.from({ length: layerCount }, (_, layer) =>
    Array.from({ length: headCount }, (__, head) => {
      const at = (layer * headCount + head) * trialCount;
      return trials.subarray(at, at + trialCount).reduce((sum, score) => sum + score, 0) / trialCount;
    }),
  );
  const config = fieldOf(root, "config");
  const base = readCount(config, "capacity") - readCount(config, "window");
  const { floorPart, pool, unrounded } = unroundedRoleBudgets(scores, { base, ...readRoleRule(config) });
  const expected = fieldOf(root, "expected");
  const rounded = Array.from({ length: layerCount }, (_, layer) =>
    Array.from(unrounded.subarray(layer * headCount, (layer + 1) * headCount), roundHalfToEven),
  );
  return Promise.resolve([
    compareExactly("base", base, integersOf(fieldOf(expected, "base"))),
    compareArrays("floor_part", [floorPart], [numberOf(fieldOf(expected, "floor_part"))], tolerance),
    compareArrays("pool", [pool], [numberOf(fieldOf(expected, "pool"))], tolerance),
    compareArrays(
      "unrounded",
      unrounded,
      tensorOf(fieldOf(expected, "unrounded"), [layerCount, headCount]).data,
      tolerance,
    ),
    compareExactly("capacity_per_head", rounded, integersOf(fieldOf(expected, "capacity_per_head"))),
  ]);
};

/** One KV head per query head. */
export const runHeadSelect: RunCase = async (root, { probe, tolerance }) => {
  const [headCount, headDim] = [readCount(root, "dims", "heads"), readCount(root, "dims", "head_dim")];
  const lengthSlots = readCount(root, "dims", "prompt");
  const config = fieldOf(root, "config");
  const windowSlots = readCount(config, "window");
  const inputs = fieldOf(root, "inputs");
  const parameters = { ...baseParameters, windowSlots, poolingSlots: readCount(config, "kernel") };
  const keys = tensorOf(fieldOf(inputs, "keys"), [headCount, lengthSlots, headDim]).data;
  const scores = await scoreHeads(
    {
      ...{ headCount, kvHeadCount: headCount, headDim, lengthSlots, paddingSlots: 0, carried: null },
      ...{ keys, rawKeys: keys, queries: tensorOf(fieldOf(inputs, "queries"), [headCount, windowSlots, headDim]).data },
      positions: Array.from({ length: headCount }, () => Int32Array.from({ length: lengthSlots }, (_, slot) => slot)),
    },
    parameters,
    probe,
  );
  const infScore = [...nestedNumbersOf(fieldOf(inputs, "infscore"), [headCount]).data];
  const base = readCount(config, "capacity") - windowSlots;
  const { unrounded } = unroundedRoleBudgets([infScore], { base, ...readRoleRule(config) });
  const capacities = Array.from(unrounded, roundHalfToEven);
  const kept = scores.map(({ total }, head) => [
    ...chooseSurvivors({ total, isProtected: null, lengthSlots, keepSlots: capacities[head] + windowSlots }).slots,
  ]);
  const expected = fieldOf(root, "expected");
  const pooled = tensorOf(fieldOf(expected, "pooled_scores"), [headCount, lengthSlots - windowSlots]).data;
  const found = scores.flatMap(({ total }) => [...total]);
  return [
    compareArrays("pooled_scores", found, pooled, tolerance),
    compareExactly("capacity_per_head", capacities, integersOf(fieldOf(expected, "capacity_per_head"))),
    compareExactly("kept_positions", kept, integersOf(fieldOf(expected, "kept_positions"))),
  ];
};

function readRoleRule(config: Field): { readonly beta: number; readonly temperature: number } {
  return { beta: numberOf(fieldOf(config, "beta")), temperature: numberOf(fieldOf(config, "temp")) };
}
