// The token retention ratio over a run: the share of the text that the cache holds once each step is over (methods
// section 10, the paper's Figure 6). Counted once per step of a trace, also of one that grows.
import { memoryFigures } from "./figures";
import { latestOf } from "./latest";
import type { Trace } from "./trace";

/** By step, 0 … 1: every step that the trace has so far. */
export function retentionRatios(trace: Trace): readonly number[] {
  return latestOf<number[]>(trace, ["retentionRatios", trace.steps.length], (ratios = []) => {
    for (let step = ratios.length; step < trace.steps.length; step++) {
      ratios.push(memoryFigures(trace, step).retainedRatio);
    }
    return ratios;
  });
}
