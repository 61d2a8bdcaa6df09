// A few slots of a head at a time, unpacked, and what attention makes of them: the products of its keys with a query, the
// weighted sum of its values. Plain loops here; simd/simdChunk.ts computes the same bits.

import type { KeyProducts } from "../terms/mergeMeasures";
import { takeFromMean } from "../storage/headMean";

export interface Chunk {
  /** What is unpacked: [slot][headDim]. Slots of a chunk are counted from 0. */
  readonly rows: Float32Array;
  readonly slotCount: number;
  /** products[slot] = row · query, summed in float64, for as many slots as there are products. */
  multiply(query: Float32Array, products: Float32Array | Float64Array): void;
  /** sums[dim] += Σ weights[slot] · row, over as many slots as there are weights. */
  addUp(weights: Float32Array, sums: Float64Array): void;
  /** row := mean − row of the first slots. means [slot][headDim], as 16 bits */
  takeFromMean(means: Uint16Array): void;
  /** Unpacks into the rows from slot 0 on; null where a pool does it by itself. */
  readonly unpacking: Unpacking | null;
}

export interface Unpacking {
  halves(halves: Uint16Array): void;
  /** Groups along channels, as many as there are scales; whole slots. */
  groups(run: CodeRun, groupNumbers: number): void;
  /** Some slots of a block whose groups run along tokens. */
  block(run: CodeRun, firstSlot: number, slotCount: number): void;
}

/** Codes of neighbouring slots without a gap, and their groups' numbers as 16 bits. */
export interface CodeRun {
  readonly words: Uint32Array;
  readonly bits: number;
  readonly scales: Uint16Array; // [group], or [channel]
  /** Null for symmetric codes. */
  readonly lows: Uint16Array | null;
}

/** Fits the innermost cache. */
const CHUNK_NUMBERS = 4096;

/** Slots of a chunk: a multiple of eight. */
export function chunkSlots(headDim: number): number {
  return 8 * Math.max(1, Math.floor(CHUNK_NUMBERS / headDim / 8));
}

export function createPlainChunk(headDim: number): Chunk {
  const slotCount = chunkSlots(headDim);
  const rows = new Float32Array(slotCount * headDim);
  return {
    rows,
    slotCount,
    multiply: (query, products) => multiplyRows(rows, query, products),
    addUp: (weights, sums) => addUpRows(weights, rows, sums),
    takeFromMean: (means) => takeFromMean(means, rows),
    unpacking: null,
  };
}

/** Products of any number of rows with any number of vectors, a chunk of rows at a time. */
export function chunkProducts(chunk: Chunk): KeyProducts {
  return (keys, vectors, headDim) => {
    const lengthSlots = keys.length / headDim;
    const products = new Float64Array((vectors.length / headDim) * lengthSlots);
    for (let first = 0; first < lengthSlots; first += chunk.slotCount) {
      const end = Math.min(lengthSlots, first + chunk.slotCount);
      chunk.rows.set(keys.subarray(first * headDim, end * headDim));
      for (let at = 0, row = 0; at < vectors.length; at += headDim, row += lengthSlots) {
        chunk.multiply(vectors.subarray(at, at + headDim), products.subarray(row + first, row + end));
      }
    }
    return products;
  };
}

/** products.matVec, and so the same bits. */
function multiplyRows(rows: Float32Array, query: Float32Array, products: Float32Array | Float64Array): void {
  for (let row = 0, start = 0; row < products.length; row++, start += query.length) {
    let sum = 0;
    for (let dim = 0; dim < query.length; dim++) sum += rows[start + dim] * query[dim];
    products[row] = sum;
  }
}

/** sums[column] += Σ weights[row] · rows[row][column]: products.vecMat in parts, and so the same bits. rows [row][column] */
function addUpRows(weights: Float32Array, rows: Float32Array, sums: Float64Array): void {
  const columnCount = sums.length;
  let column = 0;
  for (; column + 4 <= columnCount; column += 4) {
    let sum0 = sums[column];
    let sum1 = sums[column + 1];
    let sum2 = sums[column + 2];
    let sum3 = sums[column + 3];
    for (let row = 0, at = column; row < weights.length; row++, at += columnCount) {
      const weight = weights[row];
      sum0 += weight * rows[at];
      sum1 += weight * rows[at + 1];
      sum2 += weight * rows[at + 2];
      sum3 += weight * rows[at + 3];
    }
    sums[column] = sum0;
    sums[column + 1] = sum1;
    sums[column + 2] = sum2;
    sums[column + 3] = sum3;
  }
  for (; column < columnCount; column++) {
    let sum = sums[column];
    for (let row = 0, at = column; row < weights.length; row++, at += columnCount) sum += weights[row] * rows[at];
    sums[column] = sum;
  }
}
