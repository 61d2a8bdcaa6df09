// Both forms of the first half of an MLP against the twin.
import { describe, expect, it } from "vitest";
import { relativeError, runKernel, testNumbers } from "../kernelHarness.testing";
import { flag } from "../kernelSpec";
import { gateUpKernel, gateUpSharedKernel, gateUpTwin } from "./matrixKernels";

const epsilon = 1e-6;

describe.each([
  { spec: gateUpKernel, workgroupSize: 16, rowsPerGroup: 32 },
  { spec: gateUpSharedKernel, workgroupSize: 4, rowsPerGroup: 2 },
  { spec: gateUpSharedKernel, workgroupSize: 64, rowsPerGroup: 2 },
])("$spec.name in workgroups of $workgroupSize", ({ spec, workgroupSize, rowsPerGroup }) => {
  it.each([
    { rows: 1, columns: 4, activation: "silu" },
    { rows: 31, columns: 12, activation: "geluTanh" },
    { rows: 32, columns: 16, activation: "silu" },
    { rows: 35, columns: 260, activation: "silu" },
    { rows: 35, columns: 260, activation: "geluTanh" },
  ] as const)("agrees with its twin at $rows × $columns, $activation", async ({ rows, columns, activation }) => {
    const input = testNumbers(columns, 1);
    const norm = testNumbers(columns, 2);
    const weight = testNumbers(2 * rows * columns, 3);
    const found = await runKernel(
      {
        spec,
        workgroupSize,
        overrides: {
          ...{ COLUMN_VECTORS: columns / 4, ROWS: rows, EPSILON: epsilon },
          IS_GELU: flag(activation === "geluTanh"),
        },
        buffers: { input, norm, weight, output: new Float32Array(rows) },
        groups: () => [Math.ceil(rows / rowsPerGroup)],
      },
      "output",
    );
    expect(relativeError(found, gateUpTwin({ input, norm, weight, epsilon }, activation))).toBeLessThan(2e-6);
  });
});
