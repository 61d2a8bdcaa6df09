// The geometry that small charts share: where the plot lies in the picture, its ticks, and names at the ends of lines.
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
  /** Where the label has room. */
  readonly labelY: number;
}

const LINE_HEIGHT = 13;

/** Names in the order of their lines' ends, far enough from each other to be read and not below the lowest place. */
export function labelsApart(ends: readonly LineEnd[], lowest: number): readonly LineLabel[] {
  const sorted = ends.filter(({ lineY }) => !Number.isNaN(lineY)).sort((left, right) => left.lineY - right.lineY);
  let from = -Infinity;
  const placed = sorted.map(({ text, lineY }) => {
    from = Math.max(lineY, from + LINE_HEIGHT);
    return { text, lineY, labelY: from };
  });
  // Those at the bottom move up again, each only as far as the one below it asks for.
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
