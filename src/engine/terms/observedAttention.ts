// Term "observedAttention": what each slot of one KV head received since it was written, for every query that could see it
// (kvpress observed_attention_press.py at 8bb29b9: their H2O). The sums are added up in every forward and move with the slots.
// Plain twin of the GPU kernels receivedAttention and observedAttention.

/** Adds one forward's row, the mean over its group, to the sums of the slots. The newest slot, the last of the row, starts at 0. */
export function addReceived(sums: Float64Array, groupRows: readonly Float32Array[]): void {
  const newest = groupRows[0].length - 1;
  sums[newest] = 0;
  for (const row of groupRows) {
    for (let slot = 0; slot <= newest; slot++) sums[slot] += row[slot] / groupRows.length;
  }
}

/** A slot was seen by the query of its own position and by all since. sums and positions [slot] → [slot] */
export function observedAttention(
  sums: ArrayLike<number>,
  positions: Int32Array,
  newestPosition: number,
): Float32Array {
  return Float32Array.from(positions, (position, slot) => sums[slot] / (newestPosition - position + 1));
}
