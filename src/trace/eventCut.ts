// Where an event cut between totals, from the totals and survivors that a trace holds.

import { cutOf } from "../policy/admission";
import { headPart } from "./file/eventColumns";
import type { EvictionEvent } from "./trace";

/** [layer][kvHead] each, where nobody is protected; −0 counts as 0. */
export function cutsOf(
  { total, survivors }: Pick<EvictionEvent, "total" | "survivors">,
  headCount: number,
): Pick<EvictionEvent, "cutOff" | "margin"> {
  const keptCount = survivors.length / headCount;
  const cutOff = new Float32Array(headCount);
  const margin = new Float32Array(headCount);
  for (let head = 0; head < headCount; head++) {
    const kept = survivors.subarray(head * keptCount, (head + 1) * keptCount);
    const cut = cutOf({ total: headPart(total, head, headCount), isProtected: null }, kept);
    cutOff[head] = cut.cutOff + 0;
    margin[head] = cut.margin;
  }
  return { cutOff, margin };
}
