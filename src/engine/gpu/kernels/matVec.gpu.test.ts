// Both forms of matrix times vector against the twin.
import { describe, expect, it } from "vitest";
import { encodeFloat16, decodeFloat16 } from "../../../lib/float16";
import { relativeError, runKernel, testDevice, testNumbers } from "../kernelHarness.testing";
import { flag } from "../kernelSpec";
import { matVecKernel, matVecSharedKernel, matVecTwin } from "./matrixKernels";

const epsilon = 1e-5;
// Four rows per invocation or workgroup: 60, 64 and 68 rows are just below, at and above a workgroup of 16 invocations.
const sizes = [
  { rows: 1, columns: 4 },
  { rows: 60, columns: 12 },
  { rows: 64, columns: 16 },
  { rows: 67, columns: 20 },
  { rows: 261, columns: 128 },
];
const options = [
  { name: "bare", hasNorm: false, hasBias: false, hasResidual: false },
  { name: "with norm and bias", hasNorm: true, hasBias: true, hasResidual: false },
  { name: "added to a residual", hasNorm: false, hasBias: false, hasResidual: true },
];

function matVecCase(rows: number, columns: number) {
  const input = testNumbers(columns, 1);
  const norm = testNumbers(columns, 2);
  const weight = testNumbers(rows * columns, 3);
  const bias = testNumbers(rows, 4);
  const output = testNumbers(rows, 5);
  return { input, norm, weight, bias, output };
}

describe.each([
  { spec: matVecKernel, rowsPerGroup: 4, isPerInvocation: true, workgroupSize: 16 },
  { spec: matVecSharedKernel, rowsPerGroup: 4, isPerInvocation: false, workgroupSize: 4 },
  { spec: matVecSharedKernel, rowsPerGroup: 4, isPerInvocation: false, workgroupSize: 32 },
])("$spec.name in workgroups of $workgroupSize", ({ spec, rowsPerGroup, isPerInvocation, workgroupSize }) => {
  describe.each(options)("$name", ({ hasNorm, hasBias, hasResidual }) => {
    it.each(sizes)("agrees with its twin at $rows × $columns", async ({ rows, columns }) => {
      const given = matVecCase(rows, columns);
      const found = await runKernel(
        {
          spec,
          workgroupSize,
          overrides: {
            COLUMN_VECTORS: columns / 4,
            ROWS: rows,
            HAS_NORM: flag(hasNorm),
            HAS_BIAS: flag(hasBias),
            HAS_RESIDUAL: flag(hasResidual),
            EPSILON: epsilon,
          },
          buffers: given,
          groups: (size) => [Math.ceil(rows / (isPerInvocation ? rowsPerGroup * size : rowsPerGroup))],
        },
        "output",
      );
      const expected = matVecTwin({
        ...given,
        norm: hasNorm ? given.norm : null,
        bias: hasBias ? given.bias : null,
        epsilon,
      }).map((sum, row) => sum + (hasResidual ? given.output[row] : 0));
      expect(relativeError(found, expected)).toBeLessThan(2e-6);
    });
  });
});

it("reads float16 weights where the device has them", async (context) => {
  if (!(await testDevice()).hasFloat16) context.skip("this adapter has no shader-f16");
  const { input, norm, weight, bias, output } = matVecCase(67, 20);
  const halves = encodeFloat16(weight) as Uint16Array<ArrayBuffer>;
  const found = await runKernel(
    {
      spec: matVecKernel,
      matrixForm: "f16",
      overrides: { COLUMN_VECTORS: 5, ROWS: 67, HAS_NORM: 0, HAS_BIAS: 0, HAS_RESIDUAL: 0, EPSILON: epsilon },
      buffers: { input, norm, weight: halves, bias, output },
      groups: (size) => [Math.ceil(67 / (4 * size))],
    },
    "output",
  );
  const expected = matVecTwin({ input, weight: decodeFloat16(halves), norm: null, bias: null, epsilon });
  expect(relativeError(found, expected)).toBeLessThan(2e-6);
});
