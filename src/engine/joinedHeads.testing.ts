// The rows of query heads joined to those of their KV heads: what a test compares the recorded attention with.
import { headCountOf, headRow, joinRows } from "../cache/headRows";
import type { HeadRows } from "../cache/headRows";
import { assert } from "../lib/errors";
import type { ModelConfig } from "../model/config";
import type { ForwardResult } from "./backend";

type Attention = Pick<ForwardResult, "attention" | "attentionScale">;

export function headRowsOf({ headAttention, headAttentionScale }: ForwardResult): {
  rows: HeadRows<Uint8Array>;
  scales: Float32Array;
} {
  assert(headAttention !== undefined && headAttentionScale !== undefined, "query heads were recorded");
  return { rows: headAttention, scales: headAttentionScale };
}

/** The largest of each group, quantised once more: `attention` may differ by the roundings, the scales may not. */
export function joinedHeads(result: ForwardResult, config: ModelConfig): Attention {
  const { rows, scales } = headRowsOf(result);
  const groupSize = config.headCount / config.kvHeadCount;
  const groups = Array.from({ length: headCountOf(config) }, (_, head) =>
    Array.from({ length: groupSize }, (_, member) => head * groupSize + member),
  );
  const attentionScale = Float32Array.from(groups, (group) => Math.max(...group.map((head) => scales[head])));
  const joined = groups.map((group, head) =>
    headRow(rows, group[0]).map((_, slot) => {
      const paid = group.map((member) => headRow(rows, member)[slot] * scales[member]);
      return Math.round(Math.max(...paid) / attentionScale[head]);
    }),
  );
  return { attention: joinRows(joined, Uint8Array), attentionScale };
}
