// Term "keyCosine": how closely each key of one KV head points the way its keys point on average. Plain twin of the GPU kernels.
// KeyDiff (Park et al. 2025, arXiv:2504.15364); NVIDIA/kvpress keydiff_press.py.

/** Shorter keys, and a shorter mean, are divided by this instead of their length. */
const LEAST_LENGTH = 1e-12;

/** Cosine of each key to the mean of the keys divided by their lengths. keys [slot][headDim] → [slot] */
export function keyCosine(keys: Float32Array, headDim: number): Float32Array {
  const count = keys.length / headDim;
  const lengths = new Float64Array(count);
  const anchor = new Float64Array(headDim);
  for (let slot = 0; slot < count; slot++) {
    const start = slot * headDim;
    let squares = 0;
    for (let dim = 0; dim < headDim; dim++) squares += keys[start + dim] * keys[start + dim];
    lengths[slot] = Math.max(LEAST_LENGTH, Math.sqrt(squares));
    for (let dim = 0; dim < headDim; dim++) anchor[dim] += keys[start + dim] / lengths[slot];
  }
  const anchorLength = Math.max(LEAST_LENGTH, Math.hypot(...anchor));
  const cosines = new Float32Array(count);
  for (let slot = 0; slot < count; slot++) {
    let product = 0;
    for (let dim = 0; dim < headDim; dim++) product += keys[slot * headDim + dim] * anchor[dim];
    cosines[slot] = product / (lengths[slot] * anchorLength);
  }
  return cosines;
}
