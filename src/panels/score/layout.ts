// The score of every candidate of one layer and KV head at one event, as bars. Pure.
//
//    λ·Y  ┌┐  hollow: taken from a neighbour (pooling)
//         ▤█  past α·C (ringed, left) and present S (right); under a maximum the taller counts
//   ──────██────── 0                                      ● total of a kept token     × total of an evicted one
//         ▇▇  −(1 − λ)·R
import { shortened } from "../../lib/shortened";
import { scaleLinear } from "d3";
import type { TraceHeader } from "../../trace/trace";
import { measuredBars, type BarHeights, type BarMeasure } from "./barHeights";
import type { Candidate, Candidates } from "./candidates";

/** In which order the bars stand: by slot, or best first. */
export type ScoreOrder = "position" | "rank";

/** A stretch of a bar, in CSS pixels. */
export interface Span {
  readonly y: number;
  readonly height: number;
}

export interface ScoreBar {
  readonly candidate: Candidate;
  readonly x: number;
  /** All that adds: λ·Y, or the total if there is no redundancy. Null if the total is infinite. */
  readonly gain: Span | null;
  /** What the past and the present bring into it; null if the policy has no such part. */
  readonly past: Span | null;
  readonly present: Span | null;
  /** What subtracts: −(1 − λ)·R. */
  readonly loss: Span | null;
  /** Where the total's marker stands; null in a beat that has not reached the total. */
  readonly totalY: number | null;
}

export interface ScoreLayout {
  readonly width: number;
  readonly height: number;
  readonly plotTop: number;
  readonly plotBottom: number;
  readonly plotLeft: number;
  readonly barWidth: number;
  readonly pitch: number;
  /** From left to right. */
  readonly bars: readonly ScoreBar[];
  readonly candidates: Candidates;
  readonly windowSlots: number;
  readonly zeroY: number;
  /** Null if the measure has no cut-off. */
  readonly cutOffY: number | null;
  readonly ticks: readonly { readonly y: number; readonly label: string }[];
  /** Slots of the bars with room for their token underneath. */
  readonly labelled: ReadonlySet<number>;
  readonly axisTitle: string;
  /** "race": past and present side by side, the taller counts. "stack": their sum. */
  readonly join: BarHeights["join"];
  /** Some bars are taller than the plot and end at its top. */
  readonly isClipped: boolean;
}

export interface ScoreRequest {
  readonly windowSlots: number;
  readonly order: ScoreOrder;
  readonly measure: BarMeasure;
  readonly width: number;
  readonly height: number;
}

const LEFT = 4;
const RIGHT = 8;
const TOP = 20;
/** Signs, brackets or slot numbers; under them upright words. */
const FOOT = 36;
/** CSS pixels of a bar and its gap at least; more bars than fit scroll. Budget 96 fits the narrowest column of a wide Overview. */
const MIN_PITCH = 4;

/** Letters of a token under its bar. */
export const LONGEST_LABEL = 8;
/** Of the 11 px monospaced letters in the style sheet. */
const LETTER_WIDTH = 6.7;
const LABEL_PITCH = 12;

export function scoreLayout(header: TraceHeader, candidates: Candidates, request: ScoreRequest): ScoreLayout {
  const { windowSlots } = request;
  const ordered = request.order === "rank" ? candidates.ranked : candidates.list;
  const columnCount = ordered.length + windowSlots;
  const pitch = Math.max(MIN_PITCH, (request.width - LEFT - RIGHT) / Math.max(1, columnCount));
  const barWidth = px(Math.max(2, Math.min(22, pitch - (pitch > 6 ? 2 : 1))));
  const plotBottom = Math.round(request.height - FOOT - labelLength(ordered));
  const heights = measuredBars(header, candidates, request.measure);
  const y = scaleLinear(heights.range, [plotBottom, TOP]).nice(5).clamp(true);
  const span = (from: number, to: number | null): Span | null => (to === null ? null : spanOf(y(from), y(to)));
  const bars = ordered.map((candidate, place): ScoreBar => {
    const { level, gain, past, present, loss } = heights.of(candidate);
    return {
      candidate,
      x: px(LEFT + place * pitch + (pitch - barWidth) / 2),
      gain: span(0, gain),
      past: span(0, past),
      present: heights.join === "stack" && past !== null ? span(past, past + (present ?? 0)) : span(0, present),
      loss: span(0, loss),
      totalY: px(Number.isFinite(level) ? y(level) : level > 0 ? TOP : plotBottom),
    };
  });
  const { cutLevel } = heights;
  return {
    width: Math.max(request.width, Math.ceil(LEFT + columnCount * pitch + RIGHT)),
    height: request.height,
    plotTop: TOP,
    plotBottom,
    plotLeft: LEFT,
    barWidth,
    pitch,
    bars,
    candidates,
    windowSlots,
    zeroY: px(y(0)),
    cutOffY: cutLevel === null ? null : px(Number.isFinite(cutLevel) ? y(cutLevel) : TOP),
    ticks: y.ticks(5).map((tick) => ({ y: px(y(tick)), label: y.tickFormat(5)(tick) })),
    labelled: fittingLabels(ordered, pitch),
    axisTitle: heights.axisTitle,
    join: heights.join,
    isClipped: ordered.some((each) => Number.isFinite(each.total) && heights.of(each).level > y.domain()[1]),
  };
}

/** Left edge of the bar that stands in a slot; the window's slots follow the candidates'. */
export function slotX({ plotLeft, pitch, barWidth }: ScoreLayout, slot: number): number {
  return plotLeft + slot * pitch + (pitch - barWidth) / 2;
}

/** Tenths of a CSS pixel are as fine as anyone sees. */
export function px(value: number): number {
  return Math.round(value * 10) / 10;
}

function spanOf(from: number, to: number): Span {
  const [top, bottom] = [Math.min(from, to), Math.max(from, to)];
  return { y: px(top), height: px(Math.max(0.7, bottom - top)) };
}

/** Of the longest label, in CSS pixels. */
function labelLength(candidates: readonly Candidate[]): number {
  const letters = candidates.reduce((longest, { text }) => Math.max(longest, shortened(text, LONGEST_LABEL).length), 0);
  return letters * LETTER_WIDTH;
}

/** Slots of the bars that get a label: all if they fit; else by rank, as many as don't collide. */
function fittingLabels(bars: readonly Candidate[], pitch: number): ReadonlySet<number> {
  if (pitch >= LABEL_PITCH) return new Set(bars.map((bar) => bar.slot));
  const reach = Math.ceil(LABEL_PITCH / pitch);
  const isTaken = new Uint8Array(bars.length);
  const order = bars.map((_, place) => place).sort((left, right) => bars[left].rank - bars[right].rank);
  const chosen = new Set<number>();
  for (const place of order) {
    const [from, to] = [Math.max(0, place - reach + 1), Math.min(bars.length, place + reach)];
    if (isTaken.subarray(from, to).includes(1)) continue;
    isTaken[place] = 1;
    chosen.add(bars[place].slot);
  }
  return chosen;
}
