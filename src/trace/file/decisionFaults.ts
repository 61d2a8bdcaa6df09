// Whether other totals lead to the same survivors of one head at one event, and which candidates stand in the way. The
// rule is that of every decision: who must stay (Infinity), who is protected, then the higher total, then the lower slot.

import { admissionRank, type AdmissionRow } from "../../policy/admission";

type CutRow = AdmissionRow & { readonly survivors: Int32Array };

/**
 * Slots whose other totals put them on the wrong side of the cut, or level with it, or apart where they were level; empty
 * where the survivors follow from the others as they did. Null where they did not follow from the totals in the first place.
 */
export function decisionFaults(row: CutRow, others: Float32Array): number[] | null {
  const ranks = Uint8Array.from(row.total, (_, slot) => admissionRank(row, slot));
  const { kept, gone } = sidesOf(row);
  const lowestKept = kept.reduce((lowest, slot) => Math.min(lowest, ranks[slot]), Infinity);
  const highestGone = gone.reduce((highest, slot) => Math.max(highest, ranks[slot]), -Infinity);
  if (lowestKept < highestGone) return null;
  // Only in this rank some stay and some go.
  const contested = (slot: number): boolean => lowestKept === highestGone && ranks[slot] === lowestKept;
  const [staying, leaving] = [kept.filter(contested), gone.filter(contested)];
  const [cut, refused] = [least(row.total, staying), most(row.total, leaving)];
  if (cut < refused) return null;
  const isLevel = (slot: number): boolean => cut === refused && row.total[slot] === cut;
  const level = [...staying, ...leaving].filter(isLevel);
  const faults = [
    ...level.filter(() => level.some((slot) => others[slot] !== others[level[0]])),
    ...wrongSides(others, { above: staying.filter((slot) => !isLevel(slot)), below: leaving }),
    ...wrongSides(others, { above: staying, below: leaving.filter((slot) => !isLevel(slot)) }),
    ...[...kept, ...gone].filter((slot) => Number.isFinite(row.total[slot]) && !Number.isFinite(others[slot])),
  ];
  return [...new Set(faults)];
}

function sidesOf({ total, survivors }: CutRow): { kept: number[]; gone: number[] } {
  const isKept = new Uint8Array(total.length);
  for (const slot of survivors) if (slot < total.length) isKept[slot] = 1;
  const slots = Array.from(total, (_, slot) => slot);
  return { kept: slots.filter((slot) => isKept[slot] === 1), gone: slots.filter((slot) => isKept[slot] === 0) };
}

/** Everyone of `above` should be above everyone of `below`: those who are not, of both. */
function wrongSides(
  total: Float32Array,
  { above, below }: { readonly above: readonly number[]; readonly below: readonly number[] },
): number[] {
  const [lowest, highest] = [least(total, above), most(total, below)];
  if (above.length === 0 || below.length === 0 || lowest > highest) return [];
  return [...above.filter((slot) => total[slot] <= highest), ...below.filter((slot) => total[slot] >= lowest)];
}

function least(total: Float32Array, slots: readonly number[]): number {
  return slots.reduce((lowest, slot) => Math.min(lowest, total[slot]), Infinity);
}

function most(total: Float32Array, slots: readonly number[]): number {
  return slots.reduce((highest, slot) => Math.max(highest, total[slot]), -Infinity);
}
