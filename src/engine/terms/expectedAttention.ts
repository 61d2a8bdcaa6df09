// Terms "expectedAttention" and "valueLeverage": what the queries to come will make of each slot, foretold from the newest
// ones as a Gaussian cloud. Plain twins of the GPU kernels of the same names.
// Expected Attention (Devoto et al. 2025, arXiv:2510.00636), equations 4 to 8, and Cap: kvpress expected_attention_press.py
// and cap_press.py at 8bb29b9.
import type { RowProducts } from "../cpu/products";
import { bufferedQueries, productsOfRows, quadraticForms, queryCloud, turnedBack, turnedCloud } from "./queryCloud";
import type { QueryCloud, RopeAngles } from "./queryCloud";

/** Keeps Cap's sum of values away from a slot that weighs nothing. */
export const CAP_EPSILON = 1e-6;
/** Torch's cosine takes a shorter vector for this long. */
const SHORTEST = 1e-8;

export interface ExpectedInput {
  readonly keys: Float32Array; // [slot][headDim], after RoPE
  readonly values: Float32Array; // [slot][headDim]
  readonly headDim: number;
  /** The oldest slots, which are no part of the softmax and get 0. */
  readonly sinkSlots: number;
  /** As the positions to come will turn them, one for each query head of the group. */
  readonly clouds: readonly QueryCloud[];
  readonly products: RowProducts;
  /** Added to the logit of every slot. Absent: nothing. [slot] */
  readonly logBias?: Float32Array | undefined;
}

/** What says which queries are taken, and for how long they are to stand. */
export interface ForetellingParameters {
  readonly queryBuffer: number;
  readonly sinkSlots: number;
  /** T_f */
  readonly futureSteps: number;
}

interface ForetoldGroup {
  /** The newest queries of the group. [member][row of rowCount][headDim], after RoPE */
  readonly newestQueries: (rowCount: number) => Float32Array;
  readonly newestPosition: number;
  readonly headDim: number;
  readonly ropeAngles: RopeAngles;
  /** R̄ of so many positions to come. */
  readonly rotationAhead: (positionCount: number) => Float64Array;
  readonly parameters: ForetellingParameters;
  readonly products: RowProducts;
}

/** The queries of a group, and the clouds that they make as the next T_f positions will turn them. */
export interface ForetoldQueries {
  /** Before RoPE. [member][row][headDim] */
  readonly queries: readonly Float32Array[];
  /** R̄ */
  readonly rotation: Float64Array;
  readonly clouds: readonly QueryCloud[]; // [member]
}

export function foretoldQueries(group: ForetoldGroup, hasCovariance: boolean): ForetoldQueries {
  const { newestPosition, headDim, ropeAngles, products } = group;
  const { queryBuffer, sinkSlots, futureSteps } = group.parameters;
  const { rowCount, firstPosition } = bufferedQueries(newestPosition, queryBuffer, sinkSlots);
  const newest = group.newestQueries(rowCount);
  const rotation = group.rotationAhead(futureSteps);
  const width = rowCount * headDim;
  const queries = Array.from({ length: newest.length / width }, (_, member) =>
    turnedBack(newest.subarray(member * width, (member + 1) * width), headDim, (row) =>
      ropeAngles(firstPosition + row),
    ),
  );
  const clouds = queries.map((own) => turnedCloud(queryCloud(own, headDim, products, hasCovariance), rotation));
  return { queries, rotation, clouds };
}

/** log ẑ = μ·k/√d + kᵀΣk/(2d), or its first half alone. [slot] */
export function expectedLogits(
  keys: Float32Array,
  { mean, covariance }: QueryCloud,
  products: RowProducts,
  hasCovariance = true,
): Float64Array {
  const headDim = mean.length;
  const scale = 1 / Math.sqrt(headDim);
  const logits = new Float64Array(keys.length / headDim);
  if (hasCovariance) {
    const forms = quadraticForms(keys, covariance, products);
    for (let slot = 0; slot < logits.length; slot++) logits[slot] = (forms[slot] * scale * scale) / 2;
  }
  for (let slot = 0; slot < logits.length; slot++) {
    let product = 0;
    for (let dim = 0; dim < headDim; dim++) product += mean[dim] * keys[slot * headDim + dim];
    logits[slot] += product * scale;
  }
  return logits;
}

