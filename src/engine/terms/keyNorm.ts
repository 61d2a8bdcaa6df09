// Term "keyNorm": Euclidean length of each key. CPU twin of the GPU kernel. Rotation by RoPE keeps it.
import { matVec } from "../cpu/matVec";
import type { HeadRows } from "./headRows";
import { rowStart } from "./headRows";
import type { KeysShape } from "./termInputs";

/** [kvHead][slot] */
export function keyNorm(shape: KeysShape, keys: HeadRows): Float32Array {
  const norms = new Float32Array(shape.kvHeadCount * shape.lengthSlots);
  for (let kvHead = 0; kvHead < shape.kvHeadCount; kvHead++) {
    for (let slot = 0; slot < shape.lengthSlots; slot++) {
      norms[kvHead * shape.lengthSlots + slot] = rowNorm(keys, rowStart(keys, kvHead, slot), shape.headDim);
    }
  }
  return norms;
}

export function rowNorm(keys: HeadRows, start: number, headDim: number): number {
  let squares = 0;
  for (let dim = 0; dim < headDim; dim++) squares += keys.data[start + dim] ** 2;
  return Math.sqrt(squares);
}

/** k / (‖k‖ + epsilon) for the slots from `from` on. [slot − from][headDim] */
export function unitKeys(shape: KeysShape, keys: HeadRows, kvHead: number, { from = 0, epsilon = 0 }): Float32Array {
  const units = new Float32Array((shape.lengthSlots - from) * shape.headDim);
  for (let slot = from; slot < shape.lengthSlots; slot++) {
    const start = rowStart(keys, kvHead, slot);
    const length = rowNorm(keys, start, shape.headDim) + epsilon;
    for (let dim = 0; dim < shape.headDim; dim++) {
      units[(slot - from) * shape.headDim + dim] = keys.data[start + dim] / length;
    }
  }
  return units;
}

/** Cosines of one row of unitKeys to the first `cosines.length` rows, in one matrix-vector product. */
export function cosinesOfRow(units: Float32Array, headDim: number, row: number, cosines: Float32Array): void {
  matVec(units, units.subarray(row * headDim, (row + 1) * headDim), cosines);
}
