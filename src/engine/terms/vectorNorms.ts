// Terms "keyNorm" and "valueNorm": Euclidean length of each key and each value of one KV head. Plain twins of the GPU kernels.
// RoPE keeps the length of a key.

/** rows [slot][headDim] → [slot] */
export function vectorNorms(rows: Float32Array, headDim: number): Float32Array {
  const norms = new Float32Array(rows.length / headDim);
  for (let slot = 0; slot < norms.length; slot++) norms[slot] = rowNorm(rows, slot * headDim, headDim);
  return norms;
}

function rowNorm(rows: Float32Array, start: number, headDim: number): number {
  let squares = 0;
  for (let dim = 0; dim < headDim; dim++) squares += rows[start + dim] * rows[start + dim];
  return Math.sqrt(squares);
}

/** k / (‖k‖ + epsilon). [slot][headDim] */
export function unitKeys(keys: Float32Array, headDim: number, epsilon: number): Float32Array {
  const units = new Float32Array(keys.length);
  for (let start = 0; start < keys.length; start += headDim) {
    const length = rowNorm(keys, start, headDim) + epsilon;
    for (let at = start; at < start + headDim; at++) units[at] = keys[at] / length;
  }
  return units;
}