export interface ExpectedAttention {
  /** â: softmax over the slots without sinks, mean over the group. [slot] */
  readonly attention: Float32Array;
  /** ln â; 0 for sinks. [slot] */
  readonly logarithm: Float32Array;
}

export function expectedAttention(input: ExpectedInput, hasCovariance: boolean): ExpectedAttention {
  const { keys, headDim, sinkSlots, clouds, products, logBias } = input;
  const slotCount = keys.length / headDim;
  const attention = new Float64Array(slotCount);
  const logarithm = new Float64Array(slotCount).fill(-Infinity, sinkSlots);
  for (const cloud of clouds) {
    const logits = expectedLogits(keys, cloud, products, hasCovariance);
    logBias?.forEach((bias, slot) => (logits[slot] += bias));
    const peak = largestFrom(logits, sinkSlots);
    let sum = 0;
    for (let slot = sinkSlots; slot < slotCount; slot++) sum += Math.exp(logits[slot] - peak);
    const base = peak + Math.log(sum * clouds.length);
    for (let slot = sinkSlots; slot < slotCount; slot++) {
      attention[slot] += Math.exp(logits[slot] - peak) / sum / clouds.length;
      logarithm[slot] = logOfSum(logarithm[slot], logits[slot] - base);
    }
  }
  return { attention: Float32Array.from(attention), logarithm: Float32Array.from(logarithm) };
}

/** ln(eˣ + eʸ) */
function logOfSum(x: number, y: number): number {
  const [low, high] = x < y ? [x, y] : [y, x];
  return low === -Infinity ? high : high + Math.log1p(Math.exp(low - high));
}

/**
 * Cap: w = exp(τ·cosine(R̄μ, k) − max), A = I + Σ (w + ε)·v·vᵀ, score w·vᵀA⁻¹v; mean over the group. How much a value adds
 * to what the well-placed values already span. [slot]
 */
export function valueLeverage(input: ExpectedInput, sharpness: number): Float32Array {
  const { keys, values, headDim, sinkSlots, clouds, products } = input;
  const leverage = new Float64Array(keys.length / headDim);
  const lengths = keyLengths(keys, headDim);
  for (const { mean } of clouds) {
    const weights = anchorWeights({ keys, lengths, sinkSlots }, mean, sharpness);
    const forms = quadraticForms(values, inverseOf(weightedSquares(input, weights)), products);
    for (let slot = sinkSlots; slot < leverage.length; slot++) {
      leverage[slot] += (weights[slot] * forms[slot]) / clouds.length;
    }
  }
  return Float32Array.from(leverage);
}

interface AnchoredKeys {
  readonly keys: Float32Array; // [slot][headDim]
  readonly lengths: Float64Array; // [slot]
  readonly sinkSlots: number;
}

/** exp(τ·cosine − max) over the slots without sinks. [slot] */
function anchorWeights(
  { keys, lengths, sinkSlots }: AnchoredKeys,
  anchor: Float32Array,
  sharpness: number,
): Float64Array {
  const headDim = anchor.length;
  const weights = new Float64Array(lengths.length);
  const [anchorLength] = keyLengths(anchor, headDim);
  for (let slot = sinkSlots; slot < weights.length; slot++) {
    let product = 0;
    for (let dim = 0; dim < headDim; dim++) product += keys[slot * headDim + dim] * anchor[dim];
    weights[slot] = (sharpness * product) / (anchorLength * lengths[slot]);
  }
  const peak = largestFrom(weights, sinkSlots);
  for (let slot = sinkSlots; slot < weights.length; slot++) weights[slot] = Math.exp(weights[slot] - peak);
  return weights;
}

