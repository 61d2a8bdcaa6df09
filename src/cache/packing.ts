// Which ways to store entries pack them, and which of a head's slots are packed then: all but the newest, in whole blocks.
// Nothing else has to be kept of it.

/** Values of the parameter `storage` under which entries are codes of a few bits. */
export const codedStorages: readonly string[] = ["quantised", "kivi", "tada"];

/** `storage` as a run has it, which may be one of an earlier version. */
export function storesCodes(storage: unknown): boolean {
  return codedStorages.some((coded) => coded === storage);
}

/** Whether entries take fewer bytes than as computed. ThinK ("thin") clears channels and frees none. */
export function storesFewerBytes(storage: unknown): boolean {
  return storage === "half" || storesCodes(storage);
}

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
