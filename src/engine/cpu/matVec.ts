// Matrix times vector: where a decode step spends its time, so this loop sets the pace of the CPU backend.
// Eight rows at once: each input is loaded once for eight products, and the eight sums do not wait for one another.
// Every output is one sum in float64 over ascending columns, so a row gives the same bits here as in matMat.ts.

/** output[row] = Σ matrix[row][column] · input[column]. matrix [row][column], input [column], output [row] */
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
