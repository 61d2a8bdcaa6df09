// Several tokens through one matrix: prefill. Two matrix rows meet four tokens in registers, so that each weight is
// fetched once for four tokens. The sums run in the order of matVec.ts, so a chunk gives the same bits as single steps.

import { matVec } from "./matVec";
import type { Rows } from "./rows";
import { rowOf } from "./rows";

/** outputs[token] = matrix · inputs[token] for the first `tokenCount` rows. matrix [outputs.width][inputs.width] */
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
