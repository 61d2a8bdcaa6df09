// The cache of one layer and KV head as a strip: the text runs from left to right, a mark stands where a slot holds
// a position. Its height and colour show a value; what is evicted at this step hangs below the line. Pure.
//
//   ▏▎▏▍▏▏ ▏ ▌▏▏▏▏▏█   held        height and colour: attention now, or score at the last event
//   ──────────────▬▬   window      a bar under the newest w
//     ╵  ╵             evicted     hanging marks, at an event only
import {
  headRow,
  kvHeadOf,
  layerOf,
  lengthRange,
  newRows,
  rowCount,
  rowLengths,
  type HeadRows,
} from "../../cache/headRows";
import {
  cacheAfterStep,
  cacheSeenByStep,
  eventAtStep,
  lastEventAtStep,
  lengthsAfterStep,
  lengthsSeenByStep,
  lifetimes,
  type ReplayedCache,
} from "../../trace/replay";
import type { EvictionEvent, StepRecord, Trace } from "../../trace/trace";
import type { FigureTable } from "../../ui/figure/figureTable";
import { tokenText } from "../tokenFacts";

export type MapQuantity = "attention" | "score" | "age" | "agreement" | "none";

export interface MapView {
  readonly quantity: MapQuantity;
  /** What runs from left to right: positions in the text, or slots. */
  readonly axis: "position" | "slot";
}

/** The marks of all strips: rows of the slots that the step saw. */
export interface MapMarks {
  readonly positions: HeadRows<Int32Array>;
  /** Shares of the scale, 0 … 1; NaN = held without a value. */
  readonly values: HeadRows<Float32Array>;
  /** 1 = the slot is kept at this step; null if all are. */
  readonly isKept: HeadRows<Uint8Array> | null;
  /** Slots that each head was given by the last event; null before the first. [head] */
  readonly budgets: Int32Array | null;
  /** First and last position of the window after the step. */
  readonly window: readonly [first: number, last: number] | null;
}

/** The quantities the map can show for a trace at a step. */
export function mapQuantities(trace: Trace, step: number): readonly MapQuantity[] {
  const hasAttention = trace.steps[step].attention.values.length > 0;
  const hasScore = lastEventAtStep(trace, step) !== null;
  const measured = [...(hasAttention ? (["attention"] as const) : []), ...(hasScore ? (["score"] as const) : [])];
  return [...measured, "age", "agreement", "none"];
}

interface MapRequest {
  readonly quantity: MapQuantity;
  /** The focused head, with which the others agree or not. */
  readonly focusHead: number;
}

export function mapMarks(trace: Trace, step: number, request: MapRequest): MapMarks {
  const event = eventAtStep(trace, step);
  return {
    positions: cacheSeenByStep(trace, step),
    values: slotValues(trace, step, request),
    isKept: event === null ? null : keptSlots(event),
    budgets: budgetsAfterStep(trace, step),
    window: windowAfterStep(trace, step),
  };
}

function budgetsAfterStep(trace: Trace, step: number): Int32Array | null {
  const event = lastEventAtStep(trace, step);
  return event === null ? null : rowLengths(event.survivors);
}

function keptSlots({ survivors, positionsBefore }: EvictionEvent): HeadRows<Uint8Array> {
  const isKept = newRows(positionsBefore.offsets, Uint8Array);
  for (let head = 0; head < rowCount(survivors); head++) {
    const row = headRow(isKept, head);
    for (const slot of headRow(survivors, head)) row[slot] = 1;
  }
  return isKept;
}

function windowAfterStep(trace: Trace, step: number): MapMarks["window"] {
  const { windowSlots } = trace.header.parameters;
  const written = trace.header.promptTokens.length + step;
  const count = typeof windowSlots === "number" ? Math.min(windowSlots, written) : 0;
  return count > 0 ? [written - count, written - 1] : null;
}

