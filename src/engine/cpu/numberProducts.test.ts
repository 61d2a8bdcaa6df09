import { describe, expect, it } from "vitest";
import { randomStream } from "../../lib/random";
import { readMatrix } from "../../model/readMatrix";
import { weightFormat, type NumberFormat } from "../../model/weightFormats";
import type { StoredMatrix } from "../../model/weights";
import { createNumberProducts } from "./numberProducts";
import { createRows, plainProducts, rowOf } from "./products";

function formatOf(name: NumberFormat["name"]): NumberFormat {
  const format = weightFormat(name);
  if (format?.type !== "numbers") throw new Error(`${name} is a format of numbers`);
  return format;
}

/** Every finite bit pattern is as likely as any other, subnormal numbers and both zeros among them. */
function drawMatrix(name: NumberFormat["name"], rowCount: number, columnCount: number): StoredMatrix {
  const format = formatOf(name);
  const stream = randomStream(rowCount + format.id);
  const bytes = new Uint8Array(rowCount * columnCount * format.blockBytes);
  // The lowest bit of the exponent is left clear, so that no number is infinite.
  const finite = name === "F16" ? 0xfb : 0x7f;
  const exponentByte = name === "F16" ? 1 : 2;
  for (let at = 0; at < bytes.length; at++) {
    const place = format.blockBytes - (at % format.blockBytes);
    bytes[at] = stream.integer(0, 255) & (place === exponentByte ? finite : 255);
  }
  bytes.set(new Uint8Array(2 * format.blockBytes)); // zeros, the second negative
  bytes[2 * format.blockBytes - 1] = 0x80;
  const rowBytes = columnCount * format.blockBytes;
  return {
    ...{ name, format, rowCount, columnCount },
    readRows: (first, count) => Promise.resolve(bytes.subarray(first * rowBytes, (first + count) * rowBytes)),
  };
}

function drawInput(seed: number, length: number): Float32Array {
  const stream = randomStream(seed);
  return Float32Array.from({ length }, () => (stream.uniform() - 0.5) * 2 ** stream.integer(-40, 8));
}

const bitsOf = (numbers: Float32Array): Uint32Array => new Uint32Array(numbers.slice().buffer);

describe.each(["F32", "F16", "BF16"] as const)("products with matrices of %s", (name) => {
  it.each([1, 7, 8, 9, 21])("have the bits of the plain loops over float32, %i rows", async (rowCount) => {
    const matrices = [drawMatrix(name, rowCount, 10), drawMatrix(name, rowCount + 2, 10)];
    for (const allowsSimd of [true, false]) {
      const products = await createNumberProducts(matrices, allowsSimd);
      expect(products.usesSimd).toBe(allowsSimd);
      for (const matrix of matrices) {
        const numbers = await readMatrix(matrix);
        const inputs = createRows(5, 10);
        for (let token = 0; token < 5; token++) rowOf(inputs, token).set(drawInput(token, 10));
        const [expected, found] = [createRows(5, matrix.rowCount), createRows(5, matrix.rowCount)];
        plainProducts.multiply(numbers, inputs, expected, 5);
        products.multiply(matrix, inputs, found, 5);
        expect(bitsOf(found.values)).toEqual(bitsOf(expected.values));
        const row = new Float32Array(10);
        products.copyRow(matrix, matrix.rowCount - 1, row);
        expect(bitsOf(row)).toEqual(bitsOf(numbers.subarray(-10)));
      }
    }
  });

  it("round as the plain loops do at the ends of float32, and stay not finite where the input is", async () => {
    const matrix = drawMatrix(name, 8, 4);
    const numbers = await readMatrix(matrix);
    const products = await createNumberProducts([matrix]);
    for (const value of [2 ** -149, -(2 ** -127), 3.4e38, Infinity, NaN]) {
      const inputs = createRows(1, 4);
      inputs.values.set([1, value, -value, 0.5]);
      const [expected, found] = [createRows(1, 8), createRows(1, 8)];
      plainProducts.multiply(numbers, inputs, expected, 1);
      products.multiply(matrix, inputs, found, 1);
      expect(found.values).toEqual(expected.values);
    }
  });

  it("hold a number in as many bytes as the file", async () => {
    const matrix = drawMatrix(name, 16, 64);
    const products = await createNumberProducts([matrix]);
    const fileBytes = 16 * 64 * formatOf(name).blockBytes;
    expect([products.heldBytes(matrix), products.matrixBytes]).toEqual([fileBytes, fileBytes]);
    expect(products.heldBytes(drawMatrix(name, 16, 64))).toBeUndefined();
  });
});

it("refuses what WebAssembly cannot address before anything is allocated", async () => {
  const matrix = { ...drawMatrix("F16", 1, 64), rowCount: 2 ** 26 };
  await expect(createNumberProducts([matrix])).rejects.toThrow(/choose a smaller model/);
});
