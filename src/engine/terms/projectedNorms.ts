// Terms over values and keys behind a matrix: "projectedValueNorm", "keySketchNorm", "valueSketchNorm", "filterProduct". Plain twins
// of the GPU kernels.
import type { RowProducts } from "../cpu/products";
import { exactProducts } from "./exactProducts";

/** Products are computed for this many rows of the output projection together. */
const ROWS_AT_ONCE = 64;

export interface ProjectedValues {
  readonly values: Float32Array; // [slot][headDim]
  readonly headDim: number;
  readonly memberCount: number;
  /** Columns of the output projection that read the group: [hidden][member][headDim]. */
  readonly outputWeight: Float32Array;
  readonly products: RowProducts;
}

/**
 * How much a value can move the residual stream: ‖W_o v‖₁ with each query head's part of the output projection, the mean over the
 * group. CriticalKV (Feng et al. 2025, arXiv:2502.03805); NVIDIA/kvpress criticalkv_press.py. [slot]
 */
export function projectedValueNorm({
  values,
  headDim,
  memberCount,
  outputWeight,
  products,
}: ProjectedValues): Float32Array {
  const count = values.length / headDim;
  const sums = new Float64Array(count);
  products.setRows(values, headDim);
  for (let start = 0; start < outputWeight.length; start += ROWS_AT_ONCE * headDim) {
    const rows = outputWeight.subarray(start, start + ROWS_AT_ONCE * headDim);
    const { values: projected, stride } = products.multiply(rows, count);
    for (let row = 0; row * headDim < rows.length; row++) {
      for (let slot = 0; slot < count; slot++) sums[slot] += Math.abs(projected[row * stride + slot]);
    }
  }
  return Float32Array.from(sums, (sum) => sum / memberCount);
}

/** Columns that CUR draws. */
export const PROJECTION_COLUMNS = 20;

/** ‖xΦ‖₂ / √columns of each row x. rows [slot][headDim], projection [headDim][column] → [slot] */
export function sketchNorm(rows: Float32Array, headDim: number, projection: Float32Array): Float32Array {
  const columnCount = projection.length / headDim;
  const columns = new Float64Array(projection.length); // [column][headDim]
  for (let at = 0; at < projection.length; at++) {
    columns[(at % columnCount) * headDim + Math.floor(at / columnCount)] = projection[at];
  }
  const row = new Float64Array(headDim);
  const products = new Float64Array(columnCount);
  const norms = new Float32Array(rows.length / headDim);
  for (let slot = 0; slot < norms.length; slot++) {
    row.set(rows.subarray(slot * headDim, (slot + 1) * headDim));
    exactProducts(columns, row, products);
    let squares = 0;
    for (let column = 0; column < columnCount; column++) squares += products[column] * products[column];
    norms[slot] = Math.sqrt(squares / columnCount);
  }
  return norms;
}

/** ⟨f, k⟩ of each key. keys [slot][headDim], filter [headDim] → [slot] */
export function filterProduct(keys: Float32Array, filter: Float32Array): Float32Array {
  const headDim = filter.length;
  return Float32Array.from({ length: keys.length / headDim }, (_, slot) => {
    let product = 0;
    for (let dim = 0; dim < headDim; dim++) product += filter[dim] * keys[slot * headDim + dim];
    return product;
  });
}
