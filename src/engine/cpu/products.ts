// Products of a model's matrices with activations, and of a head's keys with queries or with one another: what they promise,
// and the plain loops that compute them. simd/ computes the same bits.

import { plainMatrix, type WeightMatrix } from "../../model/weights";

/** Activations of a chunk of tokens: one row per token, in an array made once per session. */
export interface Rows {
  readonly values: Float32Array; // [token][width]
  readonly width: number;
  /** The first token's row: all there is in a decode step. A view. */
  readonly first: Float32Array; // [width]
}

export function createRows(tokenCapacity: number, width: number): Rows {
  const values = new Float32Array(tokenCapacity * width);
  return { values, width, first: values.subarray(0, width) };
}

/** The first `tokenCount` rows as one array; a view that costs nothing for a single token. */
export function leadingRows(rows: Rows, tokenCount: number): Float32Array {
  return tokenCount === 1 ? rows.first : rows.values.subarray(0, tokenCount * rows.width);
}

export function rowOf(rows: Rows, token: number): Float32Array {
  return token === 0 ? rows.first : rows.values.subarray(token * rows.width, (token + 1) * rows.width);
}

export interface MatrixProducts {
  /** outputs[token] = matrix · inputs[token] for the first `tokenCount` rows. matrix [outputs.width][inputs.width] */
  multiply(matrix: WeightMatrix, inputs: Rows, outputs: Rows, tokenCount: number): void;
  /** One row of a matrix as float32. */
  readonly copyRow: (matrix: WeightMatrix, row: number, output: Float32Array) => void;
  /** Memory beyond the weights that are plain arrays: copies of them, and those that are stored in blocks. */
  readonly copyBytes: number;
  /** What products with blocks need beside. */
  readonly scratchBytes: number;
  readonly rows: RowProducts;
}

/** Rows that are only known at an event, such as a head's keys, times many vectors. */
export interface RowProducts {
  /** The rows of all products until the next call: [row][columnCount]. */
  setRows(rows: Float32Array, columnCount: number): void;
  /**
   * Products of each vector [vector][columnCount] with the first `rowCount` rows: [vector][stride], of which `rowCount`
   * count. The next call overwrites them.
   */
  multiply(vectors: Float32Array, rowCount: number): { readonly values: Float32Array; readonly stride: number };
  /**
   * In place of the products x from `start` to `end` − 1: exp((x − peak) · scale), where no x is above the peak. Returns `sum`, 0
   * where it is left out, with all of them added in float64, over ascending places.
   */
  exponentiate(
    place: { readonly start: number; readonly end: number },
    peak: number,
    scale: number,
    sum?: number,
  ): number;
}

export function createPlainRowProducts(): RowProducts {
  let rows: Float32Array = new Float32Array(0);
  let columnCount = 0;
  let values = new Float32Array(0);
  return {
    setRows: (given, givenColumnCount) => {
      rows = given;
      columnCount = givenColumnCount;
    },
    multiply: (vectors, rowCount) => {
      const vectorCount = vectors.length / columnCount;
      values = new Float32Array(vectorCount * rowCount);
      for (let vector = 0; vector < vectorCount; vector++) {
        const input = vectors.subarray(vector * columnCount, (vector + 1) * columnCount);
        matVec(rows, input, values.subarray(vector * rowCount, (vector + 1) * rowCount));
      }
      return { values, stride: rowCount };
    },
    exponentiate: ({ start, end }, peak, scale, sum = 0) => {
      for (let at = start; at < end; at++) {
        const weight = Math.exp((values[at] - peak) * scale);
        values[at] = weight;
        sum += weight;
      }
      return sum;
    },
  };
}

export function copyPlainRow(matrix: WeightMatrix, row: number, output: Float32Array): void {
  output.set(plainMatrix(matrix).subarray(row * output.length, (row + 1) * output.length));
}

export const plainProducts: MatrixProducts = {
  multiply: (given, inputs, outputs, tokenCount) => {
    const matrix = plainMatrix(given);
    if (tokenCount === 1) matVec(matrix, inputs.first, outputs.first);
    else matMat(matrix, inputs, outputs, tokenCount);
  },
  copyRow: copyPlainRow,
  ...{ copyBytes: 0, scratchBytes: 0 },
  rows: createPlainRowProducts(),
};

/**
 * output[row] = Σ matrix[row][column] · input[column]. matrix [row][column], input [column], output [row]
 * A decode step spends its time here. Eight rows at once: each input is loaded once for eight products, and the eight sums
 * do not wait for one another. Every output is one sum in float64 over ascending columns, as in matMat: the same bits.
 */
