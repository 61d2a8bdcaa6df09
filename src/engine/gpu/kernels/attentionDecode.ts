// Attention of one new token, one layer (shaders/attentionDecode.wgsl), and its plain twin.
// Measured on SwiftShader (4 heads of 32, 112 slots): workgroups of 4 take 290 µs, 16 take 400, 32 take 650; the three
// kernels of prefill, on one row, 560.
import code from "../../../../shaders/attentionDecode.wgsl?raw";
import type { KernelSpec } from "../kernelSpec";

export const attentionDecodeKernel: KernelSpec = {
  name: "attentionDecode",
  code,
  bindings: ["params", "queries", "keys", "values", "probabilities", "peaks", "output"],
  overrides: ["WORKGROUP_SIZE", "HEAD_VECTORS", "GROUP_SIZE"],
  workgroupSize: { software: 4, hardware: 128 },
};

/** Softmax of query · key / √d over the first `lengthSlots` keys. `keys` is [slot][headDim]. [slot] */
export function probabilitiesTwin(query: Float32Array, keys: Float32Array, lengthSlots: number): Float64Array {
  const scores = Float64Array.from({ length: lengthSlots }, (_, slot) => {
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
