// related.surface.infscore: precision, recall and InfScore of query heads for a needle. Pure numbers: no backend takes part.
import type { StepReading } from "../../src/trace/infScore";
import { attentionCells, cellNames, minMaxNormalised, needleAttention } from "../../src/trace/infScore";
import type { RunCase } from "./caseParts";
import { readCount } from "./caseParts";
import { compareArrays, compareExactly } from "./compare";
import type { Field } from "./field";
import { fieldOf, integerListOf, integersOf, itemsOf, nestedNumbersOf, optionalField, tensorOf } from "./field";

const scoreNames = ["precision", "recall", "infScore"] as const;
const recordedCounts = { tp: "needleTop", fp: "otherTop", fn: "needleBelow", tn: "otherBelow" } as const;

export const runInfScore: RunCase = (root, { tolerance }) => {
  const layerCount = readCount(root, "dims", "layers");
  const headCount = readCount(root, "dims", "heads");
  const topCount = readCount(root, "config", "top_k");
  const [start, end] = integerListOf(fieldOf(fieldOf(root, "config"), "needle"));
  const needle = { start, end };
  const steps = itemsOf(fieldOf(fieldOf(root, "inputs"), "attention")).map((step) =>
    readRows(step, layerCount * headCount),
  );
  const heads = Array.from({ length: layerCount * headCount }, (_, head) => head); // [layer][head]
  const scored = (reading: StepReading) =>
    heads.map((head) =>
      needleAttention(
        steps.map((rows) => rows[head]),
        { needle, topCount, reading },
      ),
    );
  const asInCode = scored("firstLength");
  const countedSteps = steps.flatMap(([row], step) => (row.length === steps[0][0].length ? [step] : []));

  const expected = fieldOf(root, "expected");
  const shape = [layerCount, headCount];
  const compare = (name: string, found: readonly number[], parent: Field = expected) =>
    compareArrays(name, found, nestedNumbersOf(fieldOf(parent, name), shape).data, tolerance);
  const cells = steps.flatMap((rows) =>
    rows.flatMap((row) => {
      const { weights } = attentionCells(row, needle, topCount);
      return cellNames.map((name) => weights[name]);
    }),
  );
  const recordedCells = tensorOf(fieldOf(expected, "cells"), [steps.length, ...shape, cellNames.length]).data;
  const everyStep = optionalField(expected, "mean_over_all_steps");
  return Promise.resolve([
    compareArrays("cells", cells, recordedCells, tolerance),
    compareExactly("steps_counted_by_code", countedSteps, integersOf(fieldOf(expected, "steps_counted_by_code"))),
    ...scoreNames.flatMap((name) => {
      const found = asInCode.map((head) => head[name]);
      const recordedName = name.toLowerCase();
      return [compare(recordedName, found), compare(`${recordedName}_normalized`, minMaxNormalised(found))];
    }),
    ...Object.entries(recordedCounts).map(([recordedName, name]) =>
      compare(
        recordedName,
        asInCode.map(({ counts }) => counts[name]),
        fieldOf(expected, "counts"),
      ),
    ),
    ...(everyStep === null
      ? []
      : scoreNames.map((name) => {
          const recorded = tensorOf(fieldOf(everyStep, name.toLowerCase()), shape).data;
          const found = scored("everyStep").map((head) => head[name]);
          return compareArrays(`mean_over_all_steps.${name}`, found, recorded, tolerance);
        })),
  ]);
};

/** One step's rows, as long as the cache was: [layer][head] of [position]. */
function readRows(step: Field, rowCount: number): Float32Array[] {
  const shape = integerListOf(fieldOf(step, "shape"));
  const length = shape[shape.length - 1] ?? 0;
  const { data } = tensorOf(step, shape);
  return Array.from({ length: rowCount }, (_, row) => data.subarray(row * length, (row + 1) * length));
}
