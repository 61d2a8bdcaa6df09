// The bytes of the cache over the run, under those that a cache which keeps everything would take. Pure.
import { scaleLinear } from "d3";
import { seriesPath, type ChartSize } from "../../ui/chart";
import { retentionRatios } from "../../trace/retention";
import type { Trace } from "../../trace/trace";

export interface MemoryLines {
  readonly usedPath: string;
  readonly fullPath: string;
  /** What is in use at the shown step. */
  readonly dot: { readonly x: number; readonly y: number };
}

const MARGIN = 3;

/** Up to the shown step, on the axes of all steps that the trace has. */
export function memoryLines(trace: Trace, step: number, size: ChartSize): MemoryLines {
  const { memory, promptTokens } = trace.header;
  const lastStep = Math.max(1, trace.steps.length - 1);
  const fullBytes = (of: number): number => (promptTokens.length + of) * memory.bytesPerSlot;
  const x = scaleLinear([0, lastStep], [MARGIN, size.width - MARGIN]);
  const y = scaleLinear([0, fullBytes(lastStep)], [size.height - MARGIN, MARGIN]);
  const used = retentionRatios(trace)
    .slice(0, step + 1)
    .map((ratio, of) => ratio * fullBytes(of));
  const point = (of: number): string => `${x(of).toFixed(1)},${y(fullBytes(of)).toFixed(1)}`;
  return {
    usedPath: seriesPath(used, x, y, size.width),
    fullPath: `M${point(0)}L${point(step)}`,
    dot: { x: x(step), y: y(used[step]) },
  };
}
