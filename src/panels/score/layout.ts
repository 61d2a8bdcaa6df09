// The score of every candidate of one layer and KV head at one event, as bars: the signed stack of its parts, the
// total as a marker, the cut-off as a line, the window's protected columns behind them. Pure.
//
//    λ·Y  ▇            ●  total of a kept token      × total of an evicted one
//   ──────▇─────────── 0
//         ▇  −(1−λ)·R
import { scaleLinear } from "d3";
import type { EvictionEvent, Trace } from "../../trace/trace";
import { tokenLabel, tokenText } from "../tokenFacts";

export type ScoreOrder = "position" | "rank";

/** What the bars measure: the parts that make Z, or how far Z is from the cut-off. */
export type ScoreMeasure = "parts" | "margin";

export interface ScoreBar {
  readonly slot: number;
  readonly position: number;
  readonly text: string;
  readonly x: number;
  readonly isKept: boolean;
  readonly total: number;
  /** Of the part that adds: λ·Y, or the total where there is no redundancy. Null where the total is infinite. */
  readonly gain: { readonly y: number; readonly height: number } | null;
  /** Of the part that subtracts: −(1 − λ)·R. */
  readonly loss: { readonly y: number; readonly height: number } | null;
  /** Where the total's marker stands. */
  readonly totalY: number;
  /** Which side brought more into the join, where there was a past. */
  readonly winner: "history" | "local" | null;
}

export interface ScoreLayout {
  readonly width: number;
  readonly height: number;
  readonly plotTop: number;
  readonly plotBottom: number;
  readonly plotLeft: number;
  readonly barWidth: number;
  readonly pitch: number;
  readonly bars: readonly ScoreBar[];
  readonly window: { readonly x: number; readonly width: number; readonly count: number };
  readonly zeroY: number;
  readonly cutOffY: number;
  readonly cutOff: number;
  readonly margin: number;
  readonly ticks: readonly { readonly y: number; readonly label: string }[];
  /** Bars whose token fits under them. */
  readonly labels: readonly ScoreBar[];
  readonly axisTitle: string;
  /** Some bars are higher than the plot and end at its top. */
  readonly isClipped: boolean;
  readonly hasRedundancy: boolean;
  readonly hasHistory: boolean;
}

export interface ScoreRequest {
  readonly head: number;
  readonly order: ScoreOrder;
  readonly measure: ScoreMeasure;
  readonly width: number;
  readonly height: number;
}

const LEFT = 44;
const RIGHT = 8;
const TOP = 16;
const BOTTOM = 62;
const MIN_PITCH = 4;
const LABEL_PITCH = 10;

export function scoreLayout(trace: Trace, event: EvictionEvent, request: ScoreRequest): ScoreLayout {
  const cutOff = event.cutOff[request.head];
  // Where nothing finite was cut there is no distance to show.
  const isMargin = request.measure === "margin" && Number.isFinite(cutOff);
  const read = readColumns(trace, event, request.head);
  const columns = isMargin ? read.map((column) => fromCutOff(column, cutOff)) : read;
  const ordered = request.order === "rank" ? [...columns].sort(byRank) : columns;
  const columnCount = columns.length + event.windowSlots;
  const pitch = Math.max(MIN_PITCH, (request.width - LEFT - RIGHT) / Math.max(1, columnCount));
  const barWidth = px(Math.max(2, Math.min(18, pitch - (pitch > 5 ? 2 : 1))));
  const plotBottom = request.height - BOTTOM;
  const range = isMargin ? marginRange(columns) : valueRange(columns, cutOff);
  const y = scaleLinear(range, [plotBottom, TOP]).nice(5).clamp(true);
  const bars = ordered.map(({ gain, loss, level, ...column }, place) => {
    const isFinite = Number.isFinite(level);
    return {
      ...column,
      x: px(LEFT + place * pitch + (pitch - barWidth) / 2),
      gain: isFinite ? span(y, 0, gain) : null,
      loss: isFinite && loss !== 0 ? span(y, 0, loss) : null,
      totalY: px(isFinite ? y(level) : level > 0 ? TOP : plotBottom),
    };
  });
  return {
    width: Math.max(request.width, Math.ceil(LEFT + columnCount * pitch + RIGHT)),
    height: request.height,
    plotTop: TOP,
    plotBottom,
    plotLeft: LEFT,
    barWidth,
    pitch,
    bars,
    window: { x: px(LEFT + columns.length * pitch), width: px(event.windowSlots * pitch), count: event.windowSlots },
    zeroY: px(y(0)),
    cutOffY: px(isMargin ? y(0) : Number.isFinite(cutOff) ? y(cutOff) : TOP),
    cutOff,
    margin: event.margin[request.head],
    ticks: y.ticks(5).map((tick) => ({ y: px(y(tick)), label: y.tickFormat(5)(tick) })),
    labels: fittingLabels(bars, pitch),
    isClipped: columns.some(({ level }) => Number.isFinite(level) && level > y.domain()[1]),
    axisTitle: isMargin ? "Z − cut-off" : "score Z",
    hasRedundancy: "redundancy" in event.parts && !isMargin,
    hasHistory: columns.some((column) => column.winner !== null),
  };
}

