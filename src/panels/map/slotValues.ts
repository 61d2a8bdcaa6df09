// The value that each mark of the map tells, as a share of its scale, for all heads at once. Pure.
import { cacheSeenByStep, headPositions, lastEventAtStep, lifetimes } from "../../trace/replay";
import type { EvictionEvent, StepRecord, Trace } from "../../trace/trace";

export type MapQuantity = "attention" | "score" | "age" | "agreement" | "none";

export interface MapRequest {
  readonly quantity: MapQuantity;
  /** Row of the focused head, with which the others agree or not. */
  readonly focusHead: number;
}

/** 0 … 1, NaN = none. [layer][kvHead][slot that the step saw] */
export function slotValues(trace: Trace, step: number, { quantity, focusHead }: MapRequest): Float32Array {
  const { positions, lengthSlots } = cacheSeenByStep(trace, step);
  const event = lastEventAtStep(trace, step);
  switch (quantity) {
    case "attention":
      return trace.steps[step].attention.length > 0 ? attentionShares(trace.steps[step]) : noValues(positions.length);
    case "age": {
      const lives = lifetimes(trace);
      return Float32Array.from(positions, (position) => (step - lives.bornStep(position)) / Math.max(1, step));
    }
    case "agreement": {
      const isShared = new Uint8Array(trace.header.promptTokens.length + step);
      for (const position of headPositions(cacheSeenByStep(trace, step), focusHead)) isShared[position] = 1;
      return Float32Array.from(positions, (position) => (isShared[position] === 1 ? 1 : NaN));
    }
    case "score":
      return event === null ? noValues(positions.length) : scoreShares(event, positions, lengthSlots);
    case "none":
      return noValues(positions.length);
  }
}

function noValues(count: number): Float32Array {
  return new Float32Array(count).fill(NaN);
}

/** The square root lets small attention be seen beside the few large values. */
function attentionShares({ attention, attentionScale, lengthSlots }: StepRecord): Float32Array {
  const shares = new Float32Array(attention.length);
  for (let head = 0, at = 0; head < attentionScale.length; head++) {
    const unit = attentionScale[head] / 255;
    for (let slot = 0; slot < lengthSlots; slot++, at++) shares[at] = Math.sqrt(attention[at] * unit);
  }
  return shares;
}

/** Each head's scores at an event over the whole scale, for the candidates that are still there. */
function scoreShares(event: EvictionEvent, positions: Int32Array, slotCount: number): Float32Array {
  const { candidateCount, lengthBefore, positionsBefore, total } = event;
  const shares = noValues(positions.length);
  for (let head = 0; head * slotCount < positions.length; head++) {
    const firstScore = head * candidateCount;
    const [low, high] = finiteRange(total.subarray(firstScore, firstScore + candidateCount));
    let slot = head * slotCount;
    const end = slot + slotCount;
    for (let candidate = 0; candidate < candidateCount; candidate++) {
      const position = positionsBefore[head * lengthBefore + candidate];
      while (slot < end && positions[slot] < position) slot++;
      if (slot === end) break;
      if (positions[slot] !== position) continue;
      // Scores that are all equal stand in the middle.
      const share = high > low ? (total[firstScore + candidate] - low) / (high - low) : 0.5;
      shares[slot] = Math.min(1, Math.max(0, share));
    }
  }
  return shares;
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
