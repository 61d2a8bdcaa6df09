// Where the mask is cut: per event the positions that it let go, neighbours joined so that a picture of thousands of
// steps draws few edges.
import type { AxisBins } from "../../ui/zoom/cellGrid";
import { binOfCell } from "../../ui/zoom/cellGrid";
import { lastSeenByAny, type MaskLives } from "./maskLives";

export interface CutRun {
  readonly firstPosition: number;
  readonly lastPosition: number;
  /** Step of the event, the last that saw them. */
  readonly step: number;
}

/** Cuts up to a step within the columns on show; over several heads, where the last of them let go. */
export function cutRuns(lives: MaskLives, columns: AxisBins, lastStep: number): CutRun[] {
  const runs: { -readonly [Key in keyof CutRun]: CutRun[Key] }[] = [];
  const openRuns = new Map<number, number>(); // step → its last run
  const end = Math.min(lives.positionCount, columns.firstCell + columns.cellCount);
  for (let position = columns.firstCell; position < end; position++) {
    const step = lastSeenByAny(lives, position);
    if (step > lastStep) continue;
    const open = openRuns.get(step);
    const isNext =
      open !== undefined && binOfCell(columns, position) - binOfCell(columns, runs[open].lastPosition) <= 1;
    if (isNext) {
      runs[open].lastPosition = position;
      continue;
    }
    openRuns.set(step, runs.length);
    runs.push({ firstPosition: position, lastPosition: position, step });
  }
  return runs;
}
