// Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations in float64: slow, exact and short.
// (Golub and Van Loan, Matrix Computations, section 8.5.)

export interface Eigen {
  readonly values: Float64Array; // descending
  readonly vectors: Float64Array; // [place][dim], of length 1
}

const SWEEPS = 60;

/** matrix [row][column] of `size` rows; stays as it is. */
export function symmetricEigen(matrix: Float64Array, size: number): Eigen {
  const work = matrix.slice();
  const vectors = new Float64Array(size * size); // [place][dim]
  for (let dim = 0; dim < size; dim++) vectors[dim * size + dim] = 1;
  const total = work.reduce((sum, entry) => sum + entry * entry, 0);
  for (let sweep = 0; sweep < SWEEPS && offDiagonal(work, size) > 1e-30 * total; sweep++) {
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(work, vectors, size, [p, q]);
  }
  const order = Array.from({ length: size }, (_, place) => place).sort(
    (left, right) => work[right * size + right] - work[left * size + left],
  );
  const sorted = new Float64Array(size * size);
  order.forEach((from, place) => sorted.set(vectors.subarray(from * size, (from + 1) * size), place * size));
  return { values: Float64Array.from(order, (place) => work[place * size + place]), vectors: sorted };
}

function offDiagonal(work: Float64Array, size: number): number {
  let squares = 0;
  for (let row = 0; row < size; row++)
    for (let column = 0; column < row; column++) squares += work[row * size + column] ** 2;
  return squares;
}

/** Turns rows and columns p and q so that their common entry becomes 0. */
function rotate(work: Float64Array, vectors: Float64Array, size: number, [p, q]: readonly [number, number]): void {
  const shared = work[p * size + q];
  if (shared === 0) return;
  const theta = (work[q * size + q] - work[p * size + p]) / (2 * shared);
  const tangent = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const cosine = 1 / Math.hypot(tangent, 1);
  const sine = tangent * cosine;
  for (let at = 0; at < size; at++) turn(work, [at * size + p, at * size + q], cosine, sine);
  for (let at = 0; at < size; at++) turn(work, [p * size + at, q * size + at], cosine, sine);
  for (let at = 0; at < size; at++) turn(vectors, [p * size + at, q * size + at], cosine, sine);
}

function turn(array: Float64Array, [p, q]: readonly [number, number], cosine: number, sine: number): void {
  const [atP, atQ] = [array[p], array[q]];
  array[p] = cosine * atP - sine * atQ;
  array[q] = sine * atP + cosine * atQ;
}
