// The newest queries of a query head before RoPE as a Gaussian cloud, and that cloud as later positions will turn it: what
// the terms "expectedAttention" and "valueLeverage" rest on (Expected Attention, section 3; kvpress
// expected_attention_press.py). Plain twin of the GPU's kernels futureQueries and queryCovariance.
//
//   stored queries ► turned back by their own position ► μ, Σ ► turned by R̄, the average of the next T_f rotations: R̄μ, R̄ΣR̄ᵀ
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

/** Queries or keys as they were before RoPE. `anglesOf`: of the row's position. [row][headDim] */
export function turnedBack(rows: Float32Array, headDim: number, anglesOf: (row: number) => Float32Array): Float32Array {
  const half = headDim / 2;
  const turned = new Float32Array(rows.length);
  for (let row = 0; row * headDim < rows.length; row++) {
    const angles = anglesOf(row);
    const start = row * headDim;
    for (let pair = 0; pair < half; pair++) {
      const cosine = angles[2 * pair];
      const sine = angles[2 * pair + 1];
      const low = rows[start + pair];
      const high = rows[start + half + pair];
      turned[start + pair] = low * cosine + high * sine;
      turned[start + half + pair] = high * cosine - low * sine;
    }
  }
  return turned;
}

/** queries [row][headDim], before RoPE. Where the covariance is not asked for, it is all zeros. */
export function queryCloud(
  queries: Float32Array,
  headDim: number,
  products: RowProducts,
  hasCovariance = true,
): QueryCloud {
  const queryCount = queries.length / headDim;
  const mean = new Float64Array(headDim);
  for (let start = 0; start < queries.length; start += headDim) {
    for (let dim = 0; dim < headDim; dim++) mean[dim] += queries[start + dim];
  }
  for (let dim = 0; dim < headDim; dim++) mean[dim] /= queryCount;
  if (!hasCovariance) {
    return { queryCount, mean: Float32Array.from(mean), covariance: new Float32Array(headDim * headDim) };
  }
  const deviations = new Float32Array(queries.length); // [dim][row]
  for (let dim = 0; dim < headDim; dim++) {
    const centre = mean[dim];
    for (let row = 0; row < queryCount; row++) {
      deviations[dim * queryCount + row] = queries[row * headDim + dim] - centre;
    }
  }
  const covariance = productsOfRows(deviations, queryCount, products);
  for (let at = 0; at < covariance.length; at++) covariance[at] /= queryCount;
  return { queryCount, mean: Float32Array.from(mean), covariance };
}

/** Rows are multiplied with one another this many at a time: a row needs none of those behind it. */
const ROWS_AT_ONCE = 8;

/** Every row times every row, [row][row], of few long rows. */
export function productsOfRows(rows: Float32Array, width: number, products: RowProducts): Float32Array {
  const count = rows.length / width;
  const all = new Float32Array(count * count);
  products.setRows(rows, width);
  for (let start = 0; start < count; start += ROWS_AT_ONCE) {
    const end = Math.min(count, start + ROWS_AT_ONCE);
    const { values, stride } = products.multiply(rows.subarray(start * width, end * width), end);
    for (let row = start; row < end; row++) {
      for (let other = 0; other <= row; other++) {
        all[row * count + other] = all[other * count + row] = values[(row - start) * stride + other];
      }
    }
  }
  return all;
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
  const both = covariance.slice();
  for (let row = 0; row < headDim; row++) turn(both, rotation, row * headDim, 1);
  for (let column = 0; column < headDim; column++) turn(both, rotation, column, headDim);
  const turned = mean.slice();
  turn(turned, rotation, 0, 1);
  return { queryCount, mean: turned, covariance: both };
}

/** Turns a vector that begins at `start` in place, its numbers `stride` apart. */
function turn(values: Float32Array, rotation: Float64Array, start: number, stride: number): void {
  const half = rotation.length / 2;
  for (let pair = 0; pair < half; pair++) {
    const lowAt = start + pair * stride;
    const highAt = lowAt + half * stride;
    const low = values[lowAt];
    const high = values[highAt];
    const cosine = rotation[2 * pair];
    const sine = rotation[2 * pair + 1];
    values[lowAt] = low * cosine - high * sine;
    values[highAt] = high * cosine + low * sine;
  }
}

/** xᵀMx of every row x; M symmetric [width][width], rows [row][width]. */
export function quadraticForms(rows: Float32Array, matrix: Float32Array, products: RowProducts): Float64Array {
  const width = Math.sqrt(matrix.length);
  const forms = new Float64Array(rows.length / width);
  products.setRows(rows, width);
  const { values, stride } = products.multiply(matrix, forms.length); // Mx: [column][row of stride]
  for (let column = 0; column < width; column++) {
    for (let row = 0; row < forms.length; row++) {
      forms[row] += rows[row * width + column] * values[column * stride + row];
    }
  }
  return forms;
}
