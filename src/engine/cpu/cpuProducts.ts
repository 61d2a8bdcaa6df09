// The matrix products of a model on the CPU: matrices of plain numbers in float64 (products.ts, simd/simdProducts.ts), those
// that the file stores in blocks as they are (storedProducts.ts).

import { assert } from "../../lib/errors";
import { readMatrix } from "../../model/readMatrix";
import {
  isStored,
  matricesOf,
  mapMatrices,
  type ModelWeights,
  type StoredMatrix,
  type WeightMatrix,
} from "../../model/weights";
import { plainProducts, type MatrixProducts } from "./products";
import { createSimdProducts } from "./simd/simdProducts";
import { createStoredProducts } from "./storedProducts";

export interface CpuProducts {
  readonly products: MatrixProducts;
  readonly usesSimd: boolean;
  /** Of the matrices that a forward multiplies with, as they are held. */
  readonly readBytes: number;
}

/** Reads what is still in the model's file. Rejects with InputError where that fails. */
export async function createCpuProducts(weights: ModelWeights): Promise<CpuProducts> {
  const stored = [...new Set([...matricesOf(weights).keys(), weights.embedding])].filter(isStored);
  const numbers = new Map<WeightMatrix, Float32Array>();
  for (const matrix of stored) if (matrix.format.type === "numbers") numbers.set(matrix, await readMatrix(matrix));
  const plainOf = (matrix: WeightMatrix): WeightMatrix => numbers.get(matrix) ?? matrix;
  const simd = createSimdProducts(numbers.size === 0 ? weights : mapMatrices(weights, plainOf));
  const plain = simd ?? plainProducts;
  const inBlocks = stored.filter((matrix) => matrix.format.type === "blocks");
  const blocks = inBlocks.length === 0 ? null : await createStoredProducts(inBlocks);
  const isInBlocks = (matrix: WeightMatrix): matrix is StoredMatrix =>
    isStored(matrix) && matrix.format.type === "blocks";
  const widenedBytes = [...numbers.values()].reduce((bytes, values) => bytes + values.byteLength, 0);
  // Without numbers to multiply, their module's memory holds no weights.
  const hasPlain = [...matricesOf(weights).keys()].some((matrix) => !isInBlocks(matrix));
  const products: MatrixProducts = {
    multiply: (matrix, inputs, outputs, tokenCount) => {
      if (!isInBlocks(matrix)) plain.multiply(plainOf(matrix), inputs, outputs, tokenCount);
      else {
        assert(blocks !== null, "a model with blocks has their products");
        blocks.multiply(matrix, inputs, outputs, tokenCount);
      }
    },
    copyRow: (matrix, row, output) => {
      if (!isInBlocks(matrix)) plain.copyRow(plainOf(matrix), row, output);
      else blocks?.copyRow(matrix, row, output);
    },
    copyBytes: widenedBytes + (blocks?.matrixBytes ?? 0) + (hasPlain ? plain.copyBytes : 0),
    scratchBytes: (blocks?.scratchBytes ?? 0) + (hasPlain ? 0 : plain.copyBytes),
    rows: plain.rows,
  };
  let readBytes = 0;
  for (const matrix of matricesOf(weights).keys()) {
    if (!isStored(matrix)) readBytes += matrix.byteLength;
    else readBytes += blocks?.heldBytes(matrix) ?? 4 * matrix.rowCount * matrix.columnCount;
  }
  if (stored.length === 0) return { products: plain, usesSimd: simd !== null, readBytes };
  return { products, usesSimd: simd !== null && (blocks?.usesSimd ?? true), readBytes };
}
