// One row of window attention: how much one position attends to every slot, joined over the query heads of a KV head.
// The join comes after the softmax, so a joined row does not sum to 1 (methods section 3, step 1).
import { softmaxInPlace } from "../cpu/layerOps";
import { matVec } from "../cpu/matVec";
import type { HeadRows } from "./headRows";
import { rowStart } from "./headRows";
import type { AttentionShape } from "./termInputs";

export interface AttentionInput {
  readonly shape: AttentionShape;
  readonly keys: HeadRows; // (kvHead, slot), after RoPE; the slots of a head lie without gaps
  readonly queries: HeadRows; // (head, row), after RoPE
  readonly groupPooling: "max" | "mean";
}

/** Slots that row `row` may see: from `paddingSlots` up to, not including, this one. */
export function visibleEnd(shape: AttentionShape, row: number): number {
  return shape.lengthSlots - shape.windowSlots + row + 1;
}

/** Fills `members` [member][slot] with a row of each query head of a KV head, and `joined` [slot] with what they come to; all −1 when the row may see no key. */
export function attentionRow(
  input: AttentionInput,
  [kvHead, row]: readonly [kvHead: number, row: number],
  joined: Float32Array,
  members: Float32Array,
): void {
  const { shape, groupPooling } = input;
  const start = shape.paddingSlots;
  const end = visibleEnd(shape, row);
  if (end <= start) {
    joined.fill(-1);
    members.fill(-1);
    return;
  }
  joined.fill(0);
  members.fill(0);
  const groupSize = shape.headCount / shape.kvHeadCount;
  for (let member = 0; member < groupSize; member++) {
    const probabilities = members.subarray(member * shape.lengthSlots, (member + 1) * shape.lengthSlots);
    softmaxRow(input, [kvHead * groupSize + member, kvHead, row], probabilities);
    for (let slot = start; slot < end; slot++) {
      if (groupPooling === "max") joined[slot] = Math.max(joined[slot], probabilities[slot]);
      else joined[slot] += probabilities[slot] / groupSize;
    }
  }
}

/** Softmax of q · k / √d over the visible slots of one query head; the other slots of `row` are left alone. */
function softmaxRow(
  { shape, keys, queries }: AttentionInput,
  [head, kvHead, row]: readonly [head: number, kvHead: number, row: number],
  probabilities: Float32Array,
): void {
  const { headDim, paddingSlots } = shape;
  const end = visibleEnd(shape, row);
  const queryStart = rowStart(queries, head, row);
  const visible = probabilities.subarray(paddingSlots, end);
  matVec(
    keys.data.subarray(rowStart(keys, kvHead, paddingSlots), rowStart(keys, kvHead, end)),
    queries.data.subarray(queryStart, queryStart + headDim),
    visible,
  );
  softmaxInPlace(visible, 1 / Math.sqrt(headDim));
}
