// The product's one rule for order among scores: the higher first, then the lower slot. The reference leaves ties to
// its library's top-k, and pooling makes ties by construction.

/** Compares two slots, for sort. */
export function byScoreThenSlot(scores: ArrayLike<number>): (left: number, right: number) => number {
  return (left, right) => {
    if (scores[left] > scores[right]) return -1;
    if (scores[left] < scores[right]) return 1;
    return left - right;
  };
}
