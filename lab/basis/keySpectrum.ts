// How the keys of one layer vary: the eigenvectors of XᵀX over all heads jointly, not centred, and how much of the keys'
// squared length the leading ones hold (SALS, calibration).

import { symmetricEigen, type Eigen } from "./symmetricEigen";

/** XᵀX of rows added so far, and how many. */
export interface KeyScatter {
  readonly size: number;
  readonly matrix: Float64Array; // [dim][dim], the upper triangle
  rowCount: number;
}

export function createKeyScatter(size: number): KeyScatter {
  return { size, matrix: new Float64Array(size * size), rowCount: 0 };
}

export function addKeys(scatter: KeyScatter, row: Float32Array): void {
  const { size, matrix } = scatter;
  for (let left = 0; left < size; left++) {
    const factor = row[left];
    for (let right = left; right < size; right++) matrix[left * size + right] += factor * row[right];
  }
  scatter.rowCount++;
}

/** Of XᵀX / N, without subtracting the mean. */
export function keyEigen(scatter: KeyScatter): Eigen {
  return partEigen(scatter, 0, scatter.size);
}

/** Of one head's part of the keys, by itself. */
export function headEigen(scatter: KeyScatter, headCount: number, head: number): Eigen {
  const headDim = scatter.size / headCount;
  return partEigen(scatter, head * headDim, headDim);
}

/** Share of the squared length that the leading `rank` directions hold. */
export function energyShare({ values }: Pick<Eigen, "values">, rank: number): number {
  const total = values.reduce((sum, value) => sum + value, 0);
  return values.subarray(0, rank).reduce((sum, value) => sum + value, 0) / total;
}

/** The same where every head has directions of its own, `rank` of them together; null where they cannot be divided evenly. */
export function perHeadEnergyShare(scatter: KeyScatter, headCount: number, rank: number): number | null {
  if (rank % headCount !== 0) return null;
  let [held, total] = [0, 0];
  for (let head = 0; head < headCount; head++) {
    headEigen(scatter, headCount, head).values.forEach((value, place) => {
      total += value;
      if (place < rank / headCount) held += value;
    });
  }
  return held / total;
}

/** Of the square block of XᵀX / N that begins at (first, first). */
function partEigen({ matrix, size, rowCount }: KeyScatter, first: number, partSize: number): Eigen {
  const part = new Float64Array(partSize * partSize);
  for (let row = 0; row < partSize; row++) {
    for (let column = row; column < partSize; column++) {
      const entry = matrix[(first + row) * size + first + column] / rowCount;
      part[row * partSize + column] = entry;
      part[column * partSize + row] = entry;
    }
  }
  return symmetricEigen(part, partSize);
}