/** Tenths of a CSS pixel are as fine as anyone sees. */
function px(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The same column measured from the cut-off: one bar, up for what is above it, down for what is below. */
function fromCutOff(column: ScoreColumn, cutOff: number): ScoreColumn {
  const distance = column.total - cutOff;
  return { ...column, level: distance, gain: distance, loss: 0 };
}

/** The evicted set the scale; what stays far above is cut off at the top, for near the line is where it is decided. */
function marginRange(columns: readonly ScoreColumn[]): readonly [number, number] {
  const distances = columns.map((column) => column.level).filter(Number.isFinite);
  const depth = Math.max(0, -Math.min(0, ...distances));
  const highest = Math.max(0, ...distances);
  return depth === 0 ? [0, highest === 0 ? 1 : highest] : [-depth, Math.min(highest, 3 * depth)];
}

interface ScoreColumn {
  readonly slot: number;
  readonly position: number;
  readonly text: string;
  readonly isKept: boolean;
  readonly total: number;
  /** Where the marker stands. */
  readonly level: number;
  readonly gain: number;
  readonly loss: number;
  readonly winner: "history" | "local" | null;
}

function readColumns(trace: Trace, event: EvictionEvent, head: number): readonly ScoreColumn[] {
  const { candidateCount, lengthBefore, parts } = event;
  const lambda = Number(trace.header.parameters.lambda);
  const headCount = event.positionsBefore.length / lengthBefore;
  const keptCount = event.survivors.length / headCount;
  const kept = new Set(event.survivors.subarray(head * keptCount, (head + 1) * keptCount));
  return Array.from({ length: candidateCount }, (_, slot) => {
    const at = head * candidateCount + slot;
    const position = event.positionsBefore[head * lengthBefore + slot];
    const total = event.total[at];
    const redundancy = parts.redundancy as Float32Array | undefined;
    const loss = redundancy === undefined ? 0 : -(1 - lambda) * redundancy[at];
    return {
      slot,
      position,
      text: tokenLabel(tokenText(trace, position)),
      isKept: kept.has(slot),
      total,
      level: total,
      gain: total - loss,
      loss,
      winner: winnerOf(trace, event, at),
    };
  });
}

/** Whether the past or the present brought more into F; null where a token had no past or the policy keeps none. */
export function winnerOf(trace: Trace, event: EvictionEvent, at: number): "history" | "local" | null {
  const history = (event.parts.history as Float32Array | undefined)?.[at];
  const local = (event.parts.local as Float32Array | undefined)?.[at];
  if (history === undefined || local === undefined || Number.isNaN(history)) return null;
  const { smoothing, alpha } = trace.header.parameters;
  const present = smoothing === "mean" ? (1 - Number(alpha)) * local : local;
  return history > present ? "history" : "local";
}

/** Best first, as the policy ranks: the higher total, then the lower slot. What stays against its total leads. */
function byRank(left: ScoreColumn, right: ScoreColumn): number {
  if (left.isKept !== right.isKept) return left.isKept ? -1 : 1;
  if (left.total === right.total) return left.slot - right.slot;
  return right.total - left.total;
}

function valueRange(columns: readonly ScoreColumn[], cutOff: number): readonly [number, number] {
  const values = columns.flatMap(({ total, gain, loss }) => (Number.isFinite(total) ? [total, gain, loss] : []));
  if (Number.isFinite(cutOff)) values.push(cutOff);
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  return low === high ? [0, 1] : [low, high];
}

function span(y: (value: number) => number, from: number, to: number): { y: number; height: number } {
  const [top, bottom] = [Math.min(y(from), y(to)), Math.max(y(from), y(to))];
  return { y: px(top), height: px(Math.max(0.7, bottom - top)) };
}

/** Where every label fits, all of them; else those of the highest totals first, as many as keep clear of each other. */
function fittingLabels(bars: readonly ScoreBar[], pitch: number): readonly ScoreBar[] {
  if (pitch >= LABEL_PITCH) return bars;
  const reach = Math.ceil(LABEL_PITCH / pitch);
  const isTaken = new Uint8Array(bars.length);
  const order = bars.map((_, place) => place).sort((left, right) => bars[right].total - bars[left].total);
  const chosen: ScoreBar[] = [];
  for (const place of order) {
    const [from, to] = [Math.max(0, place - reach + 1), Math.min(bars.length, place + reach)];
    if (isTaken.subarray(from, to).some((taken) => taken === 1)) continue;
    isTaken[place] = 1;
    chosen.push(bars[place]);
  }
  return chosen;
}

/** What the panel shows, for those who do not see it. */
export function scoreSummary(event: EvictionEvent, layout: ScoreLayout): string {
  const keptCount = layout.bars.filter((bar) => bar.isKept).length;
  return (
    `Scores at step ${event.step}: ${layout.bars.length} candidates, ${keptCount} kept, ` +
    `${layout.bars.length - keptCount} evicted; ${event.windowSlots} in the window are protected.`
  );
}
