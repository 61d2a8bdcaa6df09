// Terms "redundancy" and "redundancyRaw": how much a key repeats the others of its KV head. Plain twins of the GPU
// kernels; methods section 4 (G-KV, cal_similarity_triton and cal_similarity_raw).
import { assert, unreachable } from "../../lib/errors";
import { createPlainRowProducts, type RowProducts } from "../cpu/products";
import { unitKeys } from "./vectorNorms";

/** Cosine above which two keys count as near-duplicates. */
export const DUPLICATE_COSINE = 0.5;
/** Cosines are computed for this many rows together: few, because a row needs none of those newer than itself. */
const ROWS_AT_ONCE = 8;

/** The keys of one KV head. */
export interface KeysInput {
  readonly keys: Float32Array; // [slot][headDim], after RoPE
  readonly headDim: number;
  /** Plain loops where absent. */
  readonly products?: RowProducts;
}

export interface Redundancy {
  /** ρ: mean cosine to the other keys, newest duplicate excused. [slot] */
  readonly meanCosine: Float32Array;
  /** R = softmax of ρ. [slot] */
  readonly softmax: Float32Array;
  /** Slot whose match with this column was excused, −1 = none. [slot] */
  readonly excusedSlot: Int32Array;
}

/**
 * For every column c, the newest row r with cosine(r, c) > 0.5 is excused that one match: column c does not count
 * in the row sum of r. ρ_r = that sum / n; R = softmax of ρ. Methods section 4.1.
 */
export function redundancy({ keys, headDim, products = createPlainRowProducts() }: KeysInput): Redundancy {
  const count = keys.length / headDim;
  const units = unitKeys(keys, headDim, 1e-6);
  const rowSums = new Float64Array(count);
  const excusedSlot = new Int32Array(count).fill(-1); // [column]
  const excusedCosine = new Float64Array(count); // [column]
  products.setRows(units, headDim);
  for (let start = 0; start < count; start += ROWS_AT_ONCE) {
    const end = Math.min(count, start + ROWS_AT_ONCE);
    const { values: cosines, stride } = products.multiply(units.subarray(start * headDim, end * headDim), end);
    // Rows go upwards, so that the last match written for a column is its newest.
    for (let newer = start; newer < end; newer++) {
      const from = (newer - start) * stride;
      let newerSum = 0;
      let newestMatch = -1; // among the older
      for (let older = 0; older < newer; older++) {
        const cosine = cosines[from + older];
        newerSum += cosine;
        rowSums[older] += cosine;
        if (cosine > DUPLICATE_COSINE) {
          excusedSlot[older] = newer;
          excusedCosine[older] = cosine;
          newestMatch = older;
        }
      }
      rowSums[newer] = newerSum;
      if (newestMatch >= 0) {
        excusedSlot[newer] = newestMatch;
        excusedCosine[newer] = cosines[from + newestMatch];
      }
    }
  }
  for (let column = 0; column < count; column++) {
    if (excusedSlot[column] >= 0) rowSums[excusedSlot[column]] -= excusedCosine[column];
  }
  const meanCosine = dividedBy(rowSums, count);
  return { meanCosine: new Float32Array(meanCosine), softmax: softmaxOf(meanCosine), excusedSlot };
}

/** Which match of a row `cal_similarity_raw` forgives; `ratio` of the slots counts for the percent directions only. */
export interface RawRetention {
  readonly direction: "last" | "first" | "last_percent" | "first_percent";
  readonly ratio: number;
}

/** The policies use "last"; the other directions exist in the reference and are reached by its tests only. */
const RETAIN_LAST: RawRetention = { direction: "last", ratio: 0 };

/**
 * The older score, kept by R-KV and by G-KV's triton_similarity=False: each row i of the cosine matrix (diagonal 0) loses
 * the entry of one column z_i; ρ_c is the mean of column c over all n rows, R = softmax of ρ. It knows nothing of padding.
 * Methods section 4.2. [slot]
 */
export function redundancyRaw(
  { keys, headDim, products = createPlainRowProducts() }: KeysInput,
  retention = RETAIN_LAST,
): Float32Array {
  const count = keys.length / headDim;
  const units = unitKeys(keys, headDim, 1e-8);
  products.setRows(units, headDim);
  const { values, stride } = products.multiply(units, count);
  const columnSums = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const cosines = values.subarray(row * stride, row * stride + count); // [column]
    cosines[row] = 0;
    cosines[excusedColumn(cosines, retention)] = 0;
    for (let column = 0; column < count; column++) columnSums[column] += cosines[column];
  }
  return softmaxOf(dividedBy(columnSums, count));
}

/**
 * z_i. The reference works on the list "column number where it matches, else 0", so that a row without a match
 * loses its entry for slot 0, and "first" is slot 0 whenever any column does not match: always, for the diagonal.
 */
function excusedColumn(cosines: Float32Array, { direction, ratio }: RawRetention): number {
  if (direction === "last") {
    let column = cosines.length - 1;
    while (column > 0 && !(cosines[column] > DUPLICATE_COSINE)) column--;
    return column;
  }
  const matched = cosines.map((cosine, column) => (cosine > DUPLICATE_COSINE ? column : 0));
  switch (direction) {
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

/** In place. */
function dividedBy(values: Float64Array, divisor: number): Float64Array {
  for (let at = 0; at < values.length; at++) values[at] /= divisor;
  return values;
}

/** Weights take the place of the values. */
function softmaxOf(values: Float64Array): Float32Array {
  let highest = -Infinity;
  for (let at = 0; at < values.length; at++) highest = Math.max(highest, values[at]);
  let sum = 0;
  for (let at = 0; at < values.length; at++) {
    values[at] = Math.exp(values[at] - highest);
    sum += values[at];
  }
  return new Float32Array(dividedBy(values, sum));
}
