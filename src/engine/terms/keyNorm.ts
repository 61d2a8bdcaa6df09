// Term "keyNorm": Euclidean length of each key of one KV head. Plain twin of the GPU kernel. Rotation by RoPE keeps it.

/** keys [slot][headDim] → [slot] */
export function keyNorm(keys: Float32Array, headDim: number): Float32Array {
  return Float32Array.from({ length: keys.length / headDim }, (_, slot) => rowNorm(keys, slot * headDim, headDim));
}

function rowNorm(keys: Float32Array, start: number, headDim: number): number {
  let squares = 0;
  for (let dim = 0; dim < headDim; dim++) squares += keys[start + dim] * keys[start + dim];
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
