// Which near-duplicate a slot is expected to have: the one that it had at the event before, for keys do not change.

import type { EvictionEvent } from "./flatTrace";

type Evident = Pick<EvictionEvent, "positionsBefore" | "lengthBefore" | "excusedSlots">;

/** The duplicate's slot where both were there at the event before and are now; −1 otherwise. [layer][kvHead][slot] */
export function expectedExcused(now: Evident, before: Evident | null, headCount: number): Int32Array {
  const expected = new Int32Array(headCount * now.lengthBefore).fill(-1);
  if (before?.excusedSlots === undefined) return expected;
  for (let head = 0; head < headCount; head++) {
    const past = before.positionsBefore.subarray(head * before.lengthBefore, (head + 1) * before.lengthBefore);
    const present = now.positionsBefore.subarray(head * now.lengthBefore, (head + 1) * now.lengthBefore);
    const newSlots = slotsInto(past, present);
    for (let slot = 0; slot < past.length; slot++) {
      const duplicate = before.excusedSlots[head * before.lengthBefore + slot];
      if (newSlots[slot] < 0 || duplicate < 0) continue;
      expected[head * now.lengthBefore + newSlots[slot]] = newSlots[duplicate];
    }
  }
  return expected;
}

/** Where each position stands in the other row, −1 where it is gone. Both rows rise. [slot of past] */
function slotsInto(past: Int32Array, present: Int32Array): Int32Array {
  let slot = 0;
  return past.map((position) => {
    while (slot < present.length && present[slot] < position) slot++;
    return present[slot] === position ? slot : -1;
  });
}
