// Products through WebAssembly SIMD: about three times as fast as the plain loops and equal to them in every bit.
// The matrices are copied once into the module's memory, eight rows interleaved, as packedProduct.wat wants them.

import { assert } from "../../../lib/errors";
import { isStored, matricesOf, type ModelWeights, type WeightMatrix } from "../../../model/weights";
import type { MatrixProducts, RowProducts, Rows } from "../products";
import { copyPlainRow, rowOf } from "../products";
import { openModule, pagesOf } from "./openModule";
import { packedProductModule } from "./packedProductModule";

/** Rows that lie interleaved in the memory of packedProduct.wat. */
export const BLOCK_ROWS = 8;
/** The copy doubles what the weights take; a tab has about four times this. */
const LARGEST_COPY_BYTES = 1024 ** 3;

interface Packed {
  readonly offset: number; // in floats
  readonly columnCount: number;
  readonly blockCount: number;
}

/** packedProduct.wat: byte offsets of matrix, input and output, then the number of blocks and of columns. */
type OffsetsAndCounts = readonly [number, number, number, number, number];
type Multiply = (...offsetsAndCounts: OffsetsAndCounts) => void;

/** Null where there is no SIMD, or no memory for a second copy of the weights. */
export function createSimdProducts(weights: ModelWeights): MatrixProducts | null {
  const matrices = plainMatricesOf(weights);
  const wanted = [...matrices].map(([matrix, columnCount]) => packedSize(matrix, columnCount));
  const widest = Math.max(0, ...matrices.values(), ...wanted.map(({ rowCount }) => rowCount));
  const scratch = BLOCK_ROWS * Math.ceil(widest / BLOCK_ROWS);
  const floatCount = wanted.reduce((count, { floats }) => count + floats, 2 * scratch);
  const opened = 4 * floatCount > LARGEST_COPY_BYTES ? null : openProducts(Math.max(4, 4 * floatCount));
  if (opened === null) return null;
  const { memory, multiply } = opened;
  const rows = createRowProducts();
  if (rows === null) return null;
  const floats = new Float32Array(memory.buffer);

  const packed = new Map<WeightMatrix, Packed>();
  let offset = 2 * scratch;
  for (const [matrix, columnCount] of matrices) {
    const { rowCount, floats: size } = packedSize(matrix, columnCount);
    packRows(matrix, columnCount, floats.subarray(offset, offset + size));
    packed.set(matrix, { offset, columnCount, blockCount: rowCount / BLOCK_ROWS });
    offset += size;
  }

  return {
    ...{ copyBytes: floats.byteLength, scratchBytes: 0 },
    rows,
    copyRow: copyPlainRow,
    multiply: (matrix: WeightMatrix, inputs: Rows, outputs: Rows, tokenCount: number) => {
      const found = packed.get(matrix);
      assert(found !== undefined, "the matrix is one of the model’s");
      const { columnCount, blockCount } = found;
      for (let token = 0; token < tokenCount; token++) {
        floats.set(rowOf(inputs, token));
        multiply(4 * found.offset, 0, 4 * scratch, blockCount, columnCount);
        rowOf(outputs, token).set(floats.subarray(scratch, scratch + outputs.width));
      }
    },
  };
}

function plainMatricesOf(weights: ModelWeights): Map<Float32Array, number> {
  const plain = new Map<Float32Array, number>();
  for (const [matrix, columnCount] of matricesOf(weights)) if (!isStored(matrix)) plain.set(matrix, columnCount);
  return plain;
}

/** Rows are filled up with zeros to whole blocks. */
function packedSize(matrix: Float32Array, columnCount: number): { rowCount: number; floats: number } {
  const rowCount = BLOCK_ROWS * Math.ceil(matrix.length / columnCount / BLOCK_ROWS);
  return { rowCount, floats: rowCount * columnCount };
}

/** matrix [row][column] → packed [block][column][row of the block] */
function packRows(matrix: Float32Array, columnCount: number, packed: Float32Array): void {
  const rowCount = matrix.length / columnCount;
  let to = 0;
  for (let firstRow = 0; firstRow < rowCount; firstRow += BLOCK_ROWS) {
    for (let column = 0; column < columnCount; column++) {
      for (let row = firstRow; row < firstRow + BLOCK_ROWS; row++) {
        packed[to++] = row < rowCount ? matrix[row * columnCount + column] : 0;
      }
    }
  }
}

/** Packs the rows of an event in float64, into a memory of its own that grows to the largest event so far. */
function createRowProducts(): RowProducts | null {
  const opened = openProducts(1);
  if (opened === null) return null;
  const { memory, multiplyPair, pack, exponentials } = opened;
  let floats = new Float32Array(memory.buffer);
  let doubles = new Float64Array(memory.buffer);
  const makeRoom = (byteCount: number): void => {
    if (byteCount <= doubles.byteLength) return;
    memory.grow(pagesOf(byteCount - doubles.byteLength));
    floats = new Float32Array(memory.buffer);
    doubles = new Float64Array(memory.buffer);
  };
  // The rows come first, then the vectors, then the products.
  let columnCount = 0;
  let vectorsAt = 0; // in doubles
  let productsAt = 0; // in floats
  return {
    setRows: (rows, givenColumnCount) => {
      columnCount = givenColumnCount;
      const { rowCount, floats: size } = packedSize(rows, columnCount);
      vectorsAt = size;
      makeRoom(8 * size + 4 * size);
      floats.set(rows, 2 * size);
      pack(8 * size, 0, rowCount / BLOCK_ROWS, columnCount);
    },
    multiply: (vectors, rowCount) => {
      const blockCount = Math.ceil(rowCount / BLOCK_ROWS);
      const stride = blockCount * BLOCK_ROWS;
      const pairCount = Math.ceil(vectors.length / columnCount / 2);
      productsAt = 2 * (vectorsAt + 2 * pairCount * columnCount);
      const productCount = 2 * pairCount * stride;
      makeRoom(4 * (productsAt + productCount + 1)); // exponentials are read in pairs
      doubles.set(vectors, vectorsAt);
      for (let pair = 0; pair < pairCount; pair++) {
        const pairAt = 8 * (vectorsAt + 2 * pair * columnCount);
        multiplyPair(0, pairAt, 4 * (productsAt + 2 * pair * stride), blockCount, columnCount);
      }
      return { values: floats.subarray(productsAt, productsAt + productCount), stride };
    },
    exponentiate: ({ start, end }, peak, scale, sum = 0) =>
      exponentials(4 * (productsAt + start), end - start, peak, scale, sum),
  };
}

interface Kernels {
  readonly multiply: Multiply;
  /** Of weights of 16 bits; behind the counts the offset of room for a block, and what makes float64 of them: times, mask, factor. */
  readonly multiplyHalves: (...numbers: [...OffsetsAndCounts, number, number, number, number]) => void;
  readonly multiplyPair: Multiply;
  /** Byte offsets of the rows and of where they go, then the number of blocks and of columns. */
  readonly pack: (...offsetsAndCounts: [number, number, number, number]) => void;
  readonly exponentials: (...atCountPeakScaleSum: [number, number, number, number, number]) => number;
}

/** The kernels of packedProduct.wat over a memory of so many bytes; null where there is no SIMD, or no such memory. */
export function openProducts(byteLength: number): ({ readonly memory: WebAssembly.Memory } & Kernels) | null {
  const opened = openModule(packedProductModule, byteLength);
  return opened && { memory: opened.memory, ...(opened.exports as unknown as Kernels) };
}
