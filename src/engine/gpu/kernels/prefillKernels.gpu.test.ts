// The small kernels of a prefill chunk against their twins: embed, rmsNorm, matMul, siluMul.
import { describe, expect, it } from "vitest";
import { relativeError, runKernel, testNumbers } from "../kernelHarness.testing";
import { flag } from "../kernelSpec";
import {
  embedKernel,
  embedTwin,
  matMulKernel,
  matVecTwin,
  rmsNormKernel,
  rmsNormTwin,
  siluMulKernel,
  siluMulTwin,
} from "./matrixKernels";

const epsilon = 1e-5;

describe("embed", () => {
  it.each([60, 64, 68])("copies the rows of its tokens, %i numbers each", async (hiddenSize) => {
    const tokens = Uint32Array.of(4, 0, 4, 2);
    const embedding = testNumbers(5 * hiddenSize, 1);
    const found = await runKernel(
      {
        spec: embedKernel,
        overrides: { COLUMN_VECTORS: hiddenSize / 4, FIRST_TOKEN: 0, ROWS: 5 },
        buffers: { tokens, weight: embedding, hidden: new Float32Array(tokens.length * hiddenSize) },
        groups: (size) => [Math.ceil(hiddenSize / 4 / size), tokens.length],
      },
      "hidden",
    );
    expect(found).toEqual(embedTwin(tokens, embedding, hiddenSize));
  });
});

describe("rmsNorm", () => {
  it.each([1, 3, 4, 5])("agrees with its twin on %i rows", async (rowCount) => {
    const columns = 36;
    const input = testNumbers(rowCount * columns, 1);
    const norm = testNumbers(columns, 2);
    const found = await runKernel(
      {
        spec: rmsNormKernel,
        overrides: { COLUMN_VECTORS: columns / 4, EPSILON: epsilon },
        params: { rowCount },
        buffers: { input, norm, output: new Float32Array(rowCount * columns) },
        groups: (size) => [Math.ceil(rowCount / size)],
      },
      "output",
    );
    const expected = rowsOf(input, columns).flatMap((row) => [...rmsNormTwin(row, norm, epsilon)]);
    expect(relativeError(found, expected)).toBeLessThan(1e-6);
  });
});

describe("matMul", () => {
  // Tiles of 4 × 4 in workgroups of 4 × 4 tiles: 16 rows or outputs fill a workgroup.
  it.each([
    { rowCount: 1, outs: 3, columns: 4 },
    { rowCount: 15, outs: 17, columns: 20 },
    { rowCount: 16, outs: 16, columns: 16 },
    { rowCount: 17, outs: 66, columns: 132 },
  ])("agrees with its twin at $rowCount rows, $outs × $columns", async ({ rowCount, outs, columns }) => {
    const input = testNumbers(rowCount * columns, 1);
    const weight = testNumbers(outs * columns, 2);
    const bias = testNumbers(outs, 3);
    const output = testNumbers(rowCount * outs, 4);
    for (const [hasBias, hasResidual] of [
      [false, false],
      [true, false],
      [false, true],
    ]) {
      const found = await runKernel(
        {
          spec: matMulKernel,
          overrides: {
            COLUMN_VECTORS: columns / 4,
            ROWS: outs,
            HAS_BIAS: flag(hasBias),
            HAS_RESIDUAL: flag(hasResidual),
          },
          params: { rowCount },
          buffers: { input, weight, bias, output },
          groups: (size) => [Math.ceil(outs / 4 / size), Math.ceil(rowCount / 4 / size)],
        },
        "output",
      );
      const expected = rowsOf(input, columns)
        .flatMap((row) => [...matVecTwin({ input: row, weight, norm: null, bias: hasBias ? bias : null, epsilon })])
        .map((sum, index) => sum + (hasResidual ? output[index] : 0));
      expect(relativeError(found, expected)).toBeLessThan(2e-6);
    }
  });
});

describe("siluMul", () => {
  it.each([60, 64, 68])("agrees with its twin on rows of %i", async (columns) => {
    const gateUp = testNumbers(3 * 2 * columns, 1);
    const found = await runKernel(
      {
        spec: siluMulKernel,
        overrides: { COLUMN_VECTORS: columns / 4 },
        buffers: { gateUp, output: new Float32Array(3 * columns) },
        groups: (size) => [Math.ceil(columns / 4 / size), 3],
      },
      "output",
    );
    expect(relativeError(found, siluMulTwin(gateUp, columns))).toBeLessThan(1e-6);
  });
});

function rowsOf(numbers: Float32Array, columns: number): Float32Array[] {
  return Array.from({ length: numbers.length / columns }, (_, row) =>
    numbers.subarray(row * columns, (row + 1) * columns),
  );
}
