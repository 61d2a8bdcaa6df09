// Products through WebAssembly SIMD: about three times as fast as the plain loops and equal to them in every bit.
// The matrices are copied once into the module's memory, eight rows interleaved, as packedProduct.wat wants them.

import { assert } from "../../../lib/errors";
import type { ModelWeights } from "../../../model/weights";
import type { MatrixProducts } from "../products";
import type { Rows } from "../rows";
import { rowOf } from "../rows";
import { packedProductModule } from "./packedProductModule";

const BLOCK_ROWS = 8;
const PAGE_BYTES = 65_536;
/** The copy doubles what the weights take; a tab has about four times this. */
const LARGEST_COPY_BYTES = 1024 ** 3;

interface Packed {
  readonly offset: number; // in floats
  readonly columnCount: number;
  readonly blockCount: number;
}

/** packedProduct.wat: byte offsets of matrix, input and output, then the number of blocks and of columns. */
type Multiply = (...offsetsAndCounts: [number, number, number, number, number]) => void;

/** Null where there is no SIMD, or no memory for a second copy of the weights. */
export function createSimdProducts(weights: ModelWeights): MatrixProducts | null {
  const matrices = matricesOf(weights);
  const wanted = [...matrices].map(([matrix, columnCount]) => packedSize(matrix, columnCount));
  const widest = Math.max(...[...matrices.values()], ...wanted.map(({ rowCount }) => rowCount));
  const scratch = BLOCK_ROWS * Math.ceil(widest / BLOCK_ROWS);
  const floatCount = wanted.reduce((count, { floats }) => count + floats, 2 * scratch);
  const opened = openModule(4 * floatCount);
  if (opened === null) return null;
  const { floats, multiply } = opened;

  const packed = new Map<Float32Array, Packed>();
  let offset = 2 * scratch;
  for (const [matrix, columnCount] of matrices) {
    const { rowCount, floats: size } = packedSize(matrix, columnCount);
    packRows(matrix, columnCount, floats.subarray(offset, offset + size));
    packed.set(matrix, { offset, columnCount, blockCount: rowCount / BLOCK_ROWS });
    offset += size;
  }

  return {
    copyBytes: floats.byteLength,
    multiply: (matrix: Float32Array, inputs: Rows, outputs: Rows, tokenCount: number) => {
      const found = packed.get(matrix);
      assert(found !== undefined, "the matrix is one of the model's");
      const { columnCount, blockCount } = found;
      for (let token = 0; token < tokenCount; token++) {
        floats.set(rowOf(inputs, token));
        multiply(4 * found.offset, 0, 4 * scratch, blockCount, columnCount);
        rowOf(outputs, token).set(floats.subarray(scratch, scratch + outputs.width));
      }
    },
  };
}

/** Every matrix that a forward multiplies with, and its number of columns. A tied output counts once. */
function matricesOf({ layers, output, finalNorm }: ModelWeights): Map<Float32Array, number> {
  const hiddenSize = finalNorm.length;
  const matrices = new Map([[output, hiddenSize]]);
  for (const layer of layers) {
    for (const matrix of [layer.query, layer.key, layer.value, layer.gate, layer.up]) matrices.set(matrix, hiddenSize);
    for (const matrix of [layer.attentionOutput, layer.down]) matrices.set(matrix, matrix.length / hiddenSize);
  }
  return matrices;
}

/** Rows are filled up with zeros to whole blocks. */
function packedSize(matrix: Float32Array, columnCount: number): { rowCount: number; floats: number } {
  const rowCount = BLOCK_ROWS * Math.ceil(matrix.length / columnCount / BLOCK_ROWS);
  return { rowCount, floats: rowCount * columnCount };
}

/** matrix [row][column] → packed [block][column][row of the block] */
function packRows(matrix: Float32Array, columnCount: number, packed: Float32Array): void {
  const rowCount = matrix.length / columnCount;
  for (let row = 0; row < rowCount; row++) {
    const start = (row - (row % BLOCK_ROWS)) * columnCount + (row % BLOCK_ROWS);
    for (let column = 0; column < columnCount; column++) {
      packed[start + column * BLOCK_ROWS] = matrix[row * columnCount + column];
    }
  }
}

function openModule(byteLength: number): { floats: Float32Array; multiply: Multiply } | null {
  const bytes = Uint8Array.from(atob(packedProductModule), (letter) => letter.charCodeAt(0));
  if (byteLength > LARGEST_COPY_BYTES || typeof WebAssembly === "undefined" || !WebAssembly.validate(bytes))
    return null;
  const pageCount = Math.ceil(byteLength / PAGE_BYTES);
  const memory = allocate(pageCount);
  if (memory === null) return null;
  const module = compile(bytes);
  if (module === null) return null;
  const { exports } = new WebAssembly.Instance(module, { host: { memory } });
  return { floats: new Float32Array(memory.buffer), multiply: exports.multiply as Multiply };
}

/** Null where the host's security policy forbids WebAssembly. */
function compile(bytes: BufferSource): WebAssembly.Module | null {
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return null;
    throw error;
  }
}

function allocate(pageCount: number): WebAssembly.Memory | null {
  try {
    return new WebAssembly.Memory({ initial: pageCount, maximum: pageCount });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
