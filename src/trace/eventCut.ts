// Where an event cut between totals: the last that was admitted and how far it stands above the first that was turned
// away. The rule of order is that of every decision: who must stay, who is protected, then the higher total.

import { headRow, rowCount } from "../cache/headRows";
import type { EvictionEvent } from "./trace";

export interface CutRow {
  readonly total: Float32Array; // [candidate]
  /** Ascending; those from total.length on are the window. */
  readonly survivors: Int32Array;
  /** Candidates that leave only when nothing else is left; null for none. 1 = protected. [candidate] */
  readonly isProtected: Uint8Array | null;
}

export interface Cut {
  readonly cutOff: number;
  readonly margin: number;
}

/** The order of a decision before totals count: 2 must stay, 1 is protected. */
export function rankOf({ total, isProtected }: CutRow, slot: number): number {
  return total[slot] === Infinity ? 2 : (isProtected?.[slot] ?? 0);
}

/** cutOff Infinity where no candidate stayed; margin Infinity where none left. A total of NaN counts on neither side. */
export function cutOfRow(row: CutRow): Cut {
  const { total, survivors } = row;
  let [keptRank, refusedRank] = [Infinity, -Infinity];
  let [cutOff, refused] = [Infinity, -Infinity];
  let kept = 0;
  for (let slot = 0; slot < total.length; slot++) {
    const rank = rankOf(row, slot);
    const isKept = survivors[kept] === slot;
    if (isKept) kept++;
    if (Number.isNaN(total[slot])) continue;
    if (isKept) {
      if (rank < keptRank || (rank === keptRank && total[slot] < cutOff)) [keptRank, cutOff] = [rank, total[slot]];
    } else if (rank > refusedRank || (rank === refusedRank && total[slot] > refused)) {
      [refusedRank, refused] = [rank, total[slot]];
    }
  }
  return { cutOff, margin: cutOff === refused ? 0 : cutOff - refused };
}

/** [layer][kvHead] each, where nobody is protected; −0 counts as 0. */
export function cutsOf({
  total,
  survivors,
}: Pick<EvictionEvent, "total" | "survivors">): Pick<EvictionEvent, "cutOff" | "margin"> {
  const headCount = rowCount(total);
  const cutOff = new Float32Array(headCount);
  const margin = new Float32Array(headCount);
  for (let head = 0; head < headCount; head++) {
    const row = { total: headRow(total, head), survivors: headRow(survivors, head), isProtected: null };
    const cut = cutOfRow(row);
    cutOff[head] = cut.cutOff + 0;
    margin[head] = cut.margin;
  }
  return { cutOff, margin };
}
