// The small kernels of a prefill chunk against their twins: embed, rmsNorm, matMul, gateMul, addNormed.
import { describe, expect, it } from "vitest";
import { relativeError, runKernel, testNumbers } from "../kernelHarness.testing";
import { flag } from "../kernelSpec";
import {
  addNormedKernel,
  addNormedTwin,
  embedKernel,
  embedTwin,
  matMulKernel,
  matVecTwin,
  rmsNormKernel,
  rmsNormTwin,
  gateMulKernel,
  gateMulTwin,
} from "./matrixKernels";

const epsilon = 1e-5;

describe("embed", () => {
  it.each([
    [60, 1],
    [64, 1],
    [68, Math.fround(Math.sqrt(68))],
  ])("copies the rows of its tokens, %i numbers each, times %d", async (hiddenSize, scale) => {
    const tokens = Uint32Array.of(4, 0, 4, 2);
    const embedding = testNumbers(5 * hiddenSize, 1);
    const found = await runKernel(
      {
        spec: embedKernel,
        overrides: { COLUMN_VECTORS: hiddenSize / 4, FIRST_TOKEN: 0, ROWS: 5, SCALE: scale },
        buffers: { tokens, weight: embedding, hidden: new Float32Array(tokens.length * hiddenSize) },
        groups: (size) => [Math.ceil(hiddenSize / 4 / size), tokens.length],
      },
      "hidden",
    );
    expect(found).toEqual(embedTwin(tokens, embedding, hiddenSize, scale));
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

describe("gateMul", () => {
  it.each([
    [60, "silu"],
    [64, "geluTanh"],
    [68, "silu"],
    [68, "geluTanh"],
  ] as const)("agrees with its twin on rows of %i, %s", async (columns, activation) => {
    // Far out too, where a naive tanh overflows.
    const gateUp = testNumbers(3 * 2 * columns, 1).map((entry, at) => (at % 7 === 0 ? 60 * entry : 3 * entry));
    const found = await runKernel(
      {
        spec: gateMulKernel,
        overrides: { COLUMN_VECTORS: columns / 4, IS_GELU: flag(activation === "geluTanh") },
        buffers: { gateUp, output: new Float32Array(3 * columns) },
        groups: (size) => [Math.ceil(columns / 4 / size), 3],
      },
      "output",
    );
    expect(relativeError(found, gateMulTwin(gateUp, columns, activation))).toBeLessThan(1e-6);
  });
});

describe("addNormed", () => {
  it.each([
    { rowCount: 1, columns: 12 },
    { rowCount: 3, columns: 16 },
    { rowCount: 2, columns: 260 },
  ])("agrees with its twin on $rowCount rows of $columns", async ({ rowCount, columns }) => {
    const branch = testNumbers(rowCount * columns, 1);
    const norm = testNumbers(columns, 2);
    const hidden = testNumbers(rowCount * columns, 3);
    const found = await runKernel(
      {
        spec: addNormedKernel,
        overrides: { COLUMN_VECTORS: columns / 4, EPSILON: epsilon },
        buffers: { branch, norm, hidden },
        groups: () => [rowCount],
      },
      "hidden",
    );
    const branches = rowsOf(branch, columns);
    const expected = rowsOf(hidden, columns).flatMap((row, at) => [...addNormedTwin(row, branches[at], norm, epsilon)]);
    expect(relativeError(found, expected)).toBeLessThan(1e-6);
  });
});

function rowsOf(numbers: Float32Array, columns: number): Float32Array[] {
  return Array.from({ length: numbers.length / columns }, (_, row) =>
    numbers.subarray(row * columns, (row + 1) * columns),
  );
}
