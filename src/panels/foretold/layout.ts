// The marks of Foretold: a scatter of one head's tokens, and the rank correlations over the events. Pure.
//
//   received                       ρ  1 ┤
//     │        ·  ●  ●                  │ ──●──●──●   the focused head
//     │  ○ · ○  ●                       │ ──────────  mean
//     │ ○  ○ ○                        0 ┤▒▒▒▒▒▒▒▒▒▒▒  chance
//     └───────────┆──── score           └──────────── event
import { scaleLinear, scaleLog, type ScaleContinuousNumeric } from "d3";
import { averageRanks } from "../../lib/rankCorrelation";
import type { HeadForetold } from "../../trace/foretold";
import {
  chartTicks,
  labelsApart,
  type ChartFrame,
  type ChartPlot,
  type ChartSize,
  type ChartTick,
  type LineLabel,
} from "../../ui/chart";
import { chanceBand, meanCorrelation, type EventForetold } from "./foretoldWork";
import type { ForetoldView } from "./view";

export interface ScatterDot {
  readonly position: number;
  readonly x: number;
  readonly y: number;
  readonly isKept: boolean;
}

export interface ScatterLayout extends ChartFrame {
  readonly dots: readonly ScatterDot[];
  readonly xTitle: string;
  readonly yTitle: string;
  /** Where the cut falls between evicted and kept; null where no one place parts them. */
  readonly cutX: number | null;
}

export interface ScatterRequest {
  readonly axes: ForetoldView["axes"];
  /** What the score is called: Z, or a part by its symbol or in words. */
  readonly symbol: string;
  readonly size: ChartSize;
}

export function scatterLayout(head: HeadForetold, { axes, symbol, size }: ScatterRequest): ScatterLayout {
  const { scores, received, isKept, positions } = head;
  const plot: ChartPlot = { left: 52, right: Math.max(120, size.width - 8), top: 8, bottom: size.height - 36 };
  const isRanks = axes === "ranks";
  const x = isRanks
    ? rankAxis(scores, [plot.left, plot.right])
    : valueAxis(scores, [plot.left, plot.right], { isShare: false });
  const y = isRanks
    ? rankAxis(received, [plot.bottom, plot.top])
    : valueAxis(received, [plot.bottom, plot.top], { isShare: true });
  const dots = Array.from(positions, (position, at): ScatterDot => {
    return { position, x: x.at(at), y: y.at(at), isKept: isKept[at] === 1 };
  });
  const kept = dots.filter((dot) => dot.isKept).map((dot) => dot.x);
  const evicted = dots.filter((dot) => !dot.isKept).map((dot) => dot.x);
  const [lastEvicted, firstKept] = [Math.max(...evicted), Math.min(...kept)];
  const isParted = kept.length > 0 && evicted.length > 0 && lastEvicted < firstKept;
  return {
    size,
    plot,
    dots,
    xTicks: x.ticks,
    yTicks: y.ticks,
    xTitle: isRanks ? `rank of ${symbol}, the highest on the right` : symbol,
    yTitle: isRanks ? "rank of attention received" : "attention received, %",
    cutX: isParted ? (lastEvicted + firstKept) / 2 : null,
  };
}

interface Axis {
  at(place: number): number;
  readonly ticks: readonly ChartTick[];
}

type Span = readonly [from: number, to: number];

/** 1 is the highest, at the end. */
function rankAxis(values: Float64Array, [from, to]: Span): Axis {
  const count = values.length;
  const ranks = averageRanks(values);
  const scale = scaleLinear([count + 1, 0], [from, to]);
  const ticks = scale
    .ticks(Math.max(2, Math.floor(Math.abs(to - from) / 60)))
    .filter((tick) => tick >= 1 && tick <= count);
  const labelled = [...new Set([1, ...ticks])];
  return {
    at: (place) => scale(count + 1 - ranks[place]),
    ticks: labelled.map((tick) => ({ at: scale(tick), label: String(tick) })),
  };
}

/** From here on values are shown by their order of magnitude. */
const LOG_FROM = 40;
/** Fewer orders of magnitude than values can have: what is lower stands at the foot, unless that is much of a score. */
const MOST_DECADES = 8;

