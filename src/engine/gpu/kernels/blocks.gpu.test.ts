// Kernels that load blocks in units of 16 bytes, against the twins on the numbers that the blocks hold.
import { describe, expect, it } from "vitest";
import { codeTensor } from "../../../model/gguf/drawGguf.testing";
import { dequantiseRow, weightFormat } from "../../../model/weightFormats";
import { relativeError, runKernel, testNumbers } from "../kernelHarness.testing";
import { flag, type BlockForm } from "../kernelSpec";
import { gateUpBlocksKernel, gateUpTwin, matVecBlocksKernel, matVecTwin } from "./matrixKernels";

const epsilon = 1e-5;
const formats: readonly [name: string, form: BlockForm, headBytes: number][] = [
  ["Q8_0", "q8_0", 2],
  ["Q4_0", "q4_0", 2],
  ["Q4_1", "q4_1", 4],
];

/** Blocks of random codes: their numbers, and their planes with room for whole vectors. */
function drawnBlocks(name: string, headBytes: number, [rows, columns]: readonly [number, number]) {
  const format = weightFormat(name);
  if (format === undefined) throw new Error("the format is known");
  const { bytes } = codeTensor("m", [columns, rows], { type: name, size: 1, seed: rows + columns });
  const numbers = new Float32Array(rows * columns);
  dequantiseRow(format, bytes, numbers);
  const blocks = (rows * columns) / 32;
  const codeBytes = format.blockBytes - headBytes;
  const planes = new Uint8Array(16 * Math.ceil(bytes.length / 16));
  for (let block = 0; block < blocks; block++) {
    const own = bytes.subarray(block * format.blockBytes, (block + 1) * format.blockBytes);
    planes.set(own.subarray(headBytes), block * codeBytes);
    planes.set(own.subarray(0, headBytes), blocks * codeBytes + block * headBytes);
  }
  return { numbers, blocks, weight: new Uint32Array(planes.buffer) };
}

describe.each(formats)("of %s", (name, form, headBytes) => {
  // Units of 16 or 32 columns: fewer, as many and more than a workgroup of 32 has invocations; an odd number of blocks.
  it.each([
    [3, 32],
    [4, 512],
    [9, 1024],
    [13, 1056],
    [66, 2080],
  ])("matVecBlocks agrees with its twin at %i × %i", async (rows, columns) => {
    const { numbers, blocks, weight } = drawnBlocks(name, headBytes, [rows, columns]);
    const [input, norm] = [testNumbers(columns, 1), testNumbers(columns, 2)];
    const [bias, before] = [testNumbers(rows + 2, 3), testNumbers(rows + 2, 4)];
    for (const [hasNorm, hasBias, hasResidual] of [
      [false, false, false],
      [true, true, false],
      [false, false, true],
    ]) {
      const found = await runKernel(
        {
          spec: matVecBlocksKernel,
          matrixForm: form,
          workgroupSize: 32,
          overrides: {
            ...{ COLUMN_VECTORS: columns / 4, BLOCKS: blocks, ROWS: rows, FIRST_ROW: 2, EPSILON: epsilon },
            ...{ HAS_NORM: flag(hasNorm), HAS_BIAS: flag(hasBias), HAS_RESIDUAL: flag(hasResidual) },
          },
          buffers: { input, norm, weight, bias, output: before.slice() },
          groups: () => [Math.ceil(rows / 4)],
        },
        "output",
      );
      const expected = matVecTwin({
        ...{ input, weight: numbers, epsilon },
        norm: hasNorm ? norm : null,
        bias: hasBias ? bias.subarray(2) : null,
      }).map((sum, row) => sum + (hasResidual ? before[2 + row] : 0));
      expect(relativeError(found.subarray(2), expected)).toBeLessThan(2e-6);
      expect(found.subarray(0, 2)).toEqual(before.subarray(0, 2));
    }
  });

  it.each([
    [3, 64],
    [33, 1056],
  ])("gateUpBlocks agrees with its twin at %i × %i", async (rows, columns) => {
    const { numbers, blocks, weight } = drawnBlocks(name, headBytes, [2 * rows, columns]);
    const [input, norm] = [testNumbers(columns, 1), testNumbers(columns, 2).map((value) => value / Math.sqrt(columns))];
    const found = await runKernel(
      {
        spec: gateUpBlocksKernel,
        matrixForm: form,
        workgroupSize: 32,
        overrides: { COLUMN_VECTORS: columns / 4, BLOCKS: blocks, ROWS: rows, IS_GELU: 0, EPSILON: epsilon },
        buffers: { input, norm, weight, output: new Float32Array(rows) },
        groups: () => [Math.ceil(rows / 2)],
      },
      "output",
    );
    expect(relativeError(found, gateUpTwin({ input, norm, weight: numbers, epsilon }, "silu"))).toBeLessThan(3e-6);
  });
});
