// Products of a matrix with a vector in float64, where a term needs more than the float32 that RowProducts gives.

/**
 * output[row] = Σ matrix[row][column] · vector[column], over ascending columns. Four rows at once, so that their sums do not wait
 * for one another: the same bits as row by row.
 */
export function exactProducts(matrix: Float64Array, vector: Float64Array, output: Float64Array): void {
  const columnCount = vector.length;
  const rowCount = output.length;
  let row = 0;
  for (; row + 4 <= rowCount; row += 4) {
    const start0 = row * columnCount;
    const start1 = start0 + columnCount;
    const start2 = start1 + columnCount;
    const start3 = start2 + columnCount;
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    for (let column = 0; column < columnCount; column++) {
      const value = vector[column];
      sum0 += matrix[start0 + column] * value;
      sum1 += matrix[start1 + column] * value;
      sum2 += matrix[start2 + column] * value;
      sum3 += matrix[start3 + column] * value;
    }
    output[row] = sum0;
    output[row + 1] = sum1;
    output[row + 2] = sum2;
    output[row + 3] = sum3;
  }
  for (; row < rowCount; row++) {
    let sum = 0;
    for (let column = 0; column < columnCount; column++) sum += matrix[row * columnCount + column] * vector[column];
    output[row] = sum;
  }
}