export function matVec(matrix: Float32Array, input: Float32Array, output: Float32Array): void {
  const columnCount = input.length;
  const rowCount = output.length;
  let row = 0;
  for (; row + 8 <= rowCount; row += 8) {
    const start0 = row * columnCount;
    const start1 = start0 + columnCount;
    const start2 = start1 + columnCount;
    const start3 = start2 + columnCount;
    const start4 = start3 + columnCount;
    const start5 = start4 + columnCount;
    const start6 = start5 + columnCount;
    const start7 = start6 + columnCount;
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    let sum4 = 0;
    let sum5 = 0;
    let sum6 = 0;
    let sum7 = 0;
    for (let column = 0; column < columnCount; column++) {
      const value = input[column];
      sum0 += matrix[start0 + column] * value;
      sum1 += matrix[start1 + column] * value;
      sum2 += matrix[start2 + column] * value;
      sum3 += matrix[start3 + column] * value;
      sum4 += matrix[start4 + column] * value;
      sum5 += matrix[start5 + column] * value;
      sum6 += matrix[start6 + column] * value;
      sum7 += matrix[start7 + column] * value;
    }
    output[row] = sum0;
    output[row + 1] = sum1;
    output[row + 2] = sum2;
    output[row + 3] = sum3;
    output[row + 4] = sum4;
    output[row + 5] = sum5;
    output[row + 6] = sum6;
    output[row + 7] = sum7;
  }
  for (; row < rowCount; row++) {
    const start = row * columnCount;
    let sum = 0;
    for (let column = 0; column < columnCount; column++) sum += matrix[start + column] * input[column];
    output[row] = sum;
  }
}

/**
 * MatrixProducts.multiply for several tokens: the prefill. Two matrix rows meet four tokens in registers, so that each
 * weight is fetched once for four tokens.
 */
export function matMat(matrix: Float32Array, inputs: Rows, outputs: Rows, tokenCount: number): void {
  // No layer of a model has an odd number of rows, so that case may go the slow way.
  const blockEnd = outputs.width % 2 === 0 ? tokenCount - (tokenCount % 4) : 0;
  fourTokensAtOnce(matrix, inputs, outputs, blockEnd);
  for (let token = blockEnd; token < tokenCount; token++) matVec(matrix, rowOf(inputs, token), rowOf(outputs, token));
}

/** Eight sums: rows 0 and 1 of a pair, tokens a to d of a block. `tokenCount` is a multiple of 4, the number of rows even. */
function fourTokensAtOnce(matrix: Float32Array, inputs: Rows, outputs: Rows, tokenCount: number): void {
  const columnCount = inputs.width;
  const rowCount = outputs.width;
  const input = inputs.values;
  const output = outputs.values;
  for (let row = 0; row < rowCount && tokenCount > 0; row += 2) {
    const row0 = row * columnCount;
    const row1 = row0 + columnCount;
    for (let token = 0; token < tokenCount; token += 4) {
      const a = token * columnCount;
      const b = a + columnCount;
      const c = b + columnCount;
      const d = c + columnCount;
      let sum0a = 0;
      let sum0b = 0;
      let sum0c = 0;
      let sum0d = 0;
      let sum1a = 0;
      let sum1b = 0;
      let sum1c = 0;
      let sum1d = 0;
      for (let column = 0; column < columnCount; column++) {
        const weight0 = matrix[row0 + column];
        const weight1 = matrix[row1 + column];
        const valueA = input[a + column];
        const valueB = input[b + column];
        const valueC = input[c + column];
        const valueD = input[d + column];
        sum0a += weight0 * valueA;
        sum1a += weight1 * valueA;
        sum0b += weight0 * valueB;
        sum1b += weight1 * valueB;
        sum0c += weight0 * valueC;
        sum1c += weight1 * valueC;
        sum0d += weight0 * valueD;
        sum1d += weight1 * valueD;
      }
      const at = token * rowCount + row;
      output[at] = sum0a;
      output[at + 1] = sum1a;
      output[at + rowCount] = sum0b;
      output[at + rowCount + 1] = sum1b;
      output[at + 2 * rowCount] = sum0c;
      output[at + 2 * rowCount + 1] = sum1c;
      output[at + 3 * rowCount] = sum0d;
      output[at + 3 * rowCount + 1] = sum1d;
    }
  }
}

/**
 * output[column] = Σ weights[row] · matrix[row][column]: attention probabilities times values. Eight columns at once, rows
 * in ascending order, in float64, so that slots added behind never change the order of the sum before them.
 * weights [row], matrix [row][column], output [column]
 */
export function vecMat(weights: Float32Array, matrix: Float32Array, output: Float32Array): void {
  const columnCount = output.length;
  const rowCount = weights.length;
  let column = 0;
  for (; column + 8 <= columnCount; column += 8) {
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    let sum4 = 0;
    let sum5 = 0;
    let sum6 = 0;
    let sum7 = 0;
    let at = column;
    for (let row = 0; row < rowCount; row++) {
      const weight = weights[row];
      sum0 += weight * matrix[at];
      sum1 += weight * matrix[at + 1];
      sum2 += weight * matrix[at + 2];
      sum3 += weight * matrix[at + 3];
      sum4 += weight * matrix[at + 4];
      sum5 += weight * matrix[at + 5];
      sum6 += weight * matrix[at + 6];
      sum7 += weight * matrix[at + 7];
      at += columnCount;
    }
    output[column] = sum0;
    output[column + 1] = sum1;
    output[column + 2] = sum2;
    output[column + 3] = sum3;
    output[column + 4] = sum4;
    output[column + 5] = sum5;
    output[column + 6] = sum6;
    output[column + 7] = sum7;
  }
  for (; column < columnCount; column++) {
    let sum = 0;
    for (let row = 0; row < rowCount; row++) sum += weights[row] * matrix[row * columnCount + column];
    output[column] = sum;
  }
}
