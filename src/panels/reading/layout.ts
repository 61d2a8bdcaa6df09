// The marks of Reading: how much of the keys the leading directions hold, and a share by step for every layer. Pure.
import { line, scaleLinear } from "d3";
import type { KeyBasisFile } from "../../state/storedMeasures";
import {
  chartTicks,
  inPercent,
  labelsApart,
  type ChartFrame,
  type ChartPlot,
  type ChartSize,
  type LineLabel,
} from "../../ui/chart";

export interface SpectrumLayout extends ChartFrame {
  readonly beforePath: string;
  readonly afterPath: string;
  /** Where r and r* fall. */
  readonly rankX: number;
  readonly scoreRankX: number;
  readonly labels: readonly LineLabel[];
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
  const plot: ChartPlot = { left: 44, right: Math.max(100, size.width - 56), top: 8, bottom: size.height - 34 };
  const x = scaleLinear([0, before.length], [plot.left, plot.right]);
  const y = scaleLinear([0, 1], [plot.bottom, plot.top]);
  const path = line<number>(
    (_, count) => x(count),
    (share) => y(share),
  );
  const at = (energies: readonly number[]): number => y(heldShares(energies)[Math.min(rank, energies.length)]);
  return {
    ...{ size, plot },
    beforePath: path([...heldShares(before)]) ?? "",
    afterPath: path([...heldShares(after)]) ?? "",
    rankX: x(rank),
    scoreRankX: x(scoreRank),
    xTicks: chartTicks(x, 50),
    yTicks: chartTicks(y, 34, inPercent),
    labels: labelsApart(
      [
        { text: "before", lineY: at(before) },
        { text: "after", lineY: at(after) },
      ],
      plot.bottom,
    ),
  };
}

export interface SharesLayout extends ChartFrame {
  readonly paths: readonly string[]; // [layer]
  readonly shownX: number | null;
  readonly stepAt: (x: number) => number;
}

/** Null while no step has said anything. [layer] of [step] */
export function sharesLayout(shares: readonly Float64Array[], shownStep: number, size: ChartSize): SharesLayout | null {
  const stepCount = shares[0].length;
  if (stepCount < 2 || shares.every((layer) => layer.every(Number.isNaN))) return null;
  const plot: ChartPlot = { left: 44, right: Math.max(90, size.width - 10), top: 8, bottom: size.height - 34 };
  const x = scaleLinear([0, stepCount - 1], [plot.left, plot.right]);
  const y = scaleLinear([0, 1], [plot.bottom, plot.top]);
  const path = line<number>(
    (_, step) => x(step),
    (share) => y(share),
  ).defined((share) => !Number.isNaN(share));
  return {
    ...{ size, plot },
    paths: shares.map((layer) => path([...layer]) ?? ""),
    xTicks: chartTicks(x, 60),
    yTicks: chartTicks(y, 34, inPercent),
    shownX: shownStep < stepCount ? x(shownStep) : null,
    stepAt: (at) => Math.min(stepCount - 1, Math.max(0, Math.round(x.invert(at)))),
  };
}
