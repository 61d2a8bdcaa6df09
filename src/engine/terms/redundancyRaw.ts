// Term "redundancyRaw": the older redundancy score, kept by R-KV and by G-KV's triton_similarity=False.
// CPU twin of the GPU kernel; methods section 4.2 (cal_similarity_raw). It knows nothing of padding.
import { assert, unreachable } from "../../lib/errors";
import type { HeadRows } from "./headRows";
import { cosinesOfRow, unitKeys } from "./keyNorm";
import { DUPLICATE_COSINE, softmaxOf } from "./redundancy";
import type { KeysShape, RawRetention } from "./termInputs";

const NORM_EPSILON = 1e-8;

/** The policies use "last"; the other directions exist in the reference and are reached by its tests only. */
export const RETAIN_LAST: RawRetention = { direction: "last", ratio: 0 };

/**
 * Each row i of the cosine matrix (diagonal 0) loses the entry of one column z_i; ρ_c is the mean of column c over
 * all n rows, R = softmax of ρ. [kvHead][slot]
 */
export function redundancyRaw(shape: KeysShape, keys: HeadRows, retention = RETAIN_LAST): Float32Array {
  const { kvHeadCount, lengthSlots, headDim } = shape;
  const scores = new Float32Array(kvHeadCount * lengthSlots);
  const cosines = new Float32Array(lengthSlots); // [column] of one row
  for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
    const units = unitKeys(shape, keys, kvHead, { epsilon: NORM_EPSILON });
    const columnSums = new Float64Array(lengthSlots);
    for (let row = 0; row < lengthSlots; row++) {
      cosinesOfRow(units, headDim, row, cosines);
      cosines[row] = 0;
      cosines[excusedColumn(cosines, retention)] = 0;
      for (let column = 0; column < lengthSlots; column++) columnSums[column] += cosines[column];
    }
    scores.set(softmaxOf(columnSums.map((sum) => sum / lengthSlots)), kvHead * lengthSlots);
  }
  return scores;
}

/**
 * z_i. The reference works on the list "column number where it matches, else 0", so that a row without a match
 * loses its entry for slot 0, and "first" is slot 0 whenever any column does not match: always, for the diagonal.
 */
function excusedColumn(cosines: Float32Array, { direction, ratio }: RawRetention): number {
  const matched = cosines.map((cosine, column) => (cosine > DUPLICATE_COSINE ? column : 0));
  switch (direction) {
    case "last":
      return matched.reduce((newest, column) => Math.max(newest, column), 0);
    case "first":
      return matched.reduce((oldest, column) => Math.min(oldest, column), Infinity);
    case "last_percent":
    case "first_percent": {
      const count = Math.floor(cosines.length * ratio);
      assert(count >= 1 && count <= cosines.length, `retain ratio ${ratio} selects no slot of ${cosines.length}`);
      const ascending = matched.sort();
      return direction === "last_percent" ? ascending[ascending.length - 1] : ascending[count - 1];
    }
    default:
      return unreachable(direction);
  }
}
