// Redundancy of an event, fast: the cosines of a KV head as matrix products, the lower triangle only. Equal to the plain
// twin src/engine/terms/redundancy.ts but for rounding; measureTerms.test.ts compares.

import { DUPLICATE_COSINE } from "../terms/redundancy";
import { matMat } from "./matMat";
import { rowsOver } from "./rows";

const NORM_EPSILON = 1e-6;
/** Keys whose cosines to all older ones are taken together. */
const BLOCK_SLOTS = 8;
/** A constant of this file: where modules are not bundled, reading an imported one in the inner loop costs most of the time. */
const THRESHOLD = DUPLICATE_COSINE;

/** R = softmax over all slots of the mean cosine to the others, newest duplicate excused: one KV head. [slot] */
export function redundancyOfHead(keys: Float32Array, headDim: number, lengthSlots: number): Float32Array {
  const units = unitRows(keys, headDim, lengthSlots);
  const rowSums = new Float64Array(lengthSlots);
  const excusedRow = new Int32Array(lengthSlots).fill(-1); // [column]
  const excusedCosine = new Float64Array(lengthSlots); // [column]
  const cosines = new Float32Array(BLOCK_SLOTS * lengthSlots);
  for (let start = 0; start < lengthSlots; start += BLOCK_SLOTS) {
    const count = Math.min(BLOCK_SLOTS, lengthSlots - start);
    const width = start + count;
    const block = rowsOver(units.subarray(start * headDim, width * headDim), headDim);
    matMat(units, block, rowsOver(cosines.subarray(0, count * width), width), count);
    for (let newer = start; newer < width; newer++) {
      const at = (newer - start) * width;
      let newerSum = 0;
      for (let older = 0; older < newer; older++) {
        const cosine = cosines[at + older];
        newerSum += cosine;
        rowSums[older] += cosine;
        if (cosine > THRESHOLD) {
          // Rows come in ascending order, so that the last match written for a column is its newest.
          excusedRow[older] = newer;
          excusedCosine[older] = cosine;
          excusedRow[newer] = older;
          excusedCosine[newer] = cosine;
        }
      }
      rowSums[newer] += newerSum;
    }
  }
  for (let column = 0; column < lengthSlots; column++) {
    if (excusedRow[column] >= 0) rowSums[excusedRow[column]] -= excusedCosine[column];
  }
  return softmaxOfMeans(rowSums);
}

/** k / (‖k‖ + ε) of every slot. [slot][headDim] */
function unitRows(keys: Float32Array, headDim: number, lengthSlots: number): Float32Array {
  const units = new Float32Array(lengthSlots * headDim);
  for (let start = 0; start < units.length; start += headDim) {
    let squares = 0;
    for (let dim = 0; dim < headDim; dim++) squares += keys[start + dim] * keys[start + dim];
    const scale = 1 / (Math.sqrt(squares) + NORM_EPSILON);
    for (let dim = 0; dim < headDim; dim++) units[start + dim] = keys[start + dim] * scale;
  }
  return units;
}

function softmaxOfMeans(rowSums: Float64Array): Float32Array {
  const count = rowSums.length;
  let highest = -Infinity;
  for (const sum of rowSums) if (sum > highest) highest = sum;
  let total = 0;
  for (let slot = 0; slot < count; slot++) {
    rowSums[slot] = Math.exp((rowSums[slot] - highest) / count);
    total += rowSums[slot];
  }
  return Float32Array.from(rowSums, (weight) => weight / total);
}
