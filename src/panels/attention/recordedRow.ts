// Where a trace holds the attention of one head: a KV head's row, or that of one of the query heads that share it.
//
//   attention       a row per KV head         row = head
//   headAttention   a row per query head      row = head × groupSize + member
import type { Trace } from "../../trace/trace";

export interface HeadChoice {
  readonly head: number;
  /** Query head, counted from 0 within its group; null = the largest of the group. */
  readonly member: number | null;
}

export interface RecordedRow {
  /** One level per slot, from `offset` on; attention = unit × level. */
  readonly levels: Uint8Array;
  readonly offset: number;
  readonly unit: number;
}

/** null where the step did not record it. */
export function recordedRow(trace: Trace, step: number, { head, member }: HeadChoice): RecordedRow | null {
  const { attention, attentionScale, headAttention, headAttentionScale } = trace.steps[step];
  if (member === null) {
    if (attention.values.length === 0) return null;
    return { levels: attention.values, offset: attention.offsets[head], unit: attentionScale[head] / 255 };
  }
  if (headAttention === undefined || headAttentionScale === undefined) return null;
  const row = head * groupSizeOf(trace) + member;
  return { levels: headAttention.values, offset: headAttention.offsets[row], unit: headAttentionScale[row] / 255 };
}

/** Query heads per KV head. */
export function groupSizeOf({ header: { model } }: Trace): number {
  return model.headCount / model.kvHeadCount;
}

/** Whether the run kept the query heads of a group one by one. */
export function hasHeadAttention(trace: Trace): boolean {
  return trace.steps.length > 0 && trace.steps[0].headAttention !== undefined;
}
