// The value that each mark of the map tells, as a share of its scale, for all heads at once. Pure.
import { headRow, newRows, rowCount } from "../../cache/headRows";
import type { HeadRows } from "../../cache/headRows";
import { cacheSeenByStep, lastEventAtStep, lifetimes, type ReplayedCache } from "../../trace/replay";
import type { EvictionEvent, StepRecord, Trace } from "../../trace/trace";

export type MapQuantity = "attention" | "score" | "age" | "agreement" | "none";

export interface MapRequest {
  readonly quantity: MapQuantity;
  /** Row of the focused head, with which the others agree or not. */
  readonly focusHead: number;
}

/** 0 … 1, NaN = none. Rows of the slots that the step saw */
export function slotValues(trace: Trace, step: number, { quantity, focusHead }: MapRequest): HeadRows<Float32Array> {
  const cache = cacheSeenByStep(trace, step);
  const event = lastEventAtStep(trace, step);
  switch (quantity) {
    case "attention":
      return trace.steps[step].attention.values.length > 0 ? attentionShares(trace.steps[step]) : noValues(cache);
    case "age": {
      const lives = lifetimes(trace);
      return valuesOf(cache, (position) => (step - lives.bornStep(position)) / Math.max(1, step));
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

/** The square root lets small attention be seen beside the few large values. */
function attentionShares({ attention, attentionScale }: StepRecord): HeadRows<Float32Array> {
  const shares = newRows(attention.offsets, Float32Array);
  for (let head = 0; head < attentionScale.length; head++) {
    const unit = attentionScale[head] / 255;
    const end = attention.offsets[head + 1];
    for (let at = attention.offsets[head]; at < end; at++) shares.values[at] = Math.sqrt(attention.values[at] * unit);
  }
  return shares;
}

/** Each head's scores at an event over the whole scale, for the candidates that are still there. */
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
      // Scores that are all equal stand in the middle.
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
