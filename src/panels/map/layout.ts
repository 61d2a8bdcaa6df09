// The cache of one layer and KV head as a strip: the text runs from left to right, a mark stands where a slot holds
// a position. Its height and colour tell a value; what leaves at this very step hangs below the line. Pure.
//
//   ▏▎▏▍▏▏ ▏ ▌▏▏▏▏▏█   held        height and colour: attention now, or score at the last event
//   ──────────────▬▬   window      a bar under the newest w
//     ╵  ╵             leaving     hanging marks, at an event only
import { scaleLinear, type ScaleLinear } from "d3";
import { cacheSeenByStep, headPositions, isInWindow, lastEventAtStep, lifetimes } from "../../trace/replay";
import type { EvictionEvent, Trace } from "../../trace/trace";

export type MapQuantity = "attention" | "score" | "age" | "agreement" | "none";

export interface MapView {
  readonly quantity: MapQuantity;
  /** What runs from left to right: where a token stands in the text, or the slot that it is in. */
  readonly axis: "position" | "slot";
}

export const defaultMapView: MapView = { quantity: "attention", axis: "position" };

export interface MapMarks {
  /** Parallel arrays, one entry per slot that the step saw. */
  readonly positions: Int32Array;
  /** Share of the scale's range, 0 … 1; NaN = held without a value. [slot] */
  readonly values: Float32Array;
  /** Whether the slot stays once the step is over. [slot] */
  readonly isKept: readonly boolean[];
  /** First and last position of the window once the step is over. */
  readonly window: readonly [first: number, last: number] | null;
}

/** The quantities the map can show for a trace at a step. */
export function mapQuantities(trace: Trace, step: number): readonly MapQuantity[] {
  const hasAttention = trace.steps[step].attention.length > 0;
  const hasScore = lastEventAtStep(trace, step) !== null;
  const measured = [...(hasAttention ? (["attention"] as const) : []), ...(hasScore ? (["score"] as const) : [])];
  return [...measured, "age", "agreement", "none"];
}

export interface MapRequest {
  readonly quantity: MapQuantity;
  /** Row of the focused head, with which the others agree or not. */
  readonly focusHead: number;
}

export function mapMarks(trace: Trace, step: number, head: number, { quantity, focusHead }: MapRequest): MapMarks {
  const seen = cacheSeenByStep(trace, step);
  const positions = headPositions(seen, head);
  const event = lastEventAtStep(trace, step);
  const written = trace.header.promptTokens.length + step;
  const isNow = event?.step === step;
  let first = written;
  while (first > 0 && isInWindow(trace, step, first - 1)) first--;
  return {
    positions,
    values: markValues(trace, step, head, { quantity, focusHead, positions, event }),
    isKept: keptSlots(positions.length, head, isNow ? event : null),
    window: first < written ? [first, written - 1] : null,
  };
}

interface ValueRequest extends MapRequest {
  readonly positions: Int32Array;
  readonly event: EvictionEvent | null;
}

function markValues(
  trace: Trace,
  step: number,
  head: number,
  { quantity, focusHead, positions, event }: ValueRequest,
): Float32Array {
  const count = positions.length;
  const values = new Float32Array(count).fill(NaN);
  const { attention, attentionScale } = trace.steps[step];
  if (quantity === "attention" && attention.length > 0) {
    // The square root lets small attention be seen beside the few large values.
    for (let slot = 0; slot < count; slot++) {
      values[slot] = Math.sqrt((attention[head * count + slot] / 255) * attentionScale[head]);
    }
  }
  if (quantity === "age") {
    const lives = lifetimes(trace);
    for (let slot = 0; slot < count; slot++) {
      values[slot] = (step - lives.bornStep(positions[slot])) / Math.max(1, step);
    }
  }
  if (quantity === "agreement") {
    const focused = new Set(headPositions(cacheSeenByStep(trace, step), focusHead));
    for (let slot = 0; slot < count; slot++) if (focused.has(positions[slot])) values[slot] = 1;
  }
  if (quantity === "score" && event !== null) {
    const { candidateCount, lengthBefore } = event;
    const total = event.total.subarray(head * candidateCount, (head + 1) * candidateCount);
    const scored = event.positionsBefore.subarray(head * lengthBefore, head * lengthBefore + candidateCount);
    const finite = total.filter(Number.isFinite);
    const share = scaleLinear([Math.min(...finite), Math.max(...finite)], [0, 1]).clamp(true);
    let slot = 0;
    scored.forEach((position, candidate) => {
      while (slot < count && positions[slot] < position) slot++;
      if (positions[slot] === position) values[slot] = share(total[candidate]);
    });
  }
  return values;
}

function keptSlots(count: number, head: number, event: EvictionEvent | null): readonly boolean[] {
  if (event === null) return new Array<boolean>(count).fill(true);
  const keptCount = event.survivors.length / (event.positionsBefore.length / event.lengthBefore);
  const isKept = new Array<boolean>(count).fill(false);
  for (const slot of event.survivors.subarray(head * keptCount, (head + 1) * keptCount)) isKept[slot] = true;
  return isKept;
}

export interface MapGeometry {
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Position in the text, or slot, to CSS pixels. */
  readonly x: ScaleLinear<number, number>;
}

/** Cells shrink with the number of layers so that a model of 28 layers is still one picture. */
export function mapGeometry(layerCount: number, cellWidth: number, placeCount: number): MapGeometry {
  const cellHeight = layerCount <= 4 ? 32 : layerCount <= 8 ? 26 : layerCount <= 16 ? 20 : 14;
  return { cellWidth, cellHeight, x: scaleLinear([0, placeCount], [0, cellWidth]) };
}

/** What the focused cell shows, for those who do not see it. */
export function cellSummary(marks: MapMarks): string {
  const keptCount = marks.isKept.filter(Boolean).length;
  const leavingCount = marks.isKept.length - keptCount;
  return leavingCount === 0 ? `holds ${keptCount} tokens` : `holds ${keptCount} tokens, ${leavingCount} leave now`;
}
