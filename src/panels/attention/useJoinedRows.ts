// Joins the rows over all heads in portions of some milliseconds, so that the page answers meanwhile.
import { useEffect, useReducer } from "react";
import type { Trace } from "../../trace/trace";
import { allHeadRows } from "./allHeadRows";
import type { AttentionHeads } from "./layout";

const PORTION_MS = 10;

/** How many rows are ready; rendered again as the number grows. */
export function useJoinedRows(trace: Trace, heads: AttentionHeads, stepCount: number): number {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    if (heads === "focus") return;
    const rows = allHeadRows(trace, heads);
    let timer = 0;
    const work = (): void => {
      const end = performance.now() + PORTION_MS;
      const readyCount = rows.extend(() => performance.now() > end);
      redraw();
      if (readyCount < stepCount) timer = window.setTimeout(work, 0);
    };
    if (rows.readyCount() < stepCount) timer = window.setTimeout(work, 0);
    return () => window.clearTimeout(timer);
  }, [trace, heads, stepCount]);
  return heads === "focus" ? stepCount : allHeadRows(trace, heads).readyCount();
}
