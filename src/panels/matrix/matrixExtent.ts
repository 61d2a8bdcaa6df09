// The axes of step × position pictures: every step, and every position that some step sees.
import type { Trace } from "../../trace/trace";
import type { ZoomExtent } from "../../ui/zoom/zoomView";

/** The token of the last step is never fed back, so no row has a cell for it. */
export function matrixExtent(trace: Trace, stepCount: number): ZoomExtent {
  return { columnCount: trace.header.promptTokens.length + stepCount - 1, rowCount: stepCount };
}
