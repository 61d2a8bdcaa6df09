// Attention of one token over selected slots: their keys are reconstructed, rotated at their positions and attended; the others
// are left unread. Grouped query heads share what they read.

import { rotateHeads, softmaxInPlace } from "../cpu/layerOps";
import { fromLatent, type LatentBasis } from "./latents";

/** Reconstructed and rotated, of one KV head. latents [slot][rank] → [place among the slots][headDim] */
export function reconstructKeys(
  basis: LatentBasis,
  latents: Float32Array,
  kvHead: number,
  { slots, headDim, anglesOf }: { slots: Int32Array; headDim: number; anglesOf: (slot: number) => Float32Array },
): Float32Array {
  const keys = new Float32Array(slots.length * headDim);
  slots.forEach((slot, place) => {
    const key = keys.subarray(place * headDim, (place + 1) * headDim);
    fromLatent(basis, latents.subarray(slot * basis.rank, (slot + 1) * basis.rank), kvHead, key);
    rotateHeads(key, anglesOf(slot));
  });
  return keys;
}

/**
 * weights := softmax(keys · query / √headDim), output := weights · values. query [headDim], after RoPE;
 * keys [place][headDim], of the slots read; values [slot][headDim], of all; weights [place]
 */
export function attendSelected(
  query: Float32Array,
  read: { readonly slots: Int32Array; readonly keys: Float32Array; readonly values: Float32Array },
  weights: Float32Array,
  output: Float32Array,
): void {
  const { slots, keys, values } = read;
  const headDim = query.length;
  for (let place = 0; place < slots.length; place++) {
    let sum = 0;
    for (let dim = 0; dim < headDim; dim++) sum += keys[place * headDim + dim] * query[dim];
    weights[place] = sum;
  }
  softmaxInPlace(weights, 1 / Math.sqrt(headDim), 0, slots.length);
  for (let dim = 0; dim < headDim; dim++) {
    let sum = 0;
    for (let place = 0; place < slots.length; place++) sum += weights[place] * values[slots[place] * headDim + dim];
    output[dim] = sum;
  }
}
