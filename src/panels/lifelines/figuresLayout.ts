// The marks of the three figures beside the lifelines: two histograms and the retention line. Pure.
import { format, scaleLinear } from "d3";
import { chartTicks, seriesPath, type ChartPlot, type ChartSize, type ChartTick } from "../../ui/chart";
import type { AgeBin, KeptBin } from "./lifeFigures";

export interface FigureBar {
  readonly x: number;
  readonly width: number;
  readonly y: number;
  readonly height: number;
  /** Height of its darker part from the base, 0 where there is none. */
  readonly innerHeight: number;
  /** What it stands for, with its figures. */
  readonly title: string;
}

export interface FigureFrame {
  readonly size: ChartSize;
  readonly plot: ChartPlot;
  readonly xTicks: readonly ChartTick[];
  readonly yTicks: readonly ChartTick[];
}

export interface HistogramLayout extends FigureFrame {
  readonly bars: readonly FigureBar[];
  /** Where the reasoning begins in the text; null where the axis is not the text. */
  readonly borderX: number | null;
}

export interface RetentionLayout extends FigureFrame {
  readonly path: string;
  readonly dot: { readonly x: number; readonly y: number };
}

const inPercent = (share: number): string => String(Math.round(share * 100));

export function agesLayout(bins: readonly AgeBin[], size: ChartSize): HistogramLayout {
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const frame = figureFrame(size, bins.length === 0 ? 1 : bins[bins.length - 1].to + 1);
  const y = scaleLinear([0, most], [frame.plot.bottom, frame.plot.top]);
  const bars = bins.map((bin) => ({
    ...barPlace(bin, frame.x),
    y: y(bin.count),
    height: frame.plot.bottom - y(bin.count),
    innerHeight: 0,
    title: `${bin.count} evictions at an age of ${binName(bin)} steps`,
  }));
  return {
    ...frame,
    yTicks: chartTicks(y, 36, format("~s")).filter(({ label }) => !label.endsWith("m")),
    bars,
    borderX: null,
  };
}

export function keptLayout(bins: readonly KeptBin[], promptCount: number, size: ChartSize): HistogramLayout {
  const frame = figureFrame(size, bins.length === 0 ? 1 : bins[bins.length - 1].to + 1);
  const y = scaleLinear([0, 1], [frame.plot.bottom, frame.plot.top]);
  const bars = bins.map((bin) => ({
    ...barPlace(bin, frame.x),
    y: y(bin.meanShare),
    height: frame.plot.bottom - y(bin.meanShare),
    innerHeight: frame.plot.bottom - y(bin.everyShare),
    title: `positions ${binName(bin)}: ${inPercent(bin.meanShare)} % held, ${inPercent(bin.everyShare)} % by every head`,
  }));
  return { ...frame, yTicks: chartTicks(y, 36, inPercent), bars, borderX: frame.x(promptCount) };
}

/** `ratios` up to the shown step, on the axis of the whole run. */
export function retentionLayout(ratios: readonly number[], axisStepCount: number, size: ChartSize): RetentionLayout {
  const frame = figureFrame(size, Math.max(1, axisStepCount - 1));
  const y = scaleLinear([0, 1], [frame.plot.bottom, frame.plot.top]);
  return {
    ...frame,
    yTicks: chartTicks(y, 36, inPercent),
    path: seriesPath(ratios, frame.x, y, frame.plot.right - frame.plot.left),
    dot: { x: frame.x(ratios.length - 1), y: y(ratios[ratios.length - 1]) },
  };
}

function figureFrame(size: ChartSize, most: number) {
  const plot = { left: 48, right: Math.max(90, size.width - 12), top: 8, bottom: size.height - 34 };
  const x = scaleLinear([0, most], [plot.left, plot.right]);
  return { size, plot, x, xTicks: chartTicks(x, 56).filter(({ label }) => !label.includes(".")) };
}

function barPlace({ from, to }: AgeBin | KeptBin, x: (value: number) => number) {
  const gap = x(to + 1) - x(from) > 4 ? 1 : 0;
  return { x: x(from), width: Math.max(0.5, x(to + 1) - x(from) - gap) };
}

function binName({ from, to }: AgeBin | KeptBin): string {
  return from === to ? String(from) : `${from}–${to}`;
}
