// The plane in which a group's queries spread most, and where queries and keys lie in it: what stands behind the term
// "expectedAttention", for the record. Plain twin of the GPU's kernels queryAxes, queryPoints and keyPoints.
import type { QueryCloud } from "./queryCloud";

/** Of the orthogonal iteration: axes whose variances are close are mixed, and then either shows as much. */
export const AXIS_ROUNDS = 64;

export interface CloudPlane {
  /** The first two principal axes of the group's mean covariance; the mean query lies on their positive side. [axis][headDim] */
  readonly axes: readonly [Float64Array, Float64Array];
  /** Of all dimensions together, about the mean of each query head; the mean over the group. */
  readonly variance: number;
}

export function planeOf(clouds: readonly QueryCloud[]): CloudPlane {
  const headDim = clouds[0].mean.length;
  const covariance = new Float64Array(headDim * headDim);
  const mean = new Float64Array(headDim);
  for (const cloud of clouds) {
    for (let at = 0; at < covariance.length; at++) covariance[at] += cloud.covariance[at] / clouds.length;
    for (let dim = 0; dim < headDim; dim++) mean[dim] += cloud.mean[dim];
  }
  let first = Float64Array.from({ length: headDim }, (_, dim) => 1 + dim / headDim);
  let second = Float64Array.from({ length: headDim }, (_, dim) => (dim % 2 === 0 ? 1 : -1) + dim / headDim);
  for (let round = 0; round < AXIS_ROUNDS; round++) {
    first = unit(timesSymmetric(covariance, first));
    const spread = timesSymmetric(covariance, second);
    const along = dot(first, spread);
    second = unit(spread.map((value, dim) => value - along * first[dim]));
  }
  let variance = 0;
  for (let dim = 0; dim < headDim; dim++) variance += covariance[dim * headDim + dim];
  return { axes: [pointed(first, mean), pointed(second, mean)], variance };
}

/** Where each row stands along the two axes. rows [row][headDim]; [row][2] */
export function pointsIn({ axes }: Pick<CloudPlane, "axes">, rows: Float32Array): Float32Array {
  const headDim = axes[0].length;
  const points = new Float32Array((2 * rows.length) / headDim);
  for (let at = 0; at < points.length; at++) {
    const axis = axes[at % 2];
    const start = (at >> 1) * headDim;
    let sum = 0;
    for (let dim = 0; dim < headDim; dim++) sum += rows[start + dim] * axis[dim];
    points[at] = sum;
  }
  return points;
}

function timesSymmetric(matrix: Float64Array, vector: Float64Array): Float64Array<ArrayBuffer> {
  const width = vector.length;
  const product = new Float64Array(width);
  for (let row = 0; row < width; row++) {
    for (let column = 0; column < width; column++) product[row] += matrix[row * width + column] * vector[column];
  }
  return product;
}

/** All zeros where nothing spreads. */
function unit(vector: Float64Array): Float64Array<ArrayBuffer> {
  const length = Math.sqrt(dot(vector, vector));
  return vector.map((value) => (length > 0 ? value / length : 0));
}

function pointed(axis: Float64Array, mean: Float64Array): Float64Array {
  return dot(axis, mean) < 0 ? axis.map((value) => -value) : axis;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < left.length; at++) sum += left[at] * right[at];
  return sum;
}