interface ValueKind {
  /** Written in per cent, from 0 on, by order of magnitude. */
  readonly isShare: boolean;
}

function valueAxis(values: Float64Array, [from, to]: Span, { isShare }: ValueKind): Axis {
  const lowest = values.reduce((low, value) => Math.min(low, value), Infinity);
  const most = values.reduce((high, value) => Math.max(high, value), -Infinity);
  const above0 = values.reduce((least, value) => (value > 0 && value < least ? value : least), Infinity);
  const floor = most * 10 ** -MOST_DECADES;
  const isDeep = !isShare && values.filter((value) => value < floor).length > values.length / 4;
  const least = isDeep ? above0 : Math.max(above0, floor);
  const inside: Span = to > from ? [from + 8, to - 6] : [from - 8, to + 6];
  if (lowest >= 0 && most > least && (isShare || most / least > LOG_FROM)) {
    const hasFoot = isShare || lowest < least;
    const scale = scaleLog([least, most], [hasFoot ? inside[0] + Math.sign(to - from) * 14 : inside[0], inside[1]]);
    const ticks = logTicks(scale, isShare ? 100 : 1);
    return {
      at: (place) => (values[place] < least ? inside[0] : scale(values[place])),
      ticks: hasFoot ? [{ at: inside[0], label: above0 < least ? "≈ 0" : "0" }, ...ticks] : ticks,
    };
  }
  const low = isShare || !Number.isFinite(lowest) ? 0 : lowest;
  const scale = scaleLinear([low, most > low ? most : low + 1], [...inside]);
  return {
    at: (place) => scale(values[place]),
    ticks: chartTicks(scale, 60, (value) => tickText(isShare ? 100 * value : value)),
  };
}

/** d3's ticks are round: they need no rounding, only a true minus sign. */
function tickText(value: number): string {
  return String(value).replace("-", "−");
}

/** Powers of ten; where there are fewer than two, 2 and 5 times them as well. `factor`: 100 writes shares in per cent. */
function logTicks(scale: ScaleContinuousNumeric<number, number>, factor: number): readonly ChartTick[] {
  const [least, most] = scale.domain().map((value) => value * factor);
  const values = (mantissas: readonly number[]): readonly number[] => {
    const powers = [];
    for (let power = Math.floor(Math.log10(least)); power <= Math.log10(most); power++) powers.push(10 ** power);
    return powers
      .flatMap((power) => mantissas.map((mantissa) => mantissa * power))
      .filter((value) => value >= least && value <= most);
  };
  const tens = values([1]);
  const [from, to] = scale.range();
  const every = Math.ceil(tens.length / Math.min(5, Math.max(2, Math.floor(Math.abs(to - from) / 56))));
  const few = tens.filter((_, place) => (tens.length - 1 - place) % every === 0);
  return (few.length < 2 ? values([1, 2, 5]) : few).map((value) => ({
    at: scale(value / factor),
    label: value < 0.00001 ? powerText(value) : String(Number(value.toPrecision(2))),
  }));
}

/** "1e−27" */
function powerText(value: number): string {
  return value.toExponential(0).replace("-", "−");
}

export interface EventsLayout extends ChartFrame {
  readonly headPath: string;
  readonly otherPaths: readonly string[];
  readonly meanPath: string;
  /** What chance gives the focused head, as an area. */
  readonly bandPath: string;
  readonly zeroY: number;
  /** The focused head's, with the event that it is of. `isFair`: compared with a full cache. */
  readonly dots: readonly { readonly step: number; readonly x: number; readonly y: number; readonly isFair: boolean }[];
  readonly shownX: number | null;
  readonly labels: readonly LineLabel[];
  /** The step of the event nearest to a place. */
  readonly stepAt: (x: number) => number;
}

export interface EventsRequest {
  readonly head: number;
  /** Step of the event on show. */
  readonly shownStep: number;
  readonly size: ChartSize;
}

/** Beyond this many heads, single lines can't be told apart. */
const MOST_LINES = 48;

