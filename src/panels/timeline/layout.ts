// The run over time: the cache's saw-tooth between B and B + s, the line of the full cache above it, the events. Pure.
import { scaleLinear, type ScaleLinear } from "d3";
import { lengthAfterStep, lengthSeenByStep } from "../../trace/replay";
import type { Trace } from "../../trace/trace";

export interface TimelineSize {
  readonly width: number;
  readonly height: number;
}

export interface TimelineLayout {
  readonly size: TimelineSize;
  readonly plot: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
  readonly x: ScaleLinear<number, number>; // step → CSS pixels
  readonly y: ScaleLinear<number, number>; // slots → CSS pixels
  /** What the cache held: seen by each step, then what its event left. */
  readonly cachePath: string;
  readonly cacheArea: string;
  readonly fullPath: string;
  /** Where the full cache's line ends, and whether it goes on beyond the plot. */
  readonly fullEnd: { readonly x: number; readonly y: number; readonly isBeyond: boolean };
  readonly levels: readonly { readonly y: number; readonly label: string }[];
  readonly events: readonly { readonly step: number; readonly x: number }[];
  readonly xTicks: readonly { readonly x: number; readonly label: string }[];
  readonly yTicks: readonly { readonly y: number; readonly label: string }[];
  /** Last step of a run that ended. */
  readonly endX: number | null;
}

/** The first `stepCount` steps, on an axis of `axisStepCount` (more while a run is still growing). */
export function timelineLayout(
  trace: Trace,
  stepCount: number,
  axisStepCount: number,
  size: TimelineSize,
): TimelineLayout {
  const promptCount = trace.header.promptTokens.length;
  const lastStep = Math.max(1, axisStepCount - 1);
  const isNarrow = size.width < 560;
  const plot = { left: 44, right: size.width - (isNarrow ? 14 : 62), top: 12, bottom: size.height - 22 };
  const x = scaleLinear([0, lastStep], [plot.left, plot.right]);
  const y = scaleLinear([0, highestSlots(trace, stepCount, promptCount + lastStep)], [plot.bottom, plot.top]);
  const points: string[] = [];
  for (let step = 0; step < stepCount; step++) {
    const at = x(step).toFixed(1);
    const [seen, after] = [lengthSeenByStep(trace, step), lengthAfterStep(trace, step)];
    points.push(`${at},${y(seen).toFixed(1)}`);
    if (after !== seen) points.push(`${at},${y(after).toFixed(1)}`);
  }
  const cachePath = points.length === 0 ? "" : `M${points.join("L")}`;
  const tickCount = plot.bottom - plot.top < 50 ? 2 : 3; // labels are 11 px high
  // The full cache leaves the plot at its top where it would flatten the saw-tooth.
  const fullSteps = Math.min(Math.max(0, stepCount - 1), y.domain()[1] - promptCount);
  const lastX = x(Math.max(0, stepCount - 1)).toFixed(1);
  return {
    size,
    plot,
    x,
    y,
    cachePath,
    cacheArea: cachePath === "" ? "" : `${cachePath}L${lastX},${y(0)}L${x(0)},${y(0)}Z`,
    fullPath: `M${x(0)},${y(promptCount)}L${x(fullSteps)},${y(promptCount + fullSteps)}`,
    fullEnd: { x: x(fullSteps), y: y(promptCount + fullSteps), isBeyond: fullSteps < stepCount - 1 },
    levels: levels(trace).map(({ slots, label }) => ({ y: y(slots), label })),
    events: trace.events.filter(({ step }) => step < stepCount).map(({ step }) => ({ step, x: x(step) })),
    xTicks: x.ticks(isNarrow ? 4 : 10).map((tick) => ({ x: x(tick), label: String(tick) })),
    yTicks: y.ticks(tickCount).map((tick) => ({ y: y(tick), label: String(tick) })),
    endX: trace.end === null ? null : x(stepCount - 1),
  };
}

/** Room for the saw-tooth and its levels, half as much above it, and the full cache as far as it fits. */
function highestSlots(trace: Trace, stepCount: number, fullSlots: number): number {
  let highest = trace.header.promptTokens.length;
  for (let step = 0; step < stepCount; step++) highest = Math.max(highest, lengthSeenByStep(trace, step));
  for (const { slots } of levels(trace)) highest = Math.max(highest, slots);
  return Math.min(fullSlots, Math.ceil(highest * 1.5));
}

function levels(trace: Trace): readonly { slots: number; label: string }[] {
  const { budgetSlots, intervalSteps, budgetMode } = trace.header.parameters;
  if (trace.header.policyId === "fullCache" || budgetMode === "ratio") return [];
  const [budget, interval] = [Number(budgetSlots), Number(intervalSteps)];
  return [
    { slots: budget, label: `B ${budget}` },
    { slots: budget + interval, label: `B + s ${budget + interval}` },
  ];
}

/** The step under a horizontal place in the chart. */
export function stepAt(layout: TimelineLayout, place: number, stepCount: number): number {
  return Math.min(stepCount - 1, Math.max(0, Math.round(layout.x.invert(place))));
}
