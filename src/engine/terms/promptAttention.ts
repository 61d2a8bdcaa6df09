// Term "promptAttention": what all prompt tokens together pay to each, the start of H2O's running sum with α = 1.
// CPU twin of the GPU kernel; methods section 5, note (b).
import type { AttentionInput } from "./attentionRow";
import { attentionRow } from "./attentionRow";

/**
 * Column sums [kvHead][slot] of causal attention with one query per slot (shape.windowSlots = n), joined over the
 * group after the softmax. Rows that may see no key count 0. Not normalised: a column can reach n.
 */
export function promptAttention(input: AttentionInput): Float32Array {
  const { headCount, kvHeadCount, windowSlots, lengthSlots, paddingSlots } = input.shape;
  const columnSums = new Float32Array(kvHeadCount * lengthSlots);
  const joined = new Float32Array(lengthSlots);
  const members = new Float32Array((headCount / kvHeadCount) * lengthSlots); // [member][slot]
  for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
    const sums = new Float64Array(lengthSlots);
    // The first row that sees a key; earlier ones are padding.
    for (let row = Math.max(0, paddingSlots - (lengthSlots - windowSlots)); row < windowSlots; row++) {
      attentionRow(input, [kvHead, row], joined, members);
      for (let slot = 0; slot < lengthSlots; slot++) sums[slot] += joined[slot];
    }
    columnSums.set(sums, kvHead * lengthSlots);
  }
  return columnSums;
}
