// Where an event cut between totals, from the totals and survivors that a trace holds.

import { headRow, rowCount } from "../cache/headRows";
import { cutOf } from "../policy/admission";
import type { EvictionEvent } from "./trace";

/** [layer][kvHead] each, where nobody is protected; −0 counts as 0. */
export function cutsOf({
  total,
  survivors,
}: Pick<EvictionEvent, "total" | "survivors">): Pick<EvictionEvent, "cutOff" | "margin"> {
  const headCount = rowCount(total);
  const cutOff = new Float32Array(headCount);
  const margin = new Float32Array(headCount);
  for (let head = 0; head < headCount; head++) {
    const cut = cutOf({ total: headRow(total, head), isProtected: null }, headRow(survivors, head));
    cutOff[head] = cut.cutOff + 0;
    margin[head] = cut.margin;
  }
  return { cutOff, margin };
}
