// Stored matrices as float32, for code that cannot compute with blocks: read slab by slab into one array.

import { dequantiseRow } from "./weightFormats";
import {
  isStored,
  mapMatrices,
  matricesOf,
  rowBytesOf,
  type ModelWeights,
  type StoredMatrix,
  type WeightMatrix,
} from "./weights";

const SLAB_BYTES = 2 * 2 ** 20;

/** Slabs of whole rows, in order, each of about so many bytes. */
export async function* slabsOf(
  matrix: StoredMatrix,
  slabBytes = SLAB_BYTES,
): AsyncGenerator<{ readonly firstRow: number; readonly rowCount: number; readonly bytes: Uint8Array }> {
  const slabRows = Math.max(1, Math.floor(slabBytes / rowBytesOf(matrix)));
  for (let firstRow = 0; firstRow < matrix.rowCount; firstRow += slabRows) {
    const rowCount = Math.min(slabRows, matrix.rowCount - firstRow);
    yield { firstRow, rowCount, bytes: await matrix.readRows(firstRow, rowCount) };
  }
}

export async function readMatrix(matrix: StoredMatrix): Promise<Float32Array> {
  const { format, rowCount, columnCount } = matrix;
  const values = new Float32Array(rowCount * columnCount);
  const rowBytes = rowBytesOf(matrix);
  for await (const slab of slabsOf(matrix)) {
    for (let row = 0; row < slab.rowCount; row++) {
      const start = (slab.firstRow + row) * columnCount;
      const bytes = slab.bytes.subarray(row * rowBytes, (row + 1) * rowBytes);
      dequantiseRow(format, bytes, values.subarray(start, start + columnCount));
    }
  }
  return values;
}

/** A model whose matrices are all float32. */
export async function widenWeights(weights: ModelWeights): Promise<ModelWeights> {
  const wide = new Map<WeightMatrix, Float32Array>();
  for (const matrix of new Set([...matricesOf(weights).keys(), weights.embedding])) {
    if (isStored(matrix)) wide.set(matrix, await readMatrix(matrix));
  }
  return wide.size === 0 ? weights : mapMatrices(weights, (matrix) => wide.get(matrix) ?? matrix);
}
