// Lifelines: a row per token, from the step that wrote it to the step at which its last head evicts it. Pure.
//
//   ┌ text ┐  step →                     shown step
//    12 cat   ████████▆▆▆▆▆▃▃▃▃▁▁▁×         │         height: share of the heads that hold it
//    13 sat   ██████████████████████◦██◇████│         ◦ last use, ◇ the focused head evicts it, × the last head does
import { scaleLinear, type ScaleLinear } from "d3";
import { carriedCountsByEvent } from "../../trace/carried";
import type { Trace } from "../../trace/trace";
import { eventCountAfterStep, traceIndex } from "../../trace/traceIndex";
import type { LifeRow } from "./rows";

/** CSS pixels from one row to the next. */
export const ROW_HEIGHT = 14;

export interface LifeGeometry {
  readonly width: number;
  readonly labelWidth: number;
  /** Where the count of heads is written, right-aligned; 0 = no room for it. */
  readonly countRight: number;
  readonly x: ScaleLinear<number, number>; // step → CSS pixels
  readonly xTicks: readonly { readonly at: number; readonly label: string }[];
}

/** The axis runs over the whole trace, so that rows stand still while the shown step moves. */
export function lifeGeometry(stepCount: number, width: number): LifeGeometry {
  const isNarrow = width < 480;
  const labelWidth = isNarrow ? 96 : 128;
  const right = width - (isNarrow ? 12 : 52);
  const x = scaleLinear([0, Math.max(1, stepCount - 1)], [labelWidth + 6, right]);
  const ticks = x.ticks(Math.max(2, Math.floor((right - labelWidth) / 70)));
  return {
    width,
    labelWidth,
    countRight: isNarrow ? 0 : width - 8,
    x,
    xTicks: ticks.map((step) => ({ at: x(step), label: String(step) })),
  };
}

export interface LifeSegment {
  readonly left: number;
  readonly right: number;
  /** Share of all heads that hold the token, and of those in which another carries it; not both 0. */
  readonly share: number;
  readonly carried: number;
}

export interface LifeMarks {
  readonly segments: readonly LifeSegment[];
  /** No head's slot stands for it any more. */
  readonly crossX: number | null;
  /** The focused head evicts it. */
  readonly focusX: number | null;
  /** Who takes it in there; null: nobody. */
  readonly headCarrier: number | null;
  readonly useX: number | null;
}

export function lifeMarks(trace: Trace, step: number, row: LifeRow, { x }: LifeGeometry): LifeMarks {
  const segments: LifeSegment[] = [];
  let from = row.writtenStep;
  let [share, carried] = [1, 0];
  const end = (until: number): void => {
    if (share + carried > 0 && until > from) segments.push({ left: x(from), right: x(until), share, carried });
    from = until;
  };
  const { heldCounts, headCount } = traceIndex(trace);
  const carriedCounts = carriedCountsByEvent(trace);
  const eventCount = eventCountAfterStep(trace, step);
  let goneStep: number | null = null;
  for (let event = eventCountAfterStep(trace, row.writtenStep - 1); event < eventCount; event++) {
    const next = heldCounts[event][row.position] / headCount;
    const nextCarried = (carriedCounts?.[event][row.position] ?? 0) / headCount;
    if (next === share && nextCarried === carried) continue;
    end(trace.events[event].step);
    if (next + nextCarried === 0) goneStep = trace.events[event].step;
    [share, carried] = [next, nextCarried];
  }
  end(step);
  const at = (mark: number | null): number | null => (mark === null ? null : x(mark));
  return {
    ...{ segments, headCarrier: row.headCarrier },
    ...{ crossX: at(goneStep), focusX: at(row.headEvictedStep), useX: at(row.lastUseStep) },
  };
}

/** A token's line leads into its carrier's at the event that merged them in the focused head. */
export interface LifeLink {
  readonly x: number;
  readonly fromY: number;
  readonly toY: number;
  /** Of either end. */
  readonly isLit: boolean;
}

interface LinkedLife {
  readonly row: Pick<LifeRow, "position">;
  readonly marks: Pick<LifeMarks, "focusX" | "headCarrier">;
  /** Top of the row in the view. */
  readonly top: number;
}

/** From each row in view that was merged to its carrier's row, in view or beyond its edge. `topOf`: null for a row that is filtered out. */
export function lifeLinks(
  lives: readonly LinkedLife[],
  topOf: (position: number) => number | null,
  isLit: (position: number) => boolean,
): readonly LifeLink[] {
  return lives.flatMap(({ row, marks: { focusX, headCarrier }, top }) => {
    const toTop = headCarrier === null ? null : topOf(headCarrier);
    if (focusX === null || headCarrier === null || toTop === null) return [];
    const middle = ROW_HEIGHT / 2;
    return [{ x: focusX, fromY: top + middle, toY: toTop + middle, isLit: isLit(row.position) || isLit(headCarrier) }];
  });
}

/** Rows at least partly scrolled into view. */
export function visibleRows(scrollTop: number, viewHeight: number, rowCount: number): { first: number; end: number } {
  const first = Math.max(0, Math.min(rowCount, Math.floor(scrollTop / ROW_HEIGHT)));
  return { first, end: Math.max(first, Math.min(rowCount, Math.ceil((scrollTop + viewHeight) / ROW_HEIGHT))) };
}
