// Choosing block after block (NVIDIA/kvpress 8bb29b9, block_press.py, after KeyDiff's block prompt processing): the first
// slots stay as far as they fit, then each block joins them and the best of both stay. Scores see only the slots on hand.
//
//   slots    0 … B−1 │ block │ block │ …        kept ── with the next block ──► kept ── … ──► survivors

export interface BlockHead {
  readonly lengthSlots: number;
  readonly keepSlots: number;
}

/** Of the slots on hand in each head, ascending, those that stay, ascending. [head] */
export type ChooseOnHand = (onHand: readonly Int32Array[]) => Promise<readonly Int32Array[]>;

/** The survivors of each head; all heads take their blocks in step. [head] */
export async function chooseByBlocks(
  heads: readonly BlockHead[],
  blockSlots: number,
  choose: ChooseOnHand,
): Promise<readonly Int32Array[]> {
  const firstOf = ({ lengthSlots, keepSlots }: BlockHead): number => Math.min(lengthSlots, keepSlots);
  let kept: readonly Int32Array[] = heads.map((head) => slotsBetween(0, firstOf(head)));
  const roundCount = Math.max(...heads.map((head) => Math.ceil((head.lengthSlots - firstOf(head)) / blockSlots)));
  for (let round = 0; round < roundCount; round++) {
    const onHand = heads.map((head, place) => {
      const start = firstOf(head) + round * blockSlots;
      const block = slotsBetween(start, Math.min(head.lengthSlots, start + blockSlots));
      return Int32Array.of(...kept[place], ...block);
    });
    kept = await choose(onHand);
  }
  return kept;
}

function slotsBetween(start: number, end: number): Int32Array {
  return Int32Array.from({ length: Math.max(0, end - start) }, (_, place) => start + place);
}
