// Whose attention the panel shows, and its rows: what the newest query of each step paid. Rows of one head are read here,
// where the trace holds them:
//
//   attention       a row per KV head         row = head
//   headAttention   a row per query head      row = head × groupSize + member
//
// Rows over all heads are joined in allHeadRows.ts.
import { headRow, rowLength } from "../../cache/headRows";
import { latestOf } from "../../trace/latest";
import { isAttentionRecorded } from "../../trace/recorded";
import { keptByHead, slotsSeenByStep } from "../../trace/replay";
import type { EvictionEvent, Trace } from "../../trace/trace";

export type Joining = "mean" | "maximum";
/** The largest of a KV head's group, or one of its query heads, counted from 0 within the group. */
type GroupMember = "focus" | number;
/** Of the focused KV head, or of all heads joined. */
export type AttentionHeads = GroupMember | Joining;

/** The heads chosen, and the focused head, which matters unless all are joined. */
export interface AttentionSubject {
  readonly heads: AttentionHeads;
  readonly head: number;
}

export interface HeadChoice extends AttentionSubject {
  readonly heads: GroupMember;
}

export function isJoined(heads: AttentionHeads): heads is Joining {
  return heads === "mean" || heads === "maximum";
}

interface RecordedRow {
  /** One level per slot; attention = unit × level. */
  readonly levels: Uint8Array | Float32Array;
  readonly unit: number;
}

export interface AttentionRow extends RecordedRow {
  /** Positions of the first slots, ascending; those of the rest count up from `firstNew`. */
  readonly kept: Int32Array;
  readonly firstNew: number;
}

export interface RowSource {
  /** Rows become ready in any order. */
  readonly isReady: (step: number) => boolean;
  /** Of a row that is ready; null if the step's attention was not recorded. */
  row(step: number): AttentionRow | null;
  /** Largest attention in all rows that are ready: where the scale of colours ends. */
  largest(): number;
}

/** Query heads per KV head. */
export function groupSizeOf({ header: { model } }: Trace): number {
  return model.headCount / model.kvHeadCount;
}

/** Whether the run kept the query heads of a group one by one. */
export function hasHeadAttention(trace: Trace): boolean {
  return trace.steps.at(0)?.headAttention !== undefined;
}

/** null if the step did not record it. */
export function recordedRow(trace: Trace, step: number, { heads, head }: HeadChoice): RecordedRow | null {
  const { attention, attentionScale, headAttention, headAttentionScale } = trace.steps[step];
  if (heads === "focus") {
    return isAttentionRecorded(trace.steps[step], head)
      ? { levels: headRow(attention, head), unit: attentionScale[head] / 255 }
      : null;
  }
  if (headAttention === undefined || headAttentionScale === undefined) return null;
  const row = head * groupSizeOf(trace) + heads;
  if (headAttentionScale.length === 0 || rowLength(headAttention, row) === 0) return null;
  return { levels: headRow(headAttention, row), unit: headAttentionScale[row] / 255 };
}

/** The rows of one head; the same object for the same head of the same trace. */
export function rowsOfHead(trace: Trace, choice: HeadChoice): RowSource {
  return latestOf(trace, ["rowsOfHead", choice.head, choice.heads], () => createHeadRows(trace, choice));
}

function createHeadRows(trace: Trace, choice: HeadChoice): RowSource {
  const { head } = choice;
  const nothing = new Int32Array(0);
  const keptAfter = new Map<EvictionEvent, Int32Array>();
  const keptBy = (event: EvictionEvent): Int32Array => {
    const kept = keptAfter.get(event) ?? keptByHead(trace, event.step, head);
    keptAfter.set(event, kept);
    return kept;
  };
  let largest = 0;
  let lookedAt = 0;
  return {
    isReady: (step) => step < trace.steps.length,
    /** Of the whole group, so that colours mean the same for each of its query heads. */
    largest() {
      for (; lookedAt < trace.steps.length; lookedAt++) {
        largest = Math.max(largest, trace.steps[lookedAt].attentionScale[head] ?? 0);
      }
      return largest;
    },
    row(step) {
      const recorded = recordedRow(trace, step, choice);
      if (recorded === null) return null;
      const { event, firstNew } = slotsSeenByStep(trace, step);
      return { ...recorded, kept: event === null ? nothing : keptBy(event), firstNew };
    },
  };
}
