// The figures next to the lifelines: how old tokens were when a head evicted them, which parts of the text are held, and
// the marks of the histograms and the retention line. Pure.
import { format, scaleLinear } from "d3";
import { counted } from "../../lib/counted";
import { headRow, rowCount } from "../../cache/headRows";
import { latestOf } from "../../trace/latest";
import { heldShare } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import { chartTicks, inPercent, seriesPath, type ChartFrame, type ChartSize } from "../../ui/chart";

export interface Bin {
  /** First and last value in it. */
  readonly from: number;
  readonly to: number;
}

export interface AgeBin extends Bin {
  /** Evictions from a head. */
  readonly count: number;
}

interface AgeCounts {
  /** Evictions of the first so many events are counted. */
  readonly eventCount: number;
  readonly counts: Uint32Array; // [age]
}

/** At most so many counts are remembered, so that no move of the clock counts a whole run again. */
const MOST_KNOWN = 64;

/** Ages in steps, from writing to eviction, of all that heads evicted in the first `eventCount` events. */
export function evictionAges(trace: Trace, eventCount: number, mostBins: number): readonly AgeBin[] {
  if (eventCount === 0) return [];
  const counts = ageCounts(trace, eventCount);
  let oldest = counts.length - 1;
  while (oldest > 0 && counts[oldest] === 0) oldest--;
  return bins(oldest + 1, mostBins).map((bin) => ({
    ...bin,
    count: counts.subarray(bin.from, bin.to + 1).reduce((sum, count) => sum + count, 0),
  }));
}

/** Continues from the nearest earlier event that is remembered. */
function ageCounts(trace: Trace, eventCount: number): Uint32Array {
  const known = latestOf<AgeCounts[]>(trace, ["ageCounts"], () => []); // ascending
  const nearest = known.findLast((before) => before.eventCount <= eventCount);
  if (nearest?.eventCount === eventCount) return nearest.counts;
  const counts = new Uint32Array(trace.events[eventCount - 1].step + 1);
  if (nearest !== undefined) counts.set(nearest.counts);
  const stride = Math.ceil(trace.events.length / MOST_KNOWN);
  for (let place = nearest?.eventCount ?? 0; place < eventCount; place++) {
    countAges(trace, place, counts);
    const isNext = place + 1 >= (known.at(-1)?.eventCount ?? 0) + stride;
    if (isNext) known.push({ eventCount: place + 1, counts: counts.slice(0, trace.events[place].step + 1) });
  }
  return counts;
}

/** Adds one event's evictions to the counts. */
function countAges(trace: Trace, place: number, counts: Uint32Array): void {
  const { step, positionsBefore, survivors } = trace.events[place];
  const promptCount = trace.header.promptTokens.length;
  for (let head = 0; head < rowCount(survivors); head++) {
    const positions = headRow(positionsBefore, head);
    const staying = headRow(survivors, head);
    let kept = 0;
    for (let slot = 0; slot < positions.length; slot++) {
      if (kept < staying.length && staying[kept] === slot) {
        kept++;
        continue;
      }
      const writtenStep = Math.max(0, positions[slot] - promptCount + 1);
      counts[step - writtenStep]++;
    }
  }
}

export interface KeptBin extends Bin {
  /** Share of the bin that a head holds, mean over heads. */
  readonly meanShare: number;
  /** Share of the bin that every head holds. */
  readonly everyShare: number;
}

/** Which parts of the text are held once a step is over. */
export function keptPositions(trace: Trace, step: number, mostBins: number): readonly KeptBin[] {
  const held = heldShare(trace, step);
  return bins(trace.header.promptTokens.length + step, mostBins).map((bin) => {
    const shares = held.subarray(bin.from, bin.to + 1);
    return {
      ...bin,
      meanShare: shares.reduce((sum, share) => sum + share, 0) / shares.length,
      everyShare: shares.reduce((sum, share) => sum + (share === 1 ? 1 : 0), 0) / shares.length,
    };
  });
}

/** 0 … count − 1 in bins of one round width, the last one shorter if the count does not divide evenly. */
function bins(count: number, mostBins: number): readonly Bin[] {
  const width = [1, 2, 4, 5, 8, 10, 16, 20, 25, 32, 50, 64, 100, 128, 200, 250, 256, 500, 512, 1000].find(
    (candidate) => count / candidate <= mostBins,
  );
  const size = width ?? Math.ceil(count / mostBins);
  return Array.from({ length: Math.ceil(count / size) }, (_, bin) => ({
    from: bin * size,
    to: Math.min(count, (bin + 1) * size) - 1,
  }));
}

interface FigureBar {
  readonly x: number;
  readonly width: number;
  readonly y: number;
  readonly height: number;
  /** Height of its darker part from the base, 0 without one. */
  readonly innerHeight: number;
  /** What it stands for, with its figures. */
  readonly title: string;
}

export interface HistogramLayout extends ChartFrame {
  readonly bars: readonly FigureBar[];
  /** Where the reasoning begins in the text; null if the axis is not the text. */
  readonly borderX: number | null;
}

interface RetentionLayout extends ChartFrame {
  readonly path: string;
  readonly dot: { readonly x: number; readonly y: number };
}

export function agesLayout(bins: readonly AgeBin[], size: ChartSize): HistogramLayout {
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const frame = figureFrame(size, bins.length === 0 ? 1 : bins[bins.length - 1].to + 1);
  const y = scaleLinear([0, most], [frame.plot.bottom, frame.plot.top]);
  const bars = bins.map((bin) => ({
    ...barPlace(bin, frame.x),
    y: y(bin.count),
    height: frame.plot.bottom - y(bin.count),
    innerHeight: 0,
    title: `${counted(bin.count, "eviction")} at an age of ${binName(bin)} ${bin.to === 1 ? "step" : "steps"}`,
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
