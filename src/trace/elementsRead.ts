// How many numbers of the cache a decode step reads in one layer: all of it, or latents of every slot and the selected slots.

/** What one layer reads for one token. */
export interface ReadCounts {
  /** Slots held, the token's own included. */
  readonly slotCount: number;
  /** Slots selected, by each set of the layer: one for all heads, or one for each KV head. */
  readonly selectedCount: number;
  /** KV heads times their dimensions: numbers of a token's keys, and as many of its values. */
  readonly width: number;
}

export function elementsReadDense({ slotCount, width }: Pick<ReadCounts, "slotCount" | "width">): number {
  return 2 * slotCount * width;
}

/** Leading coordinates of every slot; latents and whole values of the selected. */
export function elementsReadSelected(
  { slotCount, selectedCount, width }: ReadCounts,
  { rank, scoreRank }: { readonly rank: number; readonly scoreRank: number },
): number {
  return slotCount * scoreRank + selectedCount * (rank + width);
}

/** As SALS counts: values take as much as latents, because they are quantised. */
export function elementsReadInPaper(
  { slotCount, selectedCount }: Pick<ReadCounts, "slotCount" | "selectedCount">,
  { rank, scoreRank }: { readonly rank: number; readonly scoreRank: number },
): number {
  return slotCount * scoreRank + 2 * selectedCount * rank;
}
