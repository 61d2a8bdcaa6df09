// related.infinipot.van_cv: value norms of InfiniPot-V, pooled the wider the less they vary over a layer. The recorded width and
// variation show in what is pooled: another width gives other numbers. Pooling over frames: frameCases.ts.
import type { FrameWindow } from "../../src/engine/terms/framePooling";
import { computeColumn } from "../../src/policy/columns";
import { TOTAL, type FormulaStep } from "../../src/policy/formula";
import { baseParameters } from "../../src/policy/parameters";
import { concatenated, inOrder, readCount, type RunCase } from "./caseParts";
import { compareArrays, compareExactly } from "./compare";
import { countOf, fieldOf, integersOf, itemsOf, numberOf, oneOf, sliceOf, tensorOf, type Field } from "./field";
import { layerInputs } from "./scene";
import type { ProbedLayer } from "./termProbe";

/** Neighbours that the operation takes the mean of, widest first. */
const WIDTHS = [7, 5, 3, 1];

/** One layer of values alone. */
export function layerOfValues(values: Float32Array, kvHeadCount: number, headDim: number): ProbedLayer {
  const lengthSlots = values.length / (kvHeadCount * headDim);
  return {
    shape: { headCount: kvHeadCount, kvHeadCount, headDim, lengthSlots, windowSlots: 0, paddingSlots: 0 },
    values,
    keys: new Float32Array(values.length),
    queries: new Float32Array(kvHeadCount * headDim),
    positions: Int32Array.from({ length: lengthSlots }, (_, slot) => slot),
    outputWeight: new Float32Array(kvHeadCount * headDim),
    ropeTable: new Float32Array(lengthSlots * headDim),
    parameters: baseParameters,
  };
}

export const runValueNorms: RunCase = async (root, { probe, tolerance }) => {
  const [layerCount, kvHeadCount] = [readCount(root, "dims", "layers"), readCount(root, "dims", "kv_heads")];
  const [lengthSlots, headDim] = [readCount(root, "dims", "tokens"), readCount(root, "dims", "head_dim")];
  const values = tensorOf(fieldOf(fieldOf(root, "inputs"), "values"), [layerCount, kvHeadCount, lengthSlots, headDim]);
  const config = fieldOf(root, "config");
  const limits = itemsOf(fieldOf(config, "thresholds")).map(numberOf);
  const pool: FormulaStep = {
    ...{ column: TOTAL, operation: "pooledByVariation" },
    ...{ from: ["terms.valueNorm"], numbers: limits },
  };
  const layers = await inOrder(Array.from({ length: layerCount }), async (_, layer) => {
    const probed = layerOfValues(sliceOf(values, layer).data, kvHeadCount, headDim);
    const terms = await probe.terms(probed, ["valueNorm"]);
    const inputs = layerInputs(probed, terms);
    const pooled = computeColumn(pool, inputs, { columns: inputs.map(() => ({})) });
    return { norms: terms.valueNorm, pooled: concatenated(pooled) };
  });
  const expected = fieldOf(root, "expected");
  const shape = [layerCount, kvHeadCount, lengthSlots];
  const array = (name: string, found: readonly Float32Array[]) =>
    compareArrays(name, concatenated(found), tensorOf(fieldOf(expected, name), shape).data, tolerance);
  return [
    compareExactly("config.widths", WIDTHS, integersOf(fieldOf(config, "widths"))),
    array(
      "van",
      layers.map(({ norms }) => norms),
    ),
    array(
      "pooled",
      layers.map(({ pooled }) => pooled),
    ),
  ];
};

export function windowOf(field: Field): FrameWindow {
  const [reach, width] = itemsOf(field);
  return { reach: oneOf(reach, ["3d", "2d", "1d", "none"]), width: countOf(width) };
}
