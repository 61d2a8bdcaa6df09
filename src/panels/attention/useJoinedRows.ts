// Joins the rows over all heads in portions of a few milliseconds, so that the page stays responsive, and redraws the
// picture as it fills.
import { useEffect, useReducer, type RefObject } from "react";
import type { Trace } from "../../trace/trace";
import type { AxisBins } from "../../ui/zoom/zoomFrame";
import { allHeadRows } from "./allHeadRows";
import { isJoined, type AttentionHeads } from "./attentionRows";

const PORTION_MS = 12;
/** A picture costs more than a portion: it is redrawn just often enough to be seen filling. */
const REDRAW_MS = 120;

interface JoinedRowsRequest {
  readonly heads: AttentionHeads;
  readonly stepCount: number;
  readonly lastStep: number;
  /** Rows of the picture as it was last drawn. */
  readonly shown: RefObject<AxisBins | null>;
}

/** How many rows are ready; rendered again as the number grows. */
export function useJoinedRows(trace: Trace, { heads, stepCount, lastStep, shown }: JoinedRowsRequest): number {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    if (!isJoined(heads)) return;
    const rows = allHeadRows(trace, heads);
    let timer = 0;
    let drawnMs = performance.now();
    const work = (): void => {
      const startMs = performance.now();
      for (const step of joinOrder({ stepCount, lastStep, shown: shown.current, isReady: rows.isReady })) {
        rows.join(step);
        if (performance.now() - startMs > PORTION_MS) break;
      }
      const isDone = rows.readyCount() >= stepCount;
      if (isDone || performance.now() - drawnMs > REDRAW_MS) {
        drawnMs = performance.now();
        redraw();
      }
      if (!isDone) timer = window.setTimeout(work, 0);
    };
    if (rows.readyCount() < stepCount) timer = window.setTimeout(work, 0);
    return () => window.clearTimeout(timer);
  }, [trace, heads, stepCount, lastStep, shown]);
  return isJoined(heads) ? allHeadRows(trace, heads).readyCount() : stepCount;
}

interface JoinRequest {
  readonly stepCount: number;
  /** The step on show: later ones are not drawn. */
  readonly lastStep: number;
  /** Rows of the picture, null before its first drawing. */
  readonly shown: AxisBins | null;
  readonly isReady: (step: number) => boolean;
}

/**
 * Steps still to be joined, each once: first one row for every pixel in sight, so that a picture soon appears, then the
 * other rows in sight, then the rest of the run; newest first.
 */
export function joinOrder({ stepCount, lastStep, shown, isReady }: JoinRequest): readonly number[] {
  const isChosen = new Uint8Array(stepCount);
  const order: number[] = [];
  const choose = (step: number): void => {
    if (isChosen[step] === 1 || isReady(step)) return;
    isChosen[step] = 1;
    order.push(step);
  };
  const fromNewest = (first: number, last: number): void => {
    for (let step = Math.min(last, stepCount - 1); step >= first; step--) choose(step);
  };
  if (shown !== null) {
    const end = Math.min(lastStep, shown.firstCell + shown.cellCount - 1);
    for (const step of newestOfBins(shown, end, isReady)) choose(step);
    fromNewest(shown.firstCell, end);
  }
  fromNewest(0, stepCount - 1);
  return order;
}

/** The newest step, up to `end`, of each bin that shows nothing yet. */
function* newestOfBins(shown: AxisBins, end: number, isReady: (step: number) => boolean): Iterable<number> {
  for (let bin = shown.binCount - 1; bin >= 0; bin--) {
    const newest = Math.min(shown.lastOfBin[bin], end);
    let step = newest;
    while (step >= shown.firstOfBin[bin] && !isReady(step)) step--;
    if (newest >= shown.firstOfBin[bin] && step < shown.firstOfBin[bin]) yield newest;
  }
}
