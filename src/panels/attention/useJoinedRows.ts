// Joins the rows over all heads in portions of some milliseconds, so that the page answers meanwhile, and has the
// picture drawn again as it fills.
import { useEffect, useReducer, type RefObject } from "react";
import type { Trace } from "../../trace/trace";
import type { AxisBins } from "../../ui/zoom/cellGrid";
import { allHeadRows } from "./allHeadRows";
import { joinOrder } from "./joinOrder";
import { isJoined, type AttentionHeads } from "./layout";

const PORTION_MS = 12;
/** A picture costs more than a portion: it is drawn often enough to be seen to fill. */
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
