// A run whose terms have fewer digits, for a file that travels. What follows from the terms is reckoned again, by the
// forecasts that find themselves in the run; every decision stays what it was and follows from the new totals. Where
// rounding would have turned one, the tokens at stake keep their exact terms in that head.

import { eventColumns, headPart, isTerm, type Columns } from "./eventColumns";
import { cutOf } from "../../policy/admission";
import { findForecasts } from "./findForecasts";
import type { Forecasts } from "./forecast";
import { roundedHead, type HeadMoment } from "./roundHead";
import { fromFlat, toFlat, type EvictionEvent, type Trace } from "./flatTrace";
import type * as rows from "../trace";

/** Three decimal digits. */
export const TRAVEL_BITS = 11;

interface RoundingOptions {
  /** Significant bits that terms keep. */
  readonly bits?: number;
  /** Waited for after every head, so that a page stays alive meanwhile. */
  readonly pause?: () => Promise<void>;
}

/**
 * The run itself where it has nothing to round; null where its scores do not follow from its terms, so that nobody could
 * say what they would be.
 */
export async function roundTerms(
  run: rows.Trace,
  { bits = TRAVEL_BITS, pause }: RoundingOptions = {},
): Promise<rows.Trace | null> {
  const trace = toFlat(run);
  const { header, events } = trace;
  if ((header.termBits ?? Infinity) <= bits || events.every(({ terms }) => Object.keys(terms).length === 0)) return run;
  const forecasts = forecastsOf(trace);
  if (forecasts === null) return null;
  const headCount = header.model.layerCount * header.model.kvHeadCount;
  const rounded = events.map(emptyLike);
  for (let head = 0; head < headCount; head++) {
    const moments = events.map((event) => headMoment(trace, event, { head, headCount }));
    if (!moments.every((moment, place) => isCutAsTold(moment, events[place], head))) return null;
    const scores = roundedHead(moments, forecasts, bits);
    scores.forEach((columns, place) => putHead(rounded[place], columns, moments[place], { head, headCount }));
    await pause?.();
  }
  const { events: roundedEvents } = fromFlat({ ...trace, events: rounded });
  return { ...run, header: { ...header, termBits: bits }, events: roundedEvents };
}

/** Null unless every column but the terms follows exactly. */
function forecastsOf(trace: Trace): Forecasts | null {
  const forecasts = new Map(
    findForecasts(trace)
      .filter(({ isExact }) => isExact)
      .map((forecast) => [forecast.column, forecast]),
  );
  const isWhole = trace.events.every((event) =>
    [...eventColumns(event)].every(([key, { length }]) => isTerm(key) || length === 0 || forecasts.has(key)),
  );
  return isWhole ? forecasts : null;
}

interface HeadPlace {
  readonly head: number;
  readonly headCount: number;
}

function headMoment({ header }: Trace, event: EvictionEvent, { head, headCount }: HeadPlace): HeadMoment {
  const { positionsBefore, lengthBefore, survivors, total } = event;
  const keptCount = survivors.length / headCount;
  const positions = positionsBefore.subarray(head * lengthBefore, (head + 1) * lengthBefore);
  const promptCount = header.promptTokens.length;
  const hasProtected = header.parameters["isPromptProtected"] === true;
  return {
    columns: new Map([...eventColumns(event)].map(([key, column]) => [key, headPart(column, head, headCount)])),
    positions,
    total: headPart(total, head, headCount),
    survivors: survivors.subarray(head * keptCount, (head + 1) * keptCount),
    isProtected: hasProtected ? Uint8Array.from(positions, (position) => (position < promptCount ? 1 : 0)) : null,
  };
}

function isCutAsTold(moment: HeadMoment, event: EvictionEvent, head: number): boolean {
  const { cutOff, margin } = cutOf(moment, moment.survivors);
  return Object.is(Math.fround(cutOff), event.cutOff[head]) && Object.is(Math.fround(margin), event.margin[head]);
}

/** An event with room for other scores. */
function emptyLike(event: EvictionEvent): EvictionEvent {
  const { terms, parts, total, carry, cutOff, margin } = event;
  const empty = (column: Float32Array): Float32Array => new Float32Array(column.length);
  const all = (columns: EvictionEvent["terms"]) =>
    Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, empty(column)]));
  return {
    ...event,
    terms: all(terms),
    parts: all(parts),
    total: empty(total),
    carry: empty(carry),
    cutOff: empty(cutOff),
    margin: empty(margin),
  };
}

function putHead(event: EvictionEvent, columns: Columns, moment: HeadMoment, { head, headCount }: HeadPlace): void {
  const room = eventColumns(event);
  for (const [key, row] of columns) {
    const column = room.get(key);
    if (column !== undefined) headPart(column, head, headCount).set(row);
  }
  const total = columns.get("total") ?? moment.total;
  const { cutOff, margin } = cutOf({ ...moment, total }, moment.survivors);
  event.cutOff[head] = cutOff;
  event.margin[head] = margin;
}
