// Rows over all heads for the picture: each joined once, when somebody asks for it, and kept in 8 bits.
import { latestOf } from "../../trace/latest";
import type { Trace } from "../../trace/trace";
import type { AttentionRow, RowSource } from "./attentionRows";
import { createRowJoiner, type JoinedRow, type Joining } from "./joinedRow";

const LEVELS = 255;

export interface AllHeadRows extends RowSource {
  /** Makes a row ready. */
  join(step: number): void;
  readyCount(): number;
}

/** The rows of a trace joined one way; the same object every time. */
export function allHeadRows(trace: Trace, joining: Joining): AllHeadRows {
  return latestOf(trace, [`allHeadRows ${joining}`], () => createAllHeadRows(trace, joining));
}

function createAllHeadRows(trace: Trace, joining: Joining): AllHeadRows {
  const rows: (AttentionRow | null | undefined)[] = []; // [step], undefined = not joined yet
  const joinRow = createRowJoiner(trace, joining);
  let readyCount = 0;
  let largest = 0;
  let lookedAt = 0;
  return {
    isReady: (step) => rows[step] !== undefined,
    row: (step) => rows[step] ?? null,
    largest() {
      // The largest of all heads is known before any row is joined, so colours stay as they are while rows come.
      for (; joining === "maximum" && lookedAt < trace.steps.length; lookedAt++) {
        for (const scale of trace.steps[lookedAt].attentionScale) if (scale > largest) largest = scale;
      }
      return largest;
    },
    readyCount: () => readyCount,
    join(step) {
      if (rows[step] !== undefined) return;
      const hasAttention = trace.steps[step].attention.values.length > 0;
      const row = hasAttention ? levelsOf(joinRow(step)) : null;
      rows[step] = row;
      readyCount++;
      if (row !== null) largest = Math.max(largest, row.unit * LEVELS);
    },
  };
}

function levelsOf({ kept, firstNew, paid }: JoinedRow): AttentionRow {
  let most = 0;
  for (const share of paid) if (share > most) most = share;
  const perUnit = most > 0 ? LEVELS / most : 0;
  const levels = new Uint8Array(paid.length);
  for (let place = 0; place < levels.length; place++) levels[place] = 0.5 + paid[place] * perUnit;
  return { kept, firstNew, levels, offset: 0, slotCount: levels.length, unit: most / LEVELS };
}
