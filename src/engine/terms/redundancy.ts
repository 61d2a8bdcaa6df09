// Term "redundancy": how much a key repeats the others, the newest of a set of near-duplicates let off.
// CPU twin of the GPU kernel; methods section 4.1 (G-KV, cal_similarity_triton).
import type { HeadRows } from "./headRows";
import { cosinesOfRow, unitKeys } from "./keyNorm";
import type { KeysShape, Redundancy } from "./termInputs";

/** Cosine above which two keys count as near-duplicates. */
export const DUPLICATE_COSINE = 0.5;
const NORM_EPSILON = 1e-6;

/**
 * For every column c, the newest row r with cosine(r, c) > 0.5 is excused that one match: column c does not count
 * in the row sum of r. ρ_r = that sum / N over the N slots that are not padding; R = softmax of ρ over them.
 */
export function redundancy(shape: KeysShape, keys: HeadRows): Redundancy {
  const { kvHeadCount, lengthSlots, paddingSlots } = shape;
  const meanCosine = new Float32Array(kvHeadCount * lengthSlots);
  const softmax = new Float32Array(kvHeadCount * lengthSlots);
  const excusedSlot = new Int32Array(kvHeadCount * lengthSlots).fill(-1);
  for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
    const units = unitKeys(shape, keys, kvHead, { from: paddingSlots, epsilon: NORM_EPSILON });
    const head = excusedRowSums(units, shape.headDim);
    const count = lengthSlots - paddingSlots;
    const means = head.rowSums.map((sum) => sum / count);
    const start = kvHead * lengthSlots + paddingSlots;
    meanCosine.set(means, start);
    softmax.set(softmaxOf(means), start);
    excusedSlot.set(
      head.excusedRow.map((row) => (row < 0 ? -1 : row + paddingSlots)),
      start,
    );
  }
  return { meanCosine, softmax, excusedSlot };
}

/** Row sums of the cosine matrix without its diagonal and without the excused entries. */
function excusedRowSums(units: Float32Array, headDim: number): { rowSums: Float64Array; excusedRow: Int32Array } {
  const count = units.length / headDim;
  const rowSums = new Float64Array(count);
  const excusedRow = new Int32Array(count).fill(-1); // [column]
  const excusedCosine = new Float64Array(count); // [column]
  const cosines = new Float32Array(count);
  // Rows go upwards, so that the last match written for a column is its newest.
  for (let newer = 1; newer < count; newer++) {
    cosinesOfRow(units, headDim, newer, cosines.subarray(0, newer));
    for (let older = 0; older < newer; older++) {
      const cosine = cosines[older];
      rowSums[newer] += cosine;
      rowSums[older] += cosine;
      if (cosine > DUPLICATE_COSINE) {
        excusedRow[older] = newer;
        excusedCosine[older] = cosine;
        excusedRow[newer] = older;
        excusedCosine[newer] = cosine;
      }
    }
  }
  for (let column = 0; column < count; column++) {
    if (excusedRow[column] >= 0) rowSums[excusedRow[column]] -= excusedCosine[column];
  }
  return { rowSums, excusedRow };
}

export function softmaxOf(values: Float64Array): Float64Array {
  const highest = values.reduce((high, value) => Math.max(high, value), -Infinity);
  const weights = values.map((value) => Math.exp(value - highest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
