// How much of what a dense pass over the same step would look at a selection found: which of the N_c slots with the most attention
// are among those read, and how much of the attention lay there. Attention is that of keys as computed, after RoPE.

import type { SelectionRule } from "./selectSlots";

/** Of one step in one layer. */
export interface LayerReads {
  readonly recall: Float32Array; // [kvHead]
  readonly attention: Float32Array; // [kvHead]
}

/**
 * weights: the attention of every query head over all slots, [head] of [slot]. read: the slots that each KV head read, [kvHead].
 * Heads that select together are measured together: their attention adds up, as their scores do.
 */
export function measureReads(
  weights: readonly Float32Array[],
  read: readonly Int32Array[],
  rule: Pick<SelectionRule, "topSlots" | "sinkSlots" | "recentSlots" | "chosenBy">,
): LayerReads {
  const groupSize = weights.length / read.length;
  const received = read.map((_, kvHead) => summed(weights.slice(kvHead * groupSize, (kvHead + 1) * groupSize)));
  const joint = rule.chosenBy === "layer" ? summed(received) : null;
  const jointRecall = joint && recallOf(joint, read[0], rule);
  return {
    recall: Float32Array.from(read, (slots, kvHead) => jointRecall ?? recallOf(received[kvHead], slots, rule)),
    attention: Float32Array.from(read, (slots, kvHead) => {
      const inside = slots.reduce((sum, slot) => sum + received[kvHead][slot], 0);
      return Math.min(1, inside / groupSize);
    }),
  };
}

/** Share of the slots that `received` would choose, beside the sinks and the newest, that were read. 1 where nothing is to choose. */
function recallOf(
  received: Float64Array,
  read: Int32Array,
  { topSlots, sinkSlots, recentSlots }: Pick<SelectionRule, "topSlots" | "sinkSlots" | "recentSlots">,
): number {
  const firstRecent = Math.max(0, received.length - recentSlots);
  const others = Int32Array.from({ length: Math.max(0, firstRecent - sinkSlots) }, (_, place) => sinkSlots + place);
  const wanted = others.sort((left, right) => received[right] - received[left] || left - right).subarray(0, topSlots);
  if (wanted.length === 0) return 1;
  const isRead = new Set(read);
  return wanted.filter((slot) => isRead.has(slot)).length / wanted.length;
}

function summed(rows: readonly ArrayLike<number>[]): Float64Array {
  const sums = new Float64Array(rows[0].length);
  for (const row of rows) for (let slot = 0; slot < sums.length; slot++) sums[slot] += row[slot];
  return sums;
}
