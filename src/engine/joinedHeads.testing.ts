// The rows of query heads joined to those of their KV heads: what a test compares the recorded attention with.
import { assert } from "../lib/errors";
import type { ModelConfig } from "../model/config";
import type { ForwardResult } from "./backend";

type Attention = Pick<ForwardResult, "attention" | "attentionScale">;

export function headRowsOf({ headAttention, headAttentionScale }: ForwardResult): {
  rows: Uint8Array;
  scales: Float32Array;
} {
  assert(headAttention !== undefined && headAttentionScale !== undefined, "query heads were recorded");
  return { rows: headAttention, scales: headAttentionScale };
}

/** The largest of each group, quantised once more: `attention` may differ by the roundings, the scales may not. */
export function joinedHeads(result: ForwardResult, { headCount, kvHeadCount, layerCount }: ModelConfig): Attention {
  const { rows, scales } = headRowsOf(result);
  const { lengthSlots } = result;
  const groupSize = headCount / kvHeadCount;
  const rowCount = layerCount * kvHeadCount;
  const membersOf = (row: number) => Array.from({ length: groupSize }, (_, member) => row * groupSize + member);
  const attentionScale = Float32Array.from({ length: rowCount }, (_, row) =>
    Math.max(...membersOf(row).map((head) => scales[head])),
  );
  const attention = Uint8Array.from({ length: rowCount * lengthSlots }, (_, at) => {
    const [row, slot] = [Math.floor(at / lengthSlots), at % lengthSlots];
    const paid = membersOf(row).map((head) => rows[head * lengthSlots + slot] * scales[head]);
    return Math.round(Math.max(...paid) / attentionScale[row]);
  });
  return { attention, attentionScale };
}
