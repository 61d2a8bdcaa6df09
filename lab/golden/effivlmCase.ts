// related.effivlm.metrics: the four figures of EffiVLM-Bench over models and suites.
import { loyalty, overallFigures, speedUp } from "../../src/experiment/scoreCard";
import { readCount, type RunCase } from "./caseParts";
import { compareArrays, compareExactly } from "./compare";
import { fieldOf, integersOf, itemsOf, numberOf, type Field } from "./field";

/** JSON holds 9 digits. */
const TOLERANCE = 1e-7;

export const runEffivlm: RunCase = (root) => {
  const inputs = fieldOf(root, "inputs");
  const expected = fieldOf(root, "expected");
  const modelCount = readCount(root, "dims", "models");
  const shape = [modelCount, readCount(root, "dims", "benchmarks")];
  const models = Array.from({ length: modelCount }, (_, model) => model);
  const figures = overallFigures({
    original: numberRows(fieldOf(inputs, "score_original")),
    compressed: numberRows(fieldOf(inputs, "score_compressed")),
  });
  const predictions = (name: string): string[][] =>
    itemsOf(fieldOf(inputs, name)).map((model) => [integersOf(model)].flat(3).map(String));
  const [before, after] = [predictions("predictions_original"), predictions("predictions_compressed")];
  const [slow, fast] = [
    numberRows(fieldOf(inputs, "seconds_original")),
    numberRows(fieldOf(inputs, "seconds_compressed")),
  ];
  const listOf = (name: string): number[] => itemsOf(fieldOf(expected, name)).map(numberOf);
  const array = (name: string, found: readonly number[]) => compareArrays(name, found, listOf(name), TOLERANCE);
  const single = (name: string, found: number) =>
    compareArrays(name, [found], [numberOf(fieldOf(expected, name))], TOLERANCE);
  const recordedRatios = itemsOf(fieldOf(expected, "rho")).flatMap((row) => itemsOf(row).map(({ value }) => value));
  const ratios = figures.ratios.flat();
  return Promise.resolve([
    compareExactly("dims", [figures.ratios.length, figures.ratios[0].length], shape),
    compareExactly(
      "rho (dropped)",
      ratios.map((ratio) => ratio === null),
      recordedRatios.map((one) => one === null),
    ),
    compareArrays(
      "rho",
      ratios.map((ratio) => ratio ?? 0),
      recordedRatios.map((one) => Number(one ?? 0)),
      TOLERANCE,
    ),
    compareExactly("dropped_cells", figures.droppedCount, numberOf(fieldOf(expected, "dropped_cells"))),
    array("OP", figures.performance),
    array("mean_rho", figures.meanRatios),
    single("OG", figures.generalisation),
    single("OL", loyalty(before.flat(), after.flat())),
    array(
      "OL_per_model",
      models.map((model) => loyalty(before[model], after[model])),
    ),
    array(
      "OE",
      models.map((model) => speedUp(slow[model], fast[model])),
    ),
  ]);
};

function numberRows(field: Field): number[][] {
  return itemsOf(field).map((row) => itemsOf(row).map(numberOf));
}
