// Term "leverage": how far a key, before RoPE, stands out from what the others span, seen through a random sketch. Plain twin of the
// GPU kernels. Compactor (Chari and Van Durme 2025, arXiv:2507.08143); NVIDIA/kvpress leverage_press.py.
import type { RowProducts } from "../cpu/products";
import { turnedBack, type RopeAngles } from "./queryCloud";

/** Added to the diagonal of the Gram matrix; ten times more at each further attempt. */
const JITTER = 0.01;
const ATTEMPTS = 5;

export interface LeverageInput {
  readonly keys: Float32Array; // [slot][headDim], after RoPE
  readonly positions: Int32Array; // [slot]
  readonly headDim: number;
  readonly ropeAngles: RopeAngles;
  /** Standard normal draws. [headDim][column] */
  readonly sketch: Float32Array;
  /** Slots from `first` to `end` − 1 have a leverage, and only they count for it. */
  readonly first: number;
  readonly end: number;
  readonly products: RowProducts;
}

/** x G⁻¹ xᵀ with X the sketched keys less their mean and G = XᵀX + jitter; 0 for the slots left out. [slot] */
export function leverage({ first, end, positions, ...input }: LeverageInput): Float32Array {
  const scores = new Float32Array(positions.length);
  const count = end - first;
  if (count < 1) return scores;
  const columnCount = input.sketch.length / input.headDim;
  const rows = sketched({ ...input, positions: positions.subarray(first, end), first }, columnCount);
  const gram = gramMatrix(rows, columnCount);
  const factor = choleskyFactor(gram, columnCount);
  addSquaresOfSolved(rows, factor, scores.subarray(first, end));
  return scores;
}

/**
 * Squared length of L⁻¹x for each row x. A number that is found is used up for all behind it before the next one, so that their
 * sums do not wait for one another. The rows are used up too. [row]
 */
function addSquaresOfSolved(rows: Float64Array, factor: Float64Array, squares: Float32Array): void {
  const size = Math.sqrt(factor.length);
  const columns = new Float64Array(factor.length); // Lᵀ: [column][row]
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) columns[column * size + row] = factor[row * size + column];
  }
  for (let slot = 0; slot < squares.length; slot++) {
    const start = slot * size;
    let sum = 0;
    for (let column = 0; column < size; column++) {
      const at = column * size;
      const solved = rows[start + column] / columns[at + column];
      sum += solved * solved;
      for (let row = column + 1; row < size; row++) rows[start + row] -= columns[at + row] * solved;
    }
    squares[slot] = sum;
  }
}

type SketchInput = Omit<LeverageInput, "end">;

/** (k − mean)Φ / √columns of the keys before RoPE. [slot][column] */
function sketched(input: SketchInput, columnCount: number): Float64Array {
  const { keys, positions, headDim, ropeAngles, sketch, first, products } = input;
  const count = positions.length;
  const candidates = keys.subarray(first * headDim, (first + count) * headDim);
  const unturned = turnedBack(candidates, headDim, (slot) => ropeAngles(positions[slot]));
  const mean = new Float64Array(headDim);
  for (let slot = 0; slot < count; slot++) {
    for (let dim = 0; dim < headDim; dim++) mean[dim] += unturned[slot * headDim + dim] / count;
  }
  for (let start = 0; start < unturned.length; start += headDim) {
    for (let dim = 0; dim < headDim; dim++) unturned[start + dim] -= mean[dim];
  }
  const columns = new Float32Array(columnCount * headDim); // [column][headDim]
  const root = Math.sqrt(columnCount);
  for (let dim = 0; dim < headDim; dim++) {
    for (let column = 0; column < columnCount; column++) {
      columns[column * headDim + dim] = sketch[dim * columnCount + column] / root;
    }
  }
  products.setRows(columns, headDim);
  const { values, stride } = products.multiply(unturned, columnCount);
  const rows = new Float64Array(count * columnCount);
  for (let slot = 0; slot < count; slot++) {
    for (let column = 0; column < columnCount; column++) {
      rows[slot * columnCount + column] = values[slot * stride + column];
    }
  }
  return rows;
}

/** XᵀX, of which the lower half counts. [row][column] */
function gramMatrix(rows: Float64Array, size: number): Float64Array {
  const gram = new Float64Array(size * size);
  for (let from = 0; from < rows.length; from += size) {
    for (let row = 0; row < size; row++) {
      const entry = rows[from + row];
      for (let column = 0; column <= row; column++) gram[row * size + column] += entry * rows[from + column];
    }
  }
  return gram;
}

/** L with LLᵀ = the matrix and as much jitter as it takes. Lower half. [row][column] */
function choleskyFactor(gram: Float64Array, size: number): Float64Array {
  const factor = new Float64Array(size * size);
  for (let attempt = 0, jitter = JITTER; attempt < ATTEMPTS; attempt++, jitter *= 10) {
    if (fillFactor(factor, gram, size, jitter)) break;
  }
  return factor;
}

/** False where the matrix isn't positive. Each column is used up for all behind it before the next one. */
function fillFactor(factor: Float64Array, gram: Float64Array, size: number, jitter: number): boolean {
  factor.set(gram);
  for (let row = 0; row < size; row++) factor[row * size + row] += jitter;
  const found = new Float64Array(size);
  for (let column = 0; column < size; column++) {
    const rest = factor[column * size + column];
    if (!(rest > 0)) return false;
    const root = Math.sqrt(rest);
    factor[column * size + column] = root;
    for (let row = column + 1; row < size; row++) found[row] = factor[row * size + column] /= root;
    for (let row = column + 1; row < size; row++) {
      const entry = found[row];
      for (let other = column + 1; other <= row; other++) factor[row * size + other] -= entry * found[other];
    }
  }
  return true;
}
