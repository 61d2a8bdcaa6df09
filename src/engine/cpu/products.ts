// Products of a model's matrices with activations, and of a head's keys with queries or with one another: what both ways
// to compute them, plain loops and SIMD, promise. They give the same bits.

import { matMat } from "./matMat";
import { matVec } from "./matVec";
import type { Rows } from "./rows";

export interface MatrixProducts {
  /** outputs[token] = matrix · inputs[token] for the first `tokenCount` rows. matrix [outputs.width][inputs.width] */
  multiply(matrix: Float32Array, inputs: Rows, outputs: Rows, tokenCount: number): void;
  /** Memory beyond the weights themselves. */
  readonly copyBytes: number;
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
}

export function createPlainRowProducts(): RowProducts {
  let rows: Float32Array = new Float32Array(0);
  let columnCount = 0;
  return {
    setRows: (given, givenColumnCount) => {
      rows = given;
      columnCount = givenColumnCount;
    },
    multiply: (vectors, rowCount) => {
      const vectorCount = vectors.length / columnCount;
      const values = new Float32Array(vectorCount * rowCount);
      for (let vector = 0; vector < vectorCount; vector++) {
        const input = vectors.subarray(vector * columnCount, (vector + 1) * columnCount);
        matVec(rows, input, values.subarray(vector * rowCount, (vector + 1) * rowCount));
      }
      return { values, stride: rowCount };
    },
  };
}

export const plainProducts: MatrixProducts = {
  multiply: (matrix, inputs, outputs, tokenCount) => {
    if (tokenCount === 1) matVec(matrix, inputs.first, outputs.first);
    else matMat(matrix, inputs, outputs, tokenCount);
  },
  copyBytes: 0,
  rows: createPlainRowProducts(),
};
