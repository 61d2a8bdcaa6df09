// The direction that a cloud of vectors lies along: the first right singular vector of its rows, as Q-Filters takes it.

/** XᵀX of rows added so far. */
export interface Scatter {
  readonly matrix: Float64Array; // [dim][dim]
  readonly sum: Float64Array; // [dim]
}

export function createScatter(size: number): Scatter {
  return { matrix: new Float64Array(size * size), sum: new Float64Array(size) };
}

export function addRow({ matrix, sum }: Scatter, row: Float32Array): void {
  const size = sum.length;
  for (let left = 0; left < size; left++) {
    sum[left] += row[left];
    for (let right = 0; right < size; right++) matrix[left * size + right] += row[left] * row[right];
  }
}

/** Of length 1, on the side of the rows' mean; and which part of the rows' squared length lies along it. */
export function principalDirection({ matrix, sum }: Scatter): { direction: Float64Array; explained: number } {
  const size = sum.length;
  let direction = Float64Array.from(sum, (entry, dim) => entry + (dim + 1) * 1e-9);
  let along = 0;
  for (let turn = 0; turn < 500; turn++) {
    const next = Float64Array.from({ length: size }, (_, row) => {
      let product = 0;
      for (let column = 0; column < size; column++) product += matrix[row * size + column] * direction[column];
      return product;
    });
    along = Math.hypot(...next);
    if (!(along > 0)) break;
    direction = next.map((entry) => entry / along);
  }
  const side = direction.reduce((product, entry, dim) => product + entry * sum[dim], 0) < 0 ? -1 : 1;
  let total = 0;
  for (let dim = 0; dim < size; dim++) total += matrix[dim * size + dim];
  return { direction: direction.map((entry) => side * entry), explained: total > 0 ? along / total : 0 };
}
