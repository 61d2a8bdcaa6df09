// Term "windowAttention", first half: A, what each query of the window pays to each slot of the cache.
// CPU twin of the GPU kernel; methods section 3, step 1 (G-KV, compute_attention_scores).
import type { AttentionInput } from "./attentionRow";
import { attentionRow } from "./attentionRow";

/** Sees one row of the window, [member][slot], before the group is joined: votingHeads.ts counts them. */
export interface RowCount {
  add(kvHead: number, members: Float32Array): void;
}

/**
 * A [kvHead][row][slot]: softmax over all n slots, causal inside the window, then joined over the group.
 * The window's own columns stay in the softmax; a row that may see no key (left padding) is −1 throughout.
 * `votes` counts what each query head brought.
 */
export function windowAttention(input: AttentionInput, votes: RowCount | null = null): Float32Array {
  const { headCount, kvHeadCount, windowSlots, lengthSlots } = input.shape;
  const attention = new Float32Array(kvHeadCount * windowSlots * lengthSlots); // [kvHead][row][slot]
  const joined = new Float32Array(lengthSlots);
  const members = new Float32Array((headCount / kvHeadCount) * lengthSlots); // [member][slot]
  for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
    for (let row = 0; row < windowSlots; row++) {
      attentionRow(input, [kvHead, row], joined, members);
      votes?.add(kvHead, members);
      attention.set(joined, (kvHead * windowSlots + row) * lengthSlots);
    }
  }
  return attention;
}
