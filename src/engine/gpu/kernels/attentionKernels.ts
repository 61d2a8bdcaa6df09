// Attention of one new token in one kernel, of a prefill chunk or the window in three, and its rows for the page; with
// their plain twins. Scores, softmax and mix together have the twins of attentionDecode, row by row.
import attentionDecodeCode from "../../../../shaders/attentionDecode.wgsl?raw";
import attentionScoresCode from "../../../../shaders/attentionScores.wgsl?raw";
import attentionSoftmaxCode from "../../../../shaders/attentionSoftmax.wgsl?raw";
import attentionMixCode from "../../../../shaders/attentionMix.wgsl?raw";
import attentionTapsCode from "../../../../shaders/attentionTaps.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

// Measured on SwiftShader (4 heads of 32, 112 slots): workgroups of 4 take 290 µs, 16 take 400, 32 take 650; the three
// kernels of prefill, on one row, 560.
export const attentionDecodeKernel: KernelSpec = {
  name: "attentionDecode",
  code: attentionDecodeCode,
  bindings: ["params", "slotTable", "queries", "keys", "values", "probabilities", "peaks", "output"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "GROUP_SIZE", "HEAD_COUNT", "WINDOW_SLOTS"],
  workgroupSize: { software: 4, hardware: 128 },
};

/** Softmax of query · key / √d over the first `lengthSlots` keys, or the last `window` of these. `keys` is [slot][headDim]. [slot] */
export function probabilitiesTwin(
  query: Float32Array,
  keys: Float32Array,
  lengthSlots: number,
  window = lengthSlots,
): Float64Array {
  const scores = Float64Array.from({ length: lengthSlots }, (_, slot) => {
    if (slot < lengthSlots - window) return -Infinity;
    let product = 0;
    query.forEach((entry, dim) => (product += entry * keys[slot * query.length + dim]));
    return product / Math.sqrt(query.length);
  });
  const peak = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - peak));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Σ probability × value. `values` is [slot][headDim]. [dim] */
export function mixTwin(probabilities: Float64Array, values: Float32Array, headDim: number): Float32Array {
  const mix = new Float64Array(headDim);
  probabilities.forEach((probability, slot) => {
    for (let dim = 0; dim < headDim; dim++) mix[dim] += probability * values[slot * headDim + dim];
  });
  return Float32Array.from(mix);
}

export const attentionScoresKernel: KernelSpec = {
  name: "attentionScores",
  code: attentionScoresCode,
  bindings: ["params", "slotTable", "queries", "keys", "scores"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "GROUP_SIZE", "HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const attentionSoftmaxKernel: KernelSpec = {
  name: "attentionSoftmax",
  code: attentionSoftmaxCode,
  bindings: ["params", "slotTable", "probabilities"],
  overrides: ["WORKGROUP_SIZE", "GROUP_SIZE", "WINDOW_SLOTS"],
  workgroupSize: { software: 4, hardware: 64 },
};

export const attentionMixKernel: KernelSpec = {
  name: "attentionMix",
  code: attentionMixCode,
  bindings: ["params", "slotTable", "probabilities", "values", "output"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "GROUP_SIZE", "HEAD_COUNT"],
  workgroupSize: { software: 16, hardware: 64 },
};

export const attentionTapsKernel: KernelSpec = {
  name: "attentionTaps",
  code: attentionTapsCode,
  bindings: ["params", "slotTable", "probabilities", "peaks", "rowPlaces", "results"],
  overrides: [
    "WORKGROUP_SIZE",
    "GROUP_SIZE",
    "SLOT_GROUP_SIZE",
    "KV_HEAD_COUNT",
    "LAYER_COUNT",
    "PEAK_LAYER_STRIDE",
    "RESULT_WORDS",
  ],
  workgroupSize: { software: 8, hardware: 64 },
};

/** In the place of a row that is not written. */
const NOT_WATCHED = 0xffffffff;

/** Where each of so many heads has its row: one behind the other, those of the watched heads (ascending) alone; null watches all. [head] */
export function rowPlacesOf(headCount: number, watchedHeads: readonly number[] | null): Uint32Array<ArrayBuffer> {
  if (watchedHeads === null) return Uint32Array.from({ length: headCount }, (_, head) => head);
  const places = new Uint32Array(headCount).fill(NOT_WATCHED);
  watchedHeads.forEach((head, place) => (places[head] = place));
  return places;
}

/** One row: the largest of the group's heads, 255 × p / scale rounded, and that scale. `probabilities` [member][slot] */
export function tapRowTwin(probabilities: readonly Float32Array[]): { row: Uint8Array; scale: number } {
  const joined = probabilities[0].map((_, slot) => Math.max(...probabilities.map((member) => member[slot])));
  const scale = Math.max(...joined);
  return { row: Uint8Array.from(joined, (probability) => Math.round((255 * probability) / scale)), scale };
}