/** Null before the first result. */
export function eventsLayout(events: readonly EventForetold[], request: EventsRequest): EventsLayout | null {
  const { head, shownStep, size } = request;
  const known = events.filter(({ heads }) => heads.length > head);
  if (known.length === 0) return null;
  const plot: ChartPlot = { left: 38, right: Math.max(90, size.width - 46), top: 8, bottom: size.height - 34 };
  const steps = known.map(({ span }) => span.event.step);
  const [first, last] = [steps[0], steps[steps.length - 1]];
  const x = scaleLinear([first, Math.max(last, first + 1)], [plot.left + 6, plot.right - 6]);
  const bands = known.map(({ heads }) => chanceBand(heads[head].count));
  const widest = bands.reduce((most, band) => Math.max(most, Number.isNaN(band) ? 0 : Math.min(1, band)), 0.1);
  let lowest = -widest;
  for (const { heads } of known) for (const { correlation } of heads) if (correlation < lowest) lowest = correlation;
  const y = scaleLinear([lowest, 1], [plot.bottom, plot.top]).nice(4);
  const path = (values: readonly number[]): string =>
    brokenPath(values.map((value, at) => [x(steps[at]), heightOf(y, value)]));
  const own = known.map(({ heads }) => heads[head].correlation);
  const means = known.map(({ heads }) => meanCorrelation(heads)?.mean ?? NaN);
  const headCount = Math.min(...known.map(({ heads }) => heads.length));
  const others =
    headCount > MOST_LINES
      ? []
      : Array.from({ length: headCount }, (_, other) => other).filter((other) => other !== head);
  const limited = (band: number): number => (Number.isNaN(band) ? 0 : Math.min(1, band));
  const edge = (sign: number): readonly string[] =>
    known.map((_, at) => `${x(steps[at]).toFixed(1)},${y(sign * limited(bands[at])).toFixed(1)}`);
  return {
    size,
    plot,
    xTicks: chartTicks(x, 50).filter(({ label }) => Number.isInteger(Number(label))),
    yTicks: chartTicks(y, 36, tickText),
    headPath: path(own),
    otherPaths: others.map((other) => path(known.map(({ heads }) => heads[other].correlation))),
    meanPath: path(means),
    bandPath: `M${[...edge(1), ...edge(-1).toReversed()].join("L")}Z`,
    zeroY: y(0),
    dots: known.flatMap(({ span }, at) =>
      Number.isNaN(own[at]) ? [] : { step: steps[at], x: x(steps[at]), y: y(own[at]), isFair: span.fullCache !== null },
    ),
    shownX: steps.includes(shownStep) ? x(shownStep) : null,
    labels: labelsApart(
      [
        { text: "head", lineY: heightOf(y, lastKnown(own)) },
        { text: "mean", lineY: heightOf(y, lastKnown(means)) },
      ].filter(({ lineY }) => !Number.isNaN(lineY)),
      plot.bottom,
    ),
    stepAt(at) {
      return steps.reduce((best, step) => (Math.abs(x(step) - at) < Math.abs(x(best) - at) ? step : best), first);
    },
  };
}

/** NaN for a value that is not known, for which a scale gives nothing. */
function heightOf(y: (value: number) => number, value: number): number {
  return Number.isNaN(value) ? NaN : y(value);
}

function lastKnown(values: readonly number[]): number {
  return values.findLast((value) => !Number.isNaN(value)) ?? NaN;
}

/** A line through the points, broken where a value is unknown. */
function brokenPath(points: readonly (readonly [x: number, y: number])[]): string {
  let path = "";
  let isOpen = false;
  for (const [x, y] of points) {
    if (Number.isNaN(y)) {
      isOpen = false;
      continue;
    }
    path += `${isOpen ? "L" : "M"}${x.toFixed(1)},${y.toFixed(1)}`;
    isOpen = true;
  }
  return path;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** The dot next to a place, if it is near. */
export function dotNear<Dot extends Place>(dots: readonly Dot[], place: Place): Dot | null {
  let [nearest, least] = [null as Dot | null, NEAR ** 2];
  for (const dot of dots) {
    const distance = (dot.x - place.x) ** 2 + (dot.y - place.y) ** 2;
    if (distance <= least) [nearest, least] = [dot, distance];
  }
  return nearest;
}

/** CSS pixels. */
const NEAR = 14;
