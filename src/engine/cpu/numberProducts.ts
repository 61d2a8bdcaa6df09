// The matrices of a model that its file stores number by number, read once, slab by slab, into one memory of WebAssembly, where they
// stay as wide as they are stored: eight rows interleaved, as packedProduct.wat wants them. Products have the bits of the plain
// loops over the same numbers in float32, which take their place where there is no SIMD.

import { assert } from "../../lib/errors";
import { readMatrix, slabsOf } from "../../model/readMatrix";
import { dequantiseRow, type NumberFormat } from "../../model/weightFormats";
import type { StoredMatrix } from "../../model/weights";
import { copyPlainRow, plainProducts, rowOf } from "./products";
import { BLOCK_ROWS, openProducts } from "./simd/simdProducts";
import { refuseTooLarge, type StoredProducts } from "./storedProducts";

interface HeldMatrix {
  readonly format: NumberFormat;
  readonly columnCount: number;
  readonly blockCount: number;
  /** In bytes, a multiple of 16. */
  readonly offset: number;
}

/** Inputs are scaled up by this, so that no product with weights that are too small is lost: packedProduct.wat says more. */
const UP = 2 ** 890;
/** How packedProduct.wat makes a float64 of 16 bits: times what, under which mask, and what is left to multiply by. */
const widening: Readonly<Record<"F16" | "BF16", readonly [number, number, number]>> = {
  F16: [2 ** 10, 0x81ffffff, 2 ** (1008 - 890)],
  BF16: [2 ** 13, 0x8fffffff, 2 ** (896 - 890)],
};

/** Reads the matrices. Rejects with InputError where one cannot be read, or all of them are too large. */
export async function createNumberProducts(
  matrices: readonly StoredMatrix[],
  allowsSimd = true,
): Promise<StoredProducts> {
  const held = new Map<StoredMatrix, HeldMatrix>();
  const widest = Math.max(...matrices.map(({ columnCount, rowCount }) => Math.max(columnCount, rowCount)));
  const width = BLOCK_ROWS * Math.ceil(widest / BLOCK_ROWS);
  // Room for an input, in float32 or float64, for its products, and for a block of 16 bits; the matrices follow.
  const [outputAt, blockAt, scratchBytes] = [8 * width, 12 * width, 28 * width];
  let end = scratchBytes;
  for (const matrix of matrices) {
    const { format, columnCount } = matrix;
    assert(format.type === "numbers", "blocks are held elsewhere");
    const blockCount = Math.ceil(matrix.rowCount / BLOCK_ROWS);
    held.set(matrix, { format, columnCount, blockCount, offset: end });
    end += blockCount * BLOCK_ROWS * columnCount * format.blockBytes;
  }
  refuseTooLarge(end);
  const opened = allowsSimd ? openProducts(end) : null;
  if (opened === null) return createWideProducts(matrices);
  const { memory, multiply, multiplyHalves } = opened;
  const floats = new Float32Array(memory.buffer, 0, width);
  const doubles = new Float64Array(memory.buffer, 0, width);
  const products = new Float32Array(memory.buffer, outputAt, width);
  const placeOf = (matrix: StoredMatrix): HeldMatrix => {
    const place = held.get(matrix);
    assert(place !== undefined, "the matrix is one of the model’s");
    return place;
  };
  for (const [matrix, place] of held) await holdMatrix(matrix, place, memory.buffer);
  return {
    usesSimd: true,
    multiply: (matrix, inputs, outputs, tokenCount) => {
      const { format, columnCount, blockCount, offset } = placeOf(matrix);
      for (let token = 0; token < tokenCount; token++) {
        if (format.name === "F32") {
          floats.set(rowOf(inputs, token));
          multiply(offset, 0, outputAt, blockCount, columnCount);
        } else {
          rowOf(inputs, token).forEach((value, column) => (doubles[column] = value * UP));
          multiplyHalves(offset, 0, outputAt, blockCount, columnCount, blockAt, ...widening[format.name]);
        }
        rowOf(outputs, token).set(products.subarray(0, outputs.width));
      }
    },
    copyRow: (matrix, row, output) => {
      const place = placeOf(matrix);
      const numbers = arrayOf(place.format, new ArrayBuffer(output.length * place.format.blockBytes), 0);
      const packed = arrayOf(place.format, memory.buffer, place.offset);
      for (let column = 0; column < output.length; column++) numbers[column] = packed[placeIn(place, row, column)];
      dequantiseRow(place.format, new Uint8Array(numbers.buffer), output);
    },
    heldBytes: (matrix) => {
      const place = held.get(matrix);
      return place && matrix.rowCount * place.columnCount * place.format.blockBytes;
    },
    matrixBytes: end - scratchBytes,
    scratchBytes: memory.buffer.byteLength - end + scratchBytes,
  };
}

/** As float32, multiplied by the plain loops. */
async function createWideProducts(matrices: readonly StoredMatrix[]): Promise<StoredProducts> {
  const wide = new Map<StoredMatrix, Float32Array>();
  for (const matrix of matrices) wide.set(matrix, await readMatrix(matrix));
  const numbersOf = (matrix: StoredMatrix): Float32Array => {
    const numbers = wide.get(matrix);
    assert(numbers !== undefined, "the matrix is one of the model’s");
    return numbers;
  };
  return {
    usesSimd: false,
    multiply: (matrix, ...rows) => plainProducts.multiply(numbersOf(matrix), ...rows),
    copyRow: (matrix, ...place) => copyPlainRow(numbersOf(matrix), ...place),
    heldBytes: (matrix) => wide.get(matrix)?.byteLength,
    matrixBytes: [...wide.values()].reduce((bytes, numbers) => bytes + numbers.byteLength, 0),
    scratchBytes: 0,
  };
}

/** Numbers as they are stored, moved and not read. */
function arrayOf({ blockBytes }: NumberFormat, buffer: ArrayBuffer, offset: number): Uint16Array | Uint32Array {
  return blockBytes === 2 ? new Uint16Array(buffer, offset) : new Uint32Array(buffer, offset);
}

/** [block][column][row of the block] */
function placeIn({ columnCount }: HeldMatrix, row: number, column: number): number {
  return (Math.floor(row / BLOCK_ROWS) * columnCount + column) * BLOCK_ROWS + (row % BLOCK_ROWS);
}

async function holdMatrix(matrix: StoredMatrix, place: HeldMatrix, memory: ArrayBuffer): Promise<void> {
  const { format, columnCount } = place;
  const packed = arrayOf(format, memory, place.offset);
  for await (const { firstRow, rowCount, bytes } of slabsOf(matrix)) {
    // A copy begins at offset 0, where wider numbers can be read.
    const numbers = arrayOf(format, new Uint8Array(bytes).buffer, 0);
    for (let at = 0; at < rowCount; at++) {
      let to = placeIn(place, firstRow + at, 0);
      for (let from = at * columnCount; from < (at + 1) * columnCount; from++, to += BLOCK_ROWS)
        packed[to] = numbers[from];
    }
  }
}
