// The marks of Reading: how much of the keys the leading directions hold, and lines by step. Pure.
import { line, scaleLinear } from "d3";
import type { KeyBasisFile } from "../../state/storedMeasures";
import { chartTicks, inPercent, type ChartFrame, type ChartPlot, type ChartSize } from "../../ui/chart";

export interface SpectrumLayout extends ChartFrame {
  readonly beforePath: string;
  readonly afterPath: string;
  /** Where r and r* fall. */
  readonly rankX: number;
  readonly scoreRankX: number;
}

/** Share of the squared length that the leading directions hold, by their number from 0. */
export function heldShares(energies: readonly number[]): readonly number[] {
  const total = energies.reduce((sum, energy) => sum + energy, 0);
  let held = 0;
  return [0, ...energies.map((energy) => (held += energy) / total)];
}

interface Ranks {
  readonly rank: number;
  readonly scoreRank: number;
}

export function spectrumLayout(
  { before, after }: KeyBasisFile["layers"][number],
  { rank, scoreRank }: Ranks,
  size: ChartSize,
): SpectrumLayout {
  const plot: ChartPlot = { left: 44, right: Math.max(100, size.width - 10), top: 8, bottom: size.height - 34 };
  const x = scaleLinear([0, before.length], [plot.left, plot.right]);
  const y = scaleLinear([0, 1], [plot.bottom, plot.top]);
  const path = line<number>(
    (_, count) => x(count),
    (share) => y(share),
  );
  return {
    ...{ size, plot },
    beforePath: path([...heldShares(before)]) ?? "",
    afterPath: path([...heldShares(after)]) ?? "",
    rankX: x(rank),
    scoreRankX: x(scoreRank),
    xTicks: chartTicks(x, 50),
    yTicks: chartTicks(y, 34, inPercent),
  };
}

export interface LinesLayout extends ChartFrame {
  readonly paths: readonly string[]; // [line]
  readonly shownX: number | null;
  readonly stepAt: (x: number) => number;
}

export interface LinesAxis {
  /** Where the axis of values ends. */
  readonly most: number;
  /** What a value is multiplied by to be written. */
  readonly scale: number;
}

export function kibOf(bytes: number): number {
  return bytes / 1024;
}

/** Null while no step has said anything. [line] of [step] */
export function linesLayout(
  lines: readonly Float64Array[],
  shownStep: number,
  { most, scale }: LinesAxis,
  size: ChartSize,
): LinesLayout | null {
  const stepCount = lines[0].length;
  if (stepCount < 2 || lines.every((line) => line.every(Number.isNaN))) return null;
  const plot: ChartPlot = { left: 44, right: Math.max(90, size.width - 10), top: 8, bottom: size.height - 34 };
  const x = scaleLinear([0, stepCount - 1], [plot.left, plot.right]);
  const y = scaleLinear([0, most * scale], [plot.bottom, plot.top]);
  const path = line<number>(
    (_, step) => x(step),
    (value) => y(value * scale),
  ).defined((value) => !Number.isNaN(value));
  return {
    ...{ size, plot },
    paths: lines.map((values) => path([...values]) ?? ""),
    xTicks: chartTicks(x, 60),
    yTicks: chartTicks(y, 34),
    shownX: shownStep < stepCount ? x(shownStep) : null,
    stepAt: (at) => Math.min(stepCount - 1, Math.max(0, Math.round(x.invert(at)))),
  };
}
