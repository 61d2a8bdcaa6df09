// The matrix products of a model on the CPU: of arrays of float32 (products.ts, simd/simdProducts.ts), and of matrices that stay as
// their file stores them, number by number (numberProducts.ts) or in blocks (storedProducts.ts).

import { assert } from "../../lib/errors";
import { isStored, matricesOf, type ModelWeights, type StoredMatrix } from "../../model/weights";
import { createNumberProducts } from "./numberProducts";
import { plainProducts, type MatrixProducts } from "./products";
import { createSimdProducts } from "./simd/simdProducts";
import { createBlockProducts, type StoredProducts } from "./storedProducts";

export interface CpuProducts {
  readonly products: MatrixProducts;
  readonly usesSimd: boolean;
  /** Of the matrices that a forward multiplies with, as they are held. */
  readonly readBytes: number;
}

/** Reads what is still in the model's file. Rejects with InputError where that fails. */
export async function createCpuProducts(weights: ModelWeights): Promise<CpuProducts> {
  const stored = [...new Set([...matricesOf(weights).keys(), weights.embedding])].filter(isStored);
  const simd = createSimdProducts(weights);
  const plain = simd ?? plainProducts;
  const byType = new Map<StoredMatrix["format"]["type"], StoredProducts>();
  for (const [type, create] of [
    ["numbers", createNumberProducts],
    ["blocks", createBlockProducts],
  ] as const) {
    const matrices = stored.filter(({ format }) => format.type === type);
    if (matrices.length > 0) byType.set(type, await create(matrices));
  }
  const productsOf = ({ format }: StoredMatrix): StoredProducts => {
    const products = byType.get(format.type);
    assert(products !== undefined, "a model with stored matrices has their products");
    return products;
  };
  let readBytes = 0;
  for (const matrix of matricesOf(weights).keys()) {
    readBytes += isStored(matrix) ? (productsOf(matrix).heldBytes(matrix) ?? 0) : matrix.byteLength;
  }
  if (stored.length === 0) return { products: plain, usesSimd: simd !== null, readBytes };
  const all = [...byType.values()];
  const sum = (pick: (of: StoredProducts) => number): number => all.reduce((bytes, each) => bytes + pick(each), 0);
  // Without plain arrays to multiply, their module's memory holds no weights.
  const hasPlain = [...matricesOf(weights).keys()].some((matrix) => !isStored(matrix));
  const products: MatrixProducts = {
    multiply: (matrix, inputs, outputs, tokenCount) => {
      if (isStored(matrix)) productsOf(matrix).multiply(matrix, inputs, outputs, tokenCount);
      else plain.multiply(matrix, inputs, outputs, tokenCount);
    },
    copyRow: (matrix, row, output) => {
      if (isStored(matrix)) productsOf(matrix).copyRow(matrix, row, output);
      else plain.copyRow(matrix, row, output);
    },
    copyBytes: sum(({ matrixBytes }) => matrixBytes) + (hasPlain ? plain.copyBytes : 0),
    scratchBytes: sum(({ scratchBytes }) => scratchBytes) + (hasPlain ? 0 : plain.copyBytes),
    rows: plain.rows,
  };
  return { products, usesSimd: simd !== null && all.every(({ usesSimd }) => usesSimd), readBytes };
}
