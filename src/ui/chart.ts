// The geometry that small charts share: the plot within the picture, its ticks, names at the ends of lines, paths.
import type { ScaleLinear } from "d3";

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

export interface ChartPlot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface ChartTick {
  readonly at: number;
  readonly label: string;
}

/** What axes are drawn from. */
export interface ChartFrame {
  readonly size: ChartSize;
  readonly plot: ChartPlot;
  readonly xTicks: readonly ChartTick[];
  readonly yTicks: readonly ChartTick[];
}

/** Without the sign: the title of the axis has it. */
export function inPercent(share: number): string {
  return String(Math.round(share * 100));
}

/** About one tick per `spacing` pixels, at round values. */
export function chartTicks(
  scale: ScaleLinear<number, number>,
  spacing: number,
  write: (value: number) => string = String,
): readonly ChartTick[] {
  const [from, to] = scale.range();
  const ticks = scale.ticks(Math.max(2, Math.floor(Math.abs(to - from) / spacing)));
  return ticks.map((value) => ({ at: scale(value), label: write(value) }));
}

export interface LineEnd {
  readonly text: string;
  readonly lineY: number;
}

export interface LineLabel extends LineEnd {
  /** Baseline after moving labels apart. */
  readonly labelY: number;
}

const LINE_HEIGHT = 13;

/** Names in the order of their lines' ends, far enough apart to read, none below `lowest`. */
export function labelsApart(ends: readonly LineEnd[], lowest: number): readonly LineLabel[] {
  const sorted = ends.filter(({ lineY }) => !Number.isNaN(lineY)).sort((left, right) => left.lineY - right.lineY);
  let from = -Infinity;
  const placed = sorted.map(({ text, lineY }) => {
    from = Math.max(lineY, from + LINE_HEIGHT);
    return { text, lineY, labelY: from };
  });
  // Labels at the bottom move up again, each only as far as the one below needs.
  let until = lowest;
  return placed
    .reverse()
    .map((label) => {
      const labelY = Math.min(label.labelY, until);
      until = labelY - LINE_HEIGHT;
      return { ...label, labelY };
    })
    .reverse();
}

/**
 * The path of a long series, one value per step from 0: no more points than the eye can tell apart. Each bucket of steps
 * contributes its first, least, greatest and last value, so no peak is lost.
 */
export function seriesPath(
  values: readonly number[],
  x: (step: number) => number,
  y: (value: number) => number,
  mostBuckets: number,
): string {
  const bucketSteps = Math.max(1, Math.ceil(values.length / mostBuckets));
  const points: string[] = [];
  for (let from = 0; from < values.length; from += bucketSteps) {
    const until = Math.min(values.length, from + bucketSteps);
    let [least, greatest] = [from, from];
    for (let step = from + 1; step < until; step++) {
      if (values[step] < values[least]) least = step;
      if (values[step] > values[greatest]) greatest = step;
    }
    const steps = [...new Set([from, least, greatest, until - 1])].sort((left, right) => left - right);
    for (const step of steps) points.push(`${x(step).toFixed(1)},${y(values[step]).toFixed(1)}`);
  }
  return points.length === 0 ? "" : `M${points.join("L")}`;
}
