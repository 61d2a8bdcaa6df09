// The score of every candidate of one layer and KV head at one event, as bars. Pure.
//
//    λ·Y  ┌┐  hollow: lent by neighbours (pooling)
//         ▤█  past α·C (ringed, left) and present S (right); under a maximum the taller one counts
//   ──────██────── 0                                      ● total of a kept token     × total of an evicted one
//         ▇▇  −(1 − λ)·R
import { scaleLinear } from "d3";
import type { TraceHeader } from "../../trace/trace";
import { measuredBars, type BarHeights } from "./barHeights";
import type { Candidate, Candidates } from "./candidates";
import { fittingLabels, labelLength } from "./labels";
import type { ScoreMeasure, ScoreOrder } from "./view";

/** A stretch of a bar, in CSS pixels. */
export interface Span {
  readonly y: number;
  readonly height: number;
}

export interface ScoreBar extends Candidate {
  readonly x: number;
  /** All that adds: λ·Y, or the total where there is no redundancy. Null where the total is infinite. */
  readonly gain: Span | null;
  /** What the past and the present bring into it; null where the policy joins none. */
  readonly past: Span | null;
  readonly present: Span | null;
  /** Of the part that subtracts: −(1 − λ)·R. */
  readonly loss: Span | null;
  /** Where the total's marker stands. */
  readonly totalY: number;
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
  /** Null where the measure has no cut-off. */
  readonly cutOffY: number | null;
  readonly ticks: readonly { readonly y: number; readonly label: string }[];
  /** Slots of the bars whose token fits under them. */
  readonly labelled: ReadonlySet<number>;
  readonly axisTitle: string;
  /** "race": past and present side by side, the taller counts. "stack": their sum. */
  readonly join: BarHeights["join"];
  /** Some bars are higher than the plot and end at its top. */
  readonly isClipped: boolean;
}

export interface ScoreRequest {
  readonly windowSlots: number;
  readonly order: ScoreOrder;
  readonly measure: Exclude<ScoreMeasure, "spread">;
  readonly width: number;
  readonly height: number;
}

const LEFT = 4;
const RIGHT = 8;
const TOP = 20;
/** Signs, brackets or slot numbers; under them upright words. */
const FOOT = 36;
const MIN_PITCH = 5;

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
    // Spelled out: spreading thousands of records costs more than the rest of the picture.
    const { slot, newSlot, position, text, isKept, rank, total, isTied, isNewcomer, winner, parts } = candidate;
    return {
      slot,
      newSlot,
      position,
      text,
      isKept,
      rank,
      total,
      isTied,
      isNewcomer,
      winner,
      parts,
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
    labelled: fittingLabels(bars, pitch),
    axisTitle: heights.axisTitle,
    join: heights.join,
    isClipped: bars.some((bar) => Number.isFinite(bar.total) && heights.of(bar).level > y.domain()[1]),
  };
}

/** Left edge of the bar that stands in a slot; the window's slots follow the candidates'. */
export function slotX({ plotLeft, pitch, barWidth }: ScoreLayout, slot: number): number {
  return plotLeft + slot * pitch + (pitch - barWidth) / 2;
}

/** Tenths of a CSS pixel are as fine as anyone sees. */
function px(value: number): number {
  return Math.round(value * 10) / 10;
}

function spanOf(from: number, to: number): Span {
  const [top, bottom] = [Math.min(from, to), Math.max(from, to)];
  return { y: px(top), height: px(Math.max(0.7, bottom - top)) };
}
