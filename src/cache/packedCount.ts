// Which of a head's slots are packed, where entries are: all but the newest, in whole blocks. Nothing else has to be kept of it.

export interface Packing {
  /** R: as many of the newest slots at least stay as computed. */
  readonly residualSlots: number;
  /** Slots that are packed together. */
  readonly blockSlots: number;
}

/** How many of a head's slots are packed when it uses so many: those from 0 on. */
export function packedCountOf({ residualSlots, blockSlots }: Packing, lengthSlots: number): number {
  return Math.floor(Math.max(0, lengthSlots - residualSlots) / blockSlots) * blockSlots;
}
