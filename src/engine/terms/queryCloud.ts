// The newest queries of a query head before RoPE as a Gaussian cloud, and that cloud as later positions will turn it: what
// the terms "expectedAttention" and "valueLeverage" rest on (Expected Attention, section 3; kvpress
// expected_attention_press.py). Plain twin of the GPU's kernels futureQueries and queryCovariance.
//
//   stored queries ► turned back by their own position ► μ, Σ ► turned by R̄, the average of the next T_f rotations: R̄μ, R̄ΣR̄ᵀ
import { rotateHeads } from "../cpu/layerOps";
import type { RowProducts } from "../cpu/products";

/** Mean and covariance of one query head's queries. */
export interface QueryCloud {
  readonly queryCount: number;
  readonly mean: Float32Array; // [headDim]
  /** Divided by the number of queries. [headDim][headDim] */
  readonly covariance: Float32Array;
}

/** cos and sin of a position's angles. [headDim / 2][cosine, sine] */
export type RopeAngles = (position: number) => Float32Array;

/** The queries that count: the newest `rowCount`, without those of the first `sinkSlots` positions where others are left. */
export interface BufferedQueries {
  readonly rowCount: number;
  readonly firstPosition: number;
}

export function bufferedQueries(newestPosition: number, queryBuffer: number, sinkSlots: number): BufferedQueries {
  const heldCount = Math.min(queryBuffer, newestPosition + 1);
  const sinkCount = Math.max(0, sinkSlots - (newestPosition + 1 - heldCount));
  const rowCount = heldCount - Math.min(sinkCount, heldCount - 1);
  return { rowCount, firstPosition: newestPosition + 1 - rowCount };
}

/** Rows of neighbouring positions as they were before RoPE. [row][headDim] */
export function turnedBack(
  queries: Float32Array,
  headDim: number,
  firstPosition: number,
  ropeAngles: RopeAngles,
): Float32Array {
  const turned = queries.slice();
  for (let row = 0; row * headDim < turned.length; row++) {
    const angles = ropeAngles(firstPosition + row).map((value, at) => (at % 2 === 0 ? value : -value));
    rotateHeads(turned.subarray(row * headDim, (row + 1) * headDim), angles);
  }
  return turned;
}

/** queries [row][headDim], before RoPE */
export function queryCloud(queries: Float32Array, headDim: number, products: RowProducts): QueryCloud {
  const queryCount = queries.length / headDim;
  const mean = new Float64Array(headDim);
  for (let at = 0; at < queries.length; at++) mean[at % headDim] += queries[at] / queryCount;
  const deviations = new Float32Array(queries.length); // [dim][row]
  for (let row = 0; row < queryCount; row++) {
    for (let dim = 0; dim < headDim; dim++) {
      deviations[dim * queryCount + row] = queries[row * headDim + dim] - mean[dim];
    }
  }
  products.setRows(deviations, queryCount);
  const { values, stride } = products.multiply(deviations, headDim);
  const covariance = new Float32Array(headDim * headDim);
  for (let dim = 0; dim < headDim; dim++) {
    for (let other = 0; other < headDim; other++) {
      covariance[dim * headDim + other] = values[dim * stride + other] / queryCount;
    }
  }
  return { queryCount, mean: Float32Array.from(mean), covariance };
}

/** R̄: cosines and sines averaged over `positionCount` positions from `firstPosition` on. [headDim / 2][cosine, sine] */
export function averageRotation(ropeAngles: RopeAngles, firstPosition: number, positionCount: number): Float64Array {
  const average = new Float64Array(ropeAngles(firstPosition).length);
  for (let ahead = 0; ahead < positionCount; ahead++) {
    const angles = ropeAngles(firstPosition + ahead);
    for (let at = 0; at < average.length; at++) average[at] += angles[at];
  }
  return average.map((sum) => sum / positionCount);
}

/**
 * R̄μ and R̄ΣR̄ᵀ. The rotation is averaged and then applied, as the paper and its code do: the mixture over positions itself
 * is wider, which raises every logit by about the same.
 */
export function turnedCloud({ queryCount, mean, covariance }: QueryCloud, rotation: Float64Array): QueryCloud {
  const headDim = mean.length;
  const turnedRows = new Float32Array(covariance.length);
  for (let row = 0; row < headDim; row++) {
    turnedRows.set(turned(covariance.subarray(row * headDim, (row + 1) * headDim), rotation), row * headDim);
  }
  const both = new Float32Array(covariance.length);
  for (let column = 0; column < headDim; column++) {
    const turnedColumn = turned(
      Float32Array.from({ length: headDim }, (_, row) => turnedRows[row * headDim + column]),
      rotation,
    );
    turnedColumn.forEach((value, row) => (both[row * headDim + column] = value));
  }
  return { queryCount, mean: turned(mean, rotation), covariance: both };
}

/** R̄v */
function turned(vector: Float32Array, rotation: Float64Array): Float32Array {
  const half = vector.length / 2;
  const result = new Float32Array(vector.length);
  for (let pair = 0; pair < half; pair++) {
    const cosine = rotation[2 * pair];
    const sine = rotation[2 * pair + 1];
    result[pair] = vector[pair] * cosine - vector[half + pair] * sine;
    result[half + pair] = vector[half + pair] * cosine + vector[pair] * sine;
  }
  return result;
}

/** xᵀMx of every row x; M symmetric [width][width], rows [row][width]. */
export function quadraticForms(rows: Float32Array, matrix: Float32Array, products: RowProducts): Float64Array {
  const width = Math.sqrt(matrix.length);
  const forms = new Float64Array(rows.length / width);
  products.setRows(rows, width);
  const { values, stride } = products.multiply(matrix, forms.length); // Mx: [column][row of stride]
  for (let row = 0; row < forms.length; row++) {
    for (let column = 0; column < width; column++) {
      forms[row] += rows[row * width + column] * values[column * stride + row];
    }
  }
  return forms;
}
