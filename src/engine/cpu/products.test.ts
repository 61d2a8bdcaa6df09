import { describe, expect, it } from "vitest";
import { randomStream } from "../../lib/random";
import { createRows, matMat, matVec, rowOf, vecMat } from "./products";

function randomValues(seed: number, length: number): Float32Array {
  const stream = randomStream(seed);
  return Float32Array.from({ length }, () => 2 * stream.uniform() - 1);
}

function plainDot(matrix: Float32Array, row: number, input: Float32Array): number {
  return input.reduce((sum, value, column) => sum + matrix[row * input.length + column] * value, 0);
}

// Below, at and above the eight rows, eight columns and four tokens that the loops take at once.
const sizes = [1, 2, 7, 8, 9, 16, 21];

describe("matVec", () => {
  it.each(sizes)("equals the plain sum for %i rows", (rowCount) => {
    const matrix = randomValues(1, rowCount * 5);
    const input = randomValues(2, 5);
    const output = new Float32Array(rowCount);
    matVec(matrix, input, output);
    expect(Array.from(output)).toEqual(
      Array.from({ length: rowCount }, (_, row) => Math.fround(plainDot(matrix, row, input))),
    );
  });
});

describe("matMat", () => {
  it.each(sizes)("gives the bits of matVec for %i tokens", (tokenCount) => {
    for (const rowCount of [6, 9]) {
      const matrix = randomValues(3, rowCount * 10);
      const inputs = createRows(24, 10);
      const outputs = createRows(24, rowCount);
      inputs.values.set(randomValues(4, tokenCount * 10));
      matMat(matrix, inputs, outputs, tokenCount);
      for (let token = 0; token < tokenCount; token++) {
        const expected = new Float32Array(rowCount);
        matVec(matrix, rowOf(inputs, token), expected);
        expect(rowOf(outputs, token)).toEqual(expected);
      }
      expect(outputs.values.subarray(tokenCount * rowCount).every((value) => value === 0)).toBe(true);
    }
  });
});

describe("vecMat", () => {
  it.each(sizes)("equals the plain sum for %i columns", (columnCount) => {
    const matrix = randomValues(5, 6 * columnCount);
    const weights = randomValues(6, 6);
    const output = new Float32Array(columnCount);
    vecMat(weights, matrix, output);
    for (let column = 0; column < columnCount; column++) {
      const sum = weights.reduce((total, weight, row) => total + weight * matrix[row * columnCount + column], 0);
      expect(output[column]).toBe(Math.fround(sum));
    }
  });
});
