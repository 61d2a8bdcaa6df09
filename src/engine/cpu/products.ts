// A model's matrices times activations: what both ways to do it, plain loops and SIMD, promise. They give the same bits.

import { matMat } from "./matMat";
import { matVec } from "./matVec";
import type { Rows } from "./rows";

export interface MatrixProducts {
  /** outputs[token] = matrix · inputs[token] for the first `tokenCount` rows. matrix [outputs.width][inputs.width] */
  multiply(matrix: Float32Array, inputs: Rows, outputs: Rows, tokenCount: number): void;
  /** Memory beyond the weights themselves. */
  readonly copyBytes: number;
}

export const plainProducts: MatrixProducts = {
  multiply: (matrix, inputs, outputs, tokenCount) => {
    if (tokenCount === 1) matVec(matrix, inputs.first, outputs.first);
    else matMat(matrix, inputs, outputs, tokenCount);
  },
  copyBytes: 0,
};
