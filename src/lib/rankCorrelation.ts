// Spearman's rank correlation, and how far chance carries it: whatever the ties, a random order of n values has a
// correlation of mean 0 and standard deviation 1/√(n − 1) with any other.

/** Ranks from 1, the lowest value first; equal values share the mean of their ranks. */
export function averageRanks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from(values, (_, place) => place).sort((left, right) => values[left] - values[right]);
  const ranks = new Float64Array(values.length);
  for (let from = 0, until = 0; from < order.length; from = until) {
    while (until < order.length && values[order[until]] === values[order[from]]) until++;
    for (let place = from; place < until; place++) ranks[order[place]] = (from + 1 + until) / 2;
  }
  return ranks;
}

/** From −1 to 1; NaN where all values of a side are equal or there are fewer than three. */
export function rankCorrelation(one: ArrayLike<number>, other: ArrayLike<number>): number {
  const count = one.length;
  if (count < 3) return NaN;
  const [left, right] = [averageRanks(one), averageRanks(other)];
  const mean = (count + 1) / 2;
  let [leftSquares, rightSquares, products] = [0, 0, 0];
  for (let place = 0; place < count; place++) {
    const [x, y] = [left[place] - mean, right[place] - mean];
    leftSquares += x * x;
    rightSquares += y * y;
    products += x * y;
  }
  return leftSquares === 0 || rightSquares === 0 ? NaN : products / Math.sqrt(leftSquares * rightSquares);
}

/** Standard deviation of the rank correlation with a random order. */
export function chanceDeviation(count: number): number {
  return count < 2 ? NaN : 1 / Math.sqrt(count - 1);
}
