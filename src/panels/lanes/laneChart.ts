// The scales that the charts of all lanes share, and the saw-tooth of one lane on them. Pure.
import { scaleLinear, type ScaleLinear } from "d3";
import type { LaneRun } from "../../state/shownRuns";
import { memoryFigures } from "../../trace/figures";
import { sawToothArea, sawToothBand, sawToothPath } from "../timeline/sawTooth";

export interface LaneScales {
  /** Of the newest step on the axis. */
  readonly lastStep: number;
  /** The longest cache of any lane. */
  readonly mostSlots: number;
}

export interface LaneChart {
  readonly width: number;
  readonly height: number;
  readonly plot: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
  readonly x: ScaleLinear<number, number>; // step → CSS pixels
  readonly y: ScaleLinear<number, number>; // slots → CSS pixels
  readonly path: string;
  readonly area: string;
  /** From the shortest head to the longest; empty where they do not differ. */
  readonly band: string;
  /** Where the lane ended, null while it goes on or where its end is the axis' end. */
  readonly endX: number | null;
}

export const CHART_HEIGHT = 44;
const PLOT_LEFT = 30;

export function laneScales(lanes: readonly LaneRun[], axisStepCount: number): LaneScales {
  const stepCount = Math.max(axisStepCount, ...lanes.map((run) => run.stepCount));
  return {
    lastStep: Math.max(1, stepCount - 1),
    mostSlots: Math.max(...lanes.map(({ trace, stepCount: known }) => memoryFigures(trace, known - 1).peakSlots)),
  };
}

/** Step → CSS pixels, the same in every chart of the panel. */
export function stepScale({ lastStep }: Pick<LaneScales, "lastStep">, width: number): ScaleLinear<number, number> {
  return scaleLinear([0, lastStep], [PLOT_LEFT, Math.max(PLOT_LEFT + 40, width - 6)]);
}

export function laneChart({ trace, stepCount, end }: LaneRun, scales: LaneScales, width: number): LaneChart {
  const x = stepScale(scales, width);
  const [left, right] = x.range();
  const plot = { left, right, top: 5, bottom: CHART_HEIGHT - 5 };
  const y = scaleLinear([0, scales.mostSlots], [plot.bottom, plot.top]);
  const range = { from: 0, to: stepCount - 1 };
  return {
    width,
    height: CHART_HEIGHT,
    plot,
    x,
    y,
    path: sawToothPath(trace, range, x, y),
    area: sawToothArea(trace, range, x, y),
    band: sawToothBand(trace, range, x, y),
    endX: end === null || stepCount - 1 >= scales.lastStep ? null : x(stepCount - 1),
  };
}

/** The step under a point of a chart, within the steps there are. */
export function stepUnder(x: ScaleLinear<number, number>, px: number, stepCount: number): number {
  return Math.min(stepCount - 1, Math.max(0, Math.round(x.invert(px))));
}
