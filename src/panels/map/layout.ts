// The cache of one layer and KV head as a strip: the text runs from left to right, a mark stands where a slot holds
// a position. Its height and colour tell a value; what leaves at this very step hangs below the line. Pure.
//
//   ▏▎▏▍▏▏ ▏ ▌▏▏▏▏▏█   held        height and colour: attention now, or score at the last event
//   ──────────────▬▬   window      a bar under the newest w
//     ╵  ╵             leaving     hanging marks, at an event only
import { cacheSeenByStep, eventAtStep, lastEventAtStep } from "../../trace/replay";
import type { EvictionEvent, Trace } from "../../trace/trace";
import { slotValues, type MapQuantity, type MapRequest } from "./slotValues";

export interface MapView {
  readonly quantity: MapQuantity;
  /** What runs from left to right: where a token stands in the text, or the slot that it is in. */
  readonly axis: "position" | "slot";
}

/** The marks of all strips: arrays over [layer][kvHead][slot that the step saw]. */
export interface MapMarks {
  readonly headCount: number;
  /** Slots per strip. */
  readonly slotCount: number;
  readonly positions: Int32Array;
  /** Share of the scale's range, 0 … 1; NaN = held without a value. */
  readonly values: Float32Array;
  /** 1 where the slot stays once the step is over; null where all do. */
  readonly isKept: Uint8Array | null;
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

export function mapMarks(trace: Trace, step: number, request: MapRequest): MapMarks {
  const { positions, lengthSlots } = cacheSeenByStep(trace, step);
  const { layerCount, kvHeadCount } = trace.header.model;
  const event = eventAtStep(trace, step);
  return {
    headCount: layerCount * kvHeadCount,
    slotCount: lengthSlots,
    positions,
    values: slotValues(trace, step, request),
    isKept: event === null ? null : keptSlots(event, layerCount * kvHeadCount),
    window: windowAfterStep(trace, step),
  };
}

/** [head][slot], 1 = stays */
function keptSlots({ survivors, lengthBefore }: EvictionEvent, headCount: number): Uint8Array {
  const isKept = new Uint8Array(headCount * lengthBefore);
  const keptCount = survivors.length / headCount;
  survivors.forEach((slot, at) => {
    isKept[Math.floor(at / keptCount) * lengthBefore + slot] = 1;
  });
  return isKept;
}

function windowAfterStep(trace: Trace, step: number): MapMarks["window"] {
  const { windowSlots } = trace.header.parameters;
  const written = trace.header.promptTokens.length + step;
  const count = typeof windowSlots === "number" ? Math.min(windowSlots, written) : 0;
  return count > 0 ? [written - count, written - 1] : null;
}

/** What the focused cell shows, for those who do not see it. */
export function cellSummary(trace: Trace, step: number): string {
  const { slotCount, keptCount } = slotCounts(trace, step);
  const leavingCount = slotCount - keptCount;
  return leavingCount === 0 ? `holds ${keptCount} tokens` : `holds ${keptCount} tokens, ${leavingCount} leave now`;
}

/** The same for every head, since all heads of a run hold equally many. */
function slotCounts(trace: Trace, step: number): { readonly slotCount: number; readonly keptCount: number } {
  const slotCount = trace.steps[step].lengthSlots;
  const event = eventAtStep(trace, step);
  if (event === null) return { slotCount, keptCount: slotCount };
  const { layerCount, kvHeadCount } = trace.header.model;
  return { slotCount, keptCount: event.survivors.length / (layerCount * kvHeadCount) };
}
