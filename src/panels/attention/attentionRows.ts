// The rows of the picture: what the newest query of each step paid, in the trace's own 8 bits. One head is read where
// the trace holds it; rows over all heads are joined in allHeadRows.ts.
import type { Trace } from "../../trace/trace";
import { eventCountAfterStep } from "../../trace/traceIndex";
import { headCountOf } from "../focus";

export interface AttentionRow {
  /** Positions of the first slots, ascending; those of the rest count up from `firstNew`. */
  readonly kept: Int32Array;
  readonly firstNew: number;
  /** One level per slot, from `offset` on. */
  readonly levels: Uint8Array;
  readonly offset: number;
  readonly slotCount: number;
  /** Attention = unit × (level − ground); a level below the ground means that nobody holds the position. */
  readonly unit: number;
  readonly ground: 0 | 1;
}

export interface RowSource {
  /** Rows 0 … readyCount − 1 can be read. */
  readyCount(): number;
  /** null where the step's attention was not recorded. */
  row(step: number): AttentionRow | null;
  /** Largest attention in all rows that are ready. */
  largest(): number;
}

interface HeadRows extends RowSource {
  readonly head: number;
}

const sources = new WeakMap<Trace, HeadRows>();

/** The rows of one head; the same object for the same head of the same trace. */
export function headRows(trace: Trace, head: number): RowSource {
  const known = sources.get(trace);
  if (known?.head === head) return known;
  const rows = createHeadRows(trace, head);
  sources.set(trace, rows);
  return rows;
}

function createHeadRows(trace: Trace, head: number): HeadRows {
  const keptAfter: Int32Array[] = []; // [event][kept slot]
  const nothing = new Int32Array(0);
  const promptCount = trace.header.promptTokens.length;
  let largest = 0;
  let lookedAt = 0;
  const keptBy = (event: number): Int32Array => {
    for (let next = keptAfter.length; next <= event; next++) keptAfter.push(keptOfHead(trace, next, head));
    return keptAfter[event];
  };
  return {
    head,
    readyCount: () => trace.steps.length,
    largest() {
      for (; lookedAt < trace.steps.length; lookedAt++) {
        largest = Math.max(largest, trace.steps[lookedAt].attentionScale[head] ?? 0);
      }
      return largest;
    },
    row(step) {
      const { attention, attentionScale, lengthSlots } = trace.steps[step];
      if (attention.length === 0) return null;
      const event = eventCountAfterStep(trace, step - 1) - 1;
      return {
        kept: event < 0 ? nothing : keptBy(event),
        firstNew: event < 0 ? 0 : promptCount + trace.events[event].step,
        levels: attention,
        offset: head * lengthSlots,
        slotCount: lengthSlots,
        unit: attentionScale[head] / 255,
        ground: 0,
      };
    },
  };
}

function keptOfHead(trace: Trace, event: number, head: number): Int32Array {
  const { survivors, positionsBefore, lengthBefore } = trace.events[event];
  const keptCount = survivors.length / headCountOf(trace.header.model);
  const slots = survivors.subarray(head * keptCount, (head + 1) * keptCount);
  return slots.map((slot) => positionsBefore[head * lengthBefore + slot]);
}
