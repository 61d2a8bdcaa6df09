// The direction that a cloud of vectors lies along: the first right singular vector of its rows, as Q-Filters takes it; and the
// filter of a KV head, which points the other way.

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

/**
 * Of a group's query heads: of length 1, away from the mean of their directions, because a key is worth minus its product with the
 * filter (NVIDIA/kvpress qfilter_press.py) and those that lie on the queries' side are looked at. And the mean of what each explains.
 */
export function filterOf(group: readonly Scatter[]): { filter: Float64Array; explained: number } {
  const found = group.map(principalDirection);
  const sum = found[0].direction.map((_, dim) => found.reduce((total, { direction }) => total + direction[dim], 0));
  const length = Math.hypot(...sum);
  const explained = found.reduce((total, head) => total + head.explained, 0) / found.length;
  return { filter: sum.map((entry) => (length > 0 ? -entry / length : 0)), explained };
}
