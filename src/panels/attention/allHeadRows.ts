// Attention joined over all pairs of layer and KV head, mean or largest: a figure that the trace does not hold. Rows are
// joined once, in portions that leave the page responsive, and kept in 8 bits; a single row can be had exactly.
import { seenPosition, slotsSeenByStep } from "../../trace/seenSlots";
import type { Trace } from "../../trace/trace";
import { headCountOf } from "../focus";
import type { AttentionRow, RowSource } from "./attentionRows";

export type Joining = "mean" | "maximum";

/** Stands for a position that no head holds. */
export const NOBODY = -1;

const LEVELS = 254;
const noKept = new Int32Array(0);

/** One step's attention over all heads; a head that let a position go pays it nothing. [position written by then] */
export function joinedRow(trace: Trace, step: number, joining: Joining): Float32Array {
  const { attention, attentionScale, lengthSlots } = trace.steps[step];
  const seen = slotsSeenByStep(trace, step);
  const headCount = headCountOf(trace.header.model);
  const row = new Float32Array(trace.header.promptTokens.length + step).fill(NOBODY);
  for (let head = 0; head < headCount; head++) {
    const unit = attentionScale[head] / 255;
    for (let slot = 0; slot < lengthSlots; slot++) {
      const position = seenPosition(seen, head, slot);
      const paid = attention[head * lengthSlots + slot] * unit;
      const before = row[position];
      if (joining === "mean") row[position] = before < 0 ? paid : before + paid;
      else if (paid > before) row[position] = paid;
    }
  }
  if (joining === "mean") {
    for (let position = 0; position < row.length; position++) if (row[position] > 0) row[position] /= headCount;
  }
  return row;
}

export interface AllHeadRows extends RowSource {
  /** Joins further rows until there are no more or `isEnough` says so; returns how many are ready. */
  extend(isEnough: () => boolean): number;
}

const sources = new WeakMap<Trace, Partial<Record<Joining, AllHeadRows>>>();

/** The rows of a trace joined one way; the same object every time. */
export function allHeadRows(trace: Trace, joining: Joining): AllHeadRows {
  const known = sources.get(trace) ?? {};
  const rows = known[joining] ?? createAllHeadRows(trace, joining);
  sources.set(trace, { ...known, [joining]: rows });
  return rows;
}

function createAllHeadRows(trace: Trace, joining: Joining): AllHeadRows {
  const rows: (AttentionRow | null)[] = []; // [step]
  let largest = 0;
  return {
    readyCount: () => rows.length,
    row: (step) => rows[step],
    largest: () => largest,
    extend(isEnough) {
      while (rows.length < trace.steps.length && !isEnough()) {
        const step = rows.length;
        const hasAttention = trace.steps[step].attention.length > 0;
        const row = hasAttention ? levelsOf(joinedRow(trace, step, joining)) : null;
        rows.push(row);
        if (row !== null) largest = Math.max(largest, row.unit * LEVELS);
      }
      return rows.length;
    },
  };
}

function levelsOf(exact: Float32Array): AttentionRow {
  let most = 0;
  for (const paid of exact) if (paid > most) most = paid;
  const unit = most / LEVELS;
  const levels = Uint8Array.from(exact, (paid) => {
    if (paid < 0) return 0;
    return unit === 0 ? 1 : 1 + Math.round(paid / unit);
  });
  return { kept: noKept, firstNew: 0, levels, offset: 0, slotCount: levels.length, unit, ground: 1 };
}
