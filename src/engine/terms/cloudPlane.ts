// The plane in which a group's queries spread most, and where queries and keys lie in it: what stands behind the term
// "expectedAttention", for the record. Plain twin of the GPU's kernels queryAxes, queryPoints and keyPoints.
import { exactProducts } from "./exactProducts";
import type { QueryCloud } from "./queryCloud";

/** Of the orthogonal iteration: axes whose variances are close are mixed, and then either shows as much. */
export const AXIS_ROUNDS = 32;

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
  const first = Float64Array.from({ length: headDim }, (_, dim) => 1 + dim / headDim);
  const second = Float64Array.from({ length: headDim }, (_, dim) => (dim % 2 === 0 ? 1 : -1) + dim / headDim);
  const spread = new Float64Array(headDim);
  for (let round = 0; round < AXIS_ROUNDS; round++) {
    exactProducts(covariance, first, spread);
    setUnit(first, spread);
    exactProducts(covariance, second, spread);
    const along = dot(first, spread);
    for (let dim = 0; dim < headDim; dim++) spread[dim] -= along * first[dim];
    setUnit(second, spread);
  }
  let variance = 0;
  for (let dim = 0; dim < headDim; dim++) variance += covariance[dim * headDim + dim];
  return { axes: [pointed(first, mean), pointed(second, mean)], variance };
}

/** The same plane, as rows lie in it that the rotation has still to turn: axis · R̄q = R̄ᵀaxis · q. */
export function planeBefore(rotation: Float64Array, { axes }: CloudPlane): Pick<CloudPlane, "axes"> {
  const turned = axes.map((axis) => {
    const half = axis.length / 2;
    const before = new Float64Array(axis.length);
    for (let pair = 0; pair < half; pair++) {
      const [cosine, sine] = [rotation[2 * pair], rotation[2 * pair + 1]];
      before[pair] = axis[pair] * cosine + axis[half + pair] * sine;
      before[half + pair] = axis[half + pair] * cosine - axis[pair] * sine;
    }
    return before;
  });
  return { axes: [turned[0], turned[1]] };
}

/** Where each row stands along the two axes. rows [row][headDim]; [row][2] */
export function pointsIn({ axes }: Pick<CloudPlane, "axes">, rows: Float32Array): Float32Array {
  const headDim = axes[0].length;
  const points = new Float32Array((2 * rows.length) / headDim);
  const [first, second] = axes;
  for (let row = 0; row * headDim < rows.length; row++) {
    let along = 0;
    let across = 0;
    for (let dim = 0; dim < headDim; dim++) {
      const entry = rows[row * headDim + dim];
      along += entry * first[dim];
      across += entry * second[dim];
    }
    points[2 * row] = along;
    points[2 * row + 1] = across;
  }
  return points;
}

/** All zeros where nothing spreads. */
function setUnit(unit: Float64Array, vector: Float64Array): void {
  const length = Math.sqrt(dot(vector, vector));
  const scale = length > 0 ? 1 / length : 0;
  for (let at = 0; at < vector.length; at++) unit[at] = vector[at] * scale;
}

function pointed(axis: Float64Array, mean: Float64Array): Float64Array {
  return dot(axis, mean) < 0 ? axis.map((value) => -value) : axis;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < left.length; at++) sum += left[at] * right[at];
  return sum;
}
