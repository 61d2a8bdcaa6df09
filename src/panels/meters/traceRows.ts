// What the page keeps of the runs on screen, as a meter: bytes of the budget, heads recorded, and what was left out. Pure.
import { headCountOf } from "../../cache/headRows";
import { recordedHeadCount } from "../../trace/recorded";
import type { Trace } from "../../trace/trace";
import { leftOut, TRACE_BUDGET_BYTES, traceBytes } from "../../trace/traceMemory";
import type { MeterRow } from "./layout";

export interface TraceFigures {
  /** Of the trace on the stage, and of all lanes. */
  readonly ownBytes: number;
  readonly allBytes: number;
  /** KV heads whose attention the step recorded, of all. */
  readonly recordedHeads: number;
  readonly headCount: number;
}

export function traceFigures(trace: Trace, step: number, traces: readonly Trace[]): TraceFigures {
  const ownBytes = traceBytes(trace);
  return {
    ownBytes,
    allBytes: traces.reduce((sum, other) => sum + (other === trace ? 0 : traceBytes(other)), ownBytes),
    recordedHeads: recordedHeadCount(trace.steps[step]),
    headCount: headCountOf(trace.header.model),
  };
}

export function traceRows(
  trace: Trace,
  step: number,
  traces: readonly Trace[],
): { readonly trace: readonly MeterRow[]; readonly traceNote: string } {
  const { ownBytes, allBytes, recordedHeads, headCount } = traceFigures(trace, step, traces);
  const row = (label: string, bytes: number, tone: MeterRow["tone"]): MeterRow => ({
    label,
    share: bytes / TRACE_BUDGET_BYTES,
    text: megabytes(bytes),
    tone,
  });
  return {
    trace: [
      row("this run", ownBytes, "kept"),
      ...(traces.length > 1 ? [row("all lanes", allBytes, "plain")] : []),
      row("room", TRACE_BUDGET_BYTES, "full"),
    ],
    traceNote: `Attention of ${recordedHeads} of ${headCount} heads recorded at this step.${leftOutWords(trace)}`,
  };
}

/** Of 10⁶ bytes, in which the room is a round number. */
function megabytes(bytes: number): string {
  const count = bytes / 1e6;
  return `${count.toFixed(count < 10 ? 1 : 0)} MB`;
}

function leftOutWords(trace: Trace): string {
  const { rowsBefore, scoresBefore } = leftOut(trace);
  const rows = rowsBefore > 0 ? ` Attention before step ${rowsBefore} was left out to stay within the room.` : "";
  const scores =
    scoresBefore > 0 ? ` Events before step ${scoresBefore} hold the scores of watched heads only, if any.` : "";
  return rows + scores;
}
