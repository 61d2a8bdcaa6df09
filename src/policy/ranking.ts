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

/** The `count` best slots, ascending. */
export function topSlots(scores: Float32Array, count: number): Int32Array {
  const ranked = Int32Array.from(scores, (_, slot) => slot).sort(byScoreThenSlot(scores));
  return ranked.slice(0, count).sort();
}
