// Weighted sum of a matrix's rows: attention probabilities times values. Eight columns at once, rows in ascending
// order, in float64, so that slots added behind never change the order of the sum before them.

/** output[column] = Σ weights[row] · matrix[row][column]. weights [row], matrix [row][column], output [column] */
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