function slotValues(trace: Trace, step: number, { quantity, focusHead }: MapRequest): HeadRows<Float32Array> {
  const cache = cacheSeenByStep(trace, step);
  const event = lastEventAtStep(trace, step);
  switch (quantity) {
    case "attention":
      return trace.steps[step].attention.values.length > 0 ? attentionShares(trace.steps[step]) : noValues(cache);
    case "age": {
      const lives = lifetimes(trace);
      return valuesOf(cache, (position) => (step - lives.writtenStep(position)) / Math.max(1, step));
    }
    case "agreement": {
      const isShared = new Uint8Array(trace.header.promptTokens.length + step);
      for (const position of headRow(cache, focusHead)) isShared[position] = 1;
      return valuesOf(cache, (position) => (isShared[position] === 1 ? 1 : NaN));
    }
    case "score":
      return event === null ? noValues(cache) : scoreShares(event, cache);
    case "none":
      return noValues(cache);
  }
}

function valuesOf(cache: ReplayedCache, valueOf: (position: number) => number): HeadRows<Float32Array> {
  return { offsets: cache.offsets, values: Float32Array.from(cache.values, valueOf) };
}

function noValues(cache: ReplayedCache): HeadRows<Float32Array> {
  return valuesOf(cache, () => NaN);
}

/** The square root keeps small attention visible next to the few large values. */
function attentionShares({ attention, attentionScale }: StepRecord): HeadRows<Float32Array> {
  const shares = newRows(attention.offsets, Float32Array);
  for (let head = 0; head < attentionScale.length; head++) {
    const unit = attentionScale[head] / 255;
    const end = attention.offsets[head + 1];
    for (let at = attention.offsets[head]; at < end; at++) shares.values[at] = Math.sqrt(attention.values[at] * unit);
  }
  return shares;
}

/** Each head's scores at an event, spread over the whole scale, for the candidates that it still holds. */
function scoreShares(event: EvictionEvent, cache: ReplayedCache): HeadRows<Float32Array> {
  const allShares = noValues(cache);
  for (let head = 0; head < rowCount(cache); head++) {
    const [total, before] = [headRow(event.total, head), headRow(event.positionsBefore, head)];
    const [positions, shares] = [headRow(cache, head), headRow(allShares, head)];
    const [low, high] = finiteRange(total);
    let slot = 0;
    for (let candidate = 0; candidate < total.length; candidate++) {
      const position = before[candidate];
      while (slot < positions.length && positions[slot] < position) slot++;
      if (slot === positions.length) break;
      if (positions[slot] !== position) continue;
      // Equal scores stand in the middle of the scale.
      const share = high > low ? (total[candidate] - low) / (high - low) : 0.5;
      shares[slot] = Math.min(1, Math.max(0, share));
    }
  }
  return allShares;
}

function finiteRange(values: Float32Array): readonly [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Slots of each head after the step; null where all have equally many. [head] */
export function heldCounts(trace: Trace, step: number): readonly number[] | null {
  const lengths = lengthsAfterStep(trace, step);
  const { shortest, longest } = lengthRange(lengths);
  return shortest === longest ? null : [...lengths];
}

/** What the focused cell shows, for those who do not see it. */
export function cellSummary(trace: Trace, step: number, head: number): string {
  const keptCount = lengthsAfterStep(trace, step)[head];
  const evictedCount = lengthsSeenByStep(trace, step)[head] - keptCount;
  return evictedCount === 0 ? `holds ${keptCount} tokens` : `holds ${keptCount} tokens, ${evictedCount} evicted now`;
}

/** What each head holds after the step, as rows. */
export function mapTable(trace: Trace, step: number): FigureTable {
  const cache = cacheAfterStep(trace, step);
  const { model } = trace.header;
  const heads = Array.from({ length: rowCount(cache) }, (_, head) => head);
  return {
    caption: `Tokens in the cache after step ${step}`,
    columns: ["layer", "KV head", "slot", "position", "token"],
    rows: heads.flatMap((head) =>
      Array.from(headRow(cache, head), (position, slot) => [
        layerOf(model, head),
        kvHeadOf(model, head),
        slot,
        position,
        tokenText(trace, position),
      ]),
    ),
  };
}