/** Never shorter than SHORTEST. [row] */
function keyLengths(rows: Float32Array, headDim: number): Float64Array {
  const lengths = new Float64Array(rows.length / headDim);
  for (let row = 0; row < lengths.length; row++) {
    let squares = 0;
    for (let dim = 0; dim < headDim; dim++) squares += rows[row * headDim + dim] * rows[row * headDim + dim];
    lengths[row] = Math.max(SHORTEST, Math.sqrt(squares));
  }
  return lengths;
}

/** I + Σ (w + ε)·v·vᵀ. [headDim][headDim] */
function weightedSquares({ values, headDim, sinkSlots, products }: ExpectedInput, weights: Float64Array): Float64Array {
  const count = Math.max(0, weights.length - sinkSlots);
  const roots = new Float32Array(headDim * count); // √(w + ε)·v, [dim][slot]
  for (let slot = 0; slot < count; slot++) {
    const root = Math.sqrt(weights[sinkSlots + slot] + CAP_EPSILON);
    for (let dim = 0; dim < headDim; dim++) {
      roots[dim * count + slot] = root * values[(sinkSlots + slot) * headDim + dim];
    }
  }
  const squares = new Float64Array(headDim * headDim);
  if (count > 0) squares.set(productsOfRows(roots, count, products));
  for (let dim = 0; dim < headDim; dim++) squares[dim * headDim + dim] += 1;
  return squares;
}

/**
 * Of a symmetric matrix whose eigenvalues are at least 1: A = LLᵀ, and A⁻¹ = L⁻ᵀL⁻¹. Each column is used up for all entries
 * behind it before the next one, so that their sums do not wait for one another.
 */
function inverseOf(matrix: Float64Array): Float32Array {
  const width = Math.sqrt(matrix.length);
  const lower = new Float64Array(matrix.length); // Lᵀ: [column][row]
  for (let column = 0; column < width; column++) {
    for (let row = column; row < width; row++) lower[column * width + row] = matrix[row * width + column];
  }
  for (let column = 0; column < width; column++) {
    const start = column * width;
    lower[start + column] = Math.sqrt(lower[start + column]);
    for (let row = column + 1; row < width; row++) lower[start + row] /= lower[start + column];
    for (let later = column + 1; later < width; later++) {
      const entry = lower[start + later];
      for (let row = later; row < width; row++) lower[later * width + row] -= lower[start + row] * entry;
    }
  }
  const inverse = new Float64Array(matrix.length); // L⁻¹: [row][column]
  for (let row = 0; row < width; row++) inverse[row * width + row] = 1;
  for (let at = 0; at < width; at++) {
    for (let column = 0; column <= at; column++) inverse[at * width + column] /= lower[at * width + at];
    for (let row = at + 1; row < width; row++) {
      const entry = lower[at * width + row];
      for (let column = 0; column <= at; column++) {
        inverse[row * width + column] -= entry * inverse[at * width + column];
      }
    }
  }
  const sums = new Float64Array(matrix.length);
  for (let at = 0; at < width; at++) {
    for (let row = 0; row <= at; row++) {
      const entry = inverse[at * width + row];
      for (let column = 0; column <= row; column++) sums[row * width + column] += entry * inverse[at * width + column];
    }
  }
  const whole = new Float32Array(matrix.length);
  for (let row = 0; row < width; row++) {
    for (let column = 0; column <= row; column++) {
      whole[row * width + column] = whole[column * width + row] = sums[row * width + column];
    }
  }
  return whole;
}

function largestFrom(values: Float64Array, start: number): number {
  let largest = -Infinity;
  for (let at = start; at < values.length; at++) if (values[at] > largest) largest = values[at];
  return largest;
}
