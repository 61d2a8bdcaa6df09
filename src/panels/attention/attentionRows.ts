// The rows of the picture: what the newest query of each step paid, in the trace's own 8 bits. One head is read where
// the trace holds it; rows over all heads are joined in allHeadRows.ts.
import { headRow } from "../../cache/headRows";
import { latestOf } from "../../trace/latest";
import type { Trace } from "../../trace/trace";
import { eventCountAfterStep } from "../../trace/traceIndex";
import { recordedRow, type HeadChoice } from "./recordedRow";

export interface AttentionRow {
  /** Positions of the first slots, ascending; those of the rest count up from `firstNew`. */
  readonly kept: Int32Array;
  readonly firstNew: number;
  /** One level per slot, from `offset` on. */
  readonly levels: Uint8Array;
  readonly offset: number;
  readonly slotCount: number;
  /** Attention = unit × level. */
  readonly unit: number;
}

export interface RowSource {
  /** Rows become ready in any order. */
  readonly isReady: (step: number) => boolean;
  /** Of a row that is ready; null where the step's attention was not recorded. */
  row(step: number): AttentionRow | null;
  /** Largest attention in all rows that are ready: where the scale of colours ends. */
  largest(): number;
}

/** The rows of one head; the same object for the same head of the same trace. */
export function headRows(trace: Trace, choice: HeadChoice): RowSource {
  return latestOf(trace, ["headRows", choice.head, choice.member], () => createHeadRows(trace, choice));
}

function createHeadRows(trace: Trace, choice: HeadChoice): RowSource {
  const { head } = choice;
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
      const event = eventCountAfterStep(trace, step - 1) - 1;
      return {
        kept: event < 0 ? nothing : keptBy(event),
        firstNew: event < 0 ? 0 : promptCount + trace.events[event].step,
        levels: recorded.levels,
        offset: recorded.offset,
        slotCount: trace.steps[step].lengths[head],
        unit: recorded.unit,
      };
    },
  };
}

function keptOfHead(trace: Trace, event: number, head: number): Int32Array {
  const { survivors, positionsBefore } = trace.events[event];
  const positions = headRow(positionsBefore, head);
  return headRow(survivors, head).map((slot) => positions[slot]);
}
