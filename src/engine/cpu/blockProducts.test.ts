import { describe, expect, it } from "vitest";
import { compiledWasm } from "../../../scripts/buildWasm";
import { randomStream } from "../../lib/random";
import { codeTensor } from "../../model/gguf/drawGguf.testing";
import { dequantiseRow, weightFormats, type BlockFormat } from "../../model/weightFormats";
import type { StoredMatrix } from "../../model/weights";
import { prepareInput } from "./blockProducts";
import { createRows, rowOf } from "./products";
import { blockProductModule } from "./simd/blockProductModule";
import { createBlockProducts } from "./storedProducts";

const blockFormats = weightFormats.filter((format): format is BlockFormat => format.type === "blocks");

function drawMatrix(format: BlockFormat, rowCount: number, columnCount: number): StoredMatrix {
  const { bytes } = codeTensor("m", [columnCount, rowCount], { type: format.name, size: 0.1, seed: format.id + 1 });
  const rowBytes = (columnCount / format.blockValues) * format.blockBytes;
  return {
    ...{ name: format.name, format, rowCount, columnCount },
    readRows: (first, count) => Promise.resolve(bytes.subarray(first * rowBytes, (first + count) * rowBytes)),
  };
}

/** Of every size, with one that stands out and a group of zeros. */
function drawInput(seed: number, length: number): Float32Array {
  const stream = randomStream(seed);
  const input = Float32Array.from({ length }, () => (stream.uniform() - 0.5) * 2 ** stream.integer(-8, 2));
  input[5] = -37.5;
  input.fill(0, length - 32);
  return input;
}

async function numbersOf(matrix: StoredMatrix): Promise<Float32Array[]> {
  return Promise.all(
    Array.from({ length: matrix.rowCount }, async (_, row) => {
      const numbers = new Float32Array(matrix.columnCount);
      dequantiseRow(matrix.format, await matrix.readRows(row, 1), numbers);
      return numbers;
    }),
  );
}

describe.each(blockFormats.map((format) => [format.name, format] as const))("products with %s", (_, format) => {
  it.each([
    { rowCount: 6, columns: 256, tokenCount: 1 },
    { rowCount: 7, columns: 512, tokenCount: 5 },
    { rowCount: 1, columns: 768, tokenCount: 2 },
  ])("are those of the numbers that it stands for, $rowCount rows", async ({ rowCount, columns, tokenCount }) => {
    const matrix = drawMatrix(format, rowCount, columns);
    const rows = await numbersOf(matrix);
    const inputs = createRows(tokenCount, columns);
    for (let token = 0; token < tokenCount; token++) rowOf(inputs, token).set(drawInput(token, columns));
    const [plain, simd] = await Promise.all([createBlockProducts([matrix], false), createBlockProducts([matrix])]);
    expect([plain.usesSimd, simd.usesSimd]).toEqual([false, true]);
    const [found, fast] = [plain, simd].map((products) => {
      const outputs = createRows(tokenCount, rowCount);
      products.multiply(matrix, inputs, outputs, tokenCount);
      return outputs;
    });
    expect(fast.values).toEqual(found.values);
    for (let token = 0; token < tokenCount; token++) {
      rows.forEach((row, at) => {
        const exact = row.reduce((sum, number, column) => sum + number * rowOf(inputs, token)[column], 0);
        const size = row.reduce((sum, number, column) => sum + Math.abs(number * rowOf(inputs, token)[column]), 0);
        expect(Math.abs(rowOf(found, token)[at] - exact)).toBeLessThan(2e-6 * size);
      });
    }
    for (const products of [plain, simd]) {
      const row = new Float32Array(columns);
      products.copyRow(matrix, rowCount - 1, row);
      expect(row).toEqual(rows[rowCount - 1]);
    }
  });

  it("stay not finite where the input is", async () => {
    const matrix = drawMatrix(format, 2, 256);
    for (const wrong of [NaN, Infinity]) {
      const inputs = createRows(1, 256);
      inputs.values.fill(1);
      inputs.values[40] = wrong;
      for (const allowsSimd of [false, true]) {
        const outputs = createRows(1, 2);
        (await createBlockProducts([matrix], allowsSimd)).multiply(matrix, inputs, outputs, 1);
        expect(outputs.values.every((value) => !Number.isFinite(value))).toBe(true);
      }
    }
  });
});

it("splits an input into two parts that say it to thirty bits", () => {
  const input = drawInput(3, 64);
  const { high, low, scales } = prepareInput(input);
  input.forEach((value, at) => {
    const group = at >> 5;
    const most = input.subarray(32 * group, 32 * group + 32).reduce((all, each) => Math.max(all, Math.abs(each)), 0);
    const said = (high[at] * 2 ** 15 + low[at]) * scales[group];
    expect(Math.abs(said - value)).toBeLessThanOrEqual(most * 2 ** -29 + Math.abs(value) * 2 ** -22);
  });
});

it("refuses what WebAssembly cannot address before anything is allocated", async () => {
  const matrix = drawMatrix(blockFormats[0], 1, 256);
  await expect(createBlockProducts([{ ...matrix, rowCount: 2 ** 26 }])).rejects.toThrow(/choose a smaller model/);
});

it("runs what blockProduct.wat says", async () => {
  expect(Buffer.from(await compiledWasm("blockProduct")).toString("base64")).toBe(blockProductModule);
});
