// Finds how the score columns of a run follow from one another, whatever its policy: every operation is tried over the
// columns before, with the numbers that the run's parameters give, on a few rows first and then on all events.

import {
  carriedRow,
  eventColumns,
  forecastColumn,
  headPart,
  isTerm,
  PROMPT_TERM,
  xorBits,
  type Columns,
} from "./eventColumns";
import { forecastInto, LARGEST_WIDTH, operations, type Forecast, type ForecastRow, type Operation } from "./forecast";
import type { Trace, TraceHeader } from "./flatTrace";

export interface FoundForecast extends Forecast {
  /** It tells every value of the run, bit by bit. */
  readonly isExact: boolean;
}

/** What a shift of attention is measured by; shiftGamma weighs it. */
const SHIFT_TERM = "terms.attentionShift";

/** Rows that decide which forecasts are looked at more closely. */
const SAMPLED_EVENTS = 8;
const SAMPLED_HEADS = 2;
/** Forecasts that tell every sampled value, but not all of the run, are tried until so many have failed. */
const LARGEST_TRIES = 4;

const known = new WeakMap<Trace["events"], { readonly eventCount: number; readonly found: readonly FoundForecast[] }>();

/**
 * At most one for a column, in the order of the columns; none for terms, and none where no forecast tells half of a
 * column. Memoised: the files of a run with more and with less in it have the same events.
 */
export function findForecasts(trace: Trace): readonly FoundForecast[] {
  const { events } = trace;
  const last = known.get(events);
  if (last?.eventCount === events.length) return last.found;
  const found = searchForecasts(trace);
  known.set(events, { eventCount: events.length, found });
  return found;
}

function searchForecasts(trace: Trace): FoundForecast[] {
  const events = trace.events.map(eventColumns);
  const keys = [...new Set(events.flatMap((columns) => [...columns.keys()]))];
  return keys
    .filter((key) => !isTerm(key))
    .map((key) => bestForecast(trace, events, key))
    .filter((found) => found !== null);
}

function bestForecast(trace: Trace, events: readonly Columns[], key: string): FoundForecast | null {
  const having = events.filter((columns) => columns.has(key));
  const rows = sampledRows(trace, events, key);
  const valueCount = rows.reduce((sum, { actual }) => sum + actual.length, 0);
  if (valueCount === 0) return null;
  let best: { readonly forecast: Forecast; readonly count: number } | null = null;
  let triedCount = 0;
  for (const forecast of candidateForecasts(trace.header, having, key)) {
    const count = exactCount(rows, forecast);
    if (count === valueCount && triedCount < LARGEST_TRIES) {
      triedCount++;
      if (isExactEverywhere(trace, events, forecast)) return { ...forecast, isExact: true };
    }
    if (count * 2 >= valueCount && count > (best?.count ?? 0)) best = { forecast, count };
  }
  return best === null ? null : { ...best.forecast, isExact: false };
}

/** Every operation over the columns that stand before the one told wherever it is. */
function* candidateForecasts(header: TraceHeader, having: readonly Columns[], column: string): Generator<Forecast> {
  const before = [...having[0].keys()].filter((key) => having.every((columns) => standsBefore(columns, key, column)));
  const rows = before.filter((key) => key !== PROMPT_TERM);
  const numbers = { factor: factorsOf(header), width: widthsOf(header), none: [1] };
  for (const operation of Object.keys(operations) as Operation[]) {
    const shape = operations[operation];
    const sources = operation === "decayed" ? startsOf(before) : sourcesOf(rows, shape.sourceCount);
    for (const from of sources) {
      const ordered = new Set([...likelyFactors(operation, from, header), ...numbers[shape.number]]);
      for (const number of ordered) yield { column, operation, from, number };
    }
  }
}

/**
 * What this operation would take, to be tried first: 0.2 and 1 − 0.8 may both tell a whole run, and differ in the last bit of
 * a value that is not in it.
 */
function likelyFactors(operation: Operation, from: readonly string[], { parameters }: TraceHeader): number[] {
  const { alpha, lambda, shiftGamma } = parameters;
  const likely = (): unknown => {
    switch (operation) {
      case "decayed":
        return alpha;
      case "mixed":
        return lambda;
      case "shareOfSum":
        return shiftGamma;
      case "joined":
        return from[1] === SHIFT_TERM ? shiftGamma : 1 - Number(alpha);
      default:
        return null;
    }
  };
  const factor = likely();
  return typeof factor === "number" && Number.isFinite(factor) ? [factor] : [];
}

function standsBefore(columns: Columns, key: string, column: string): boolean {
  if (!columns.has(key)) return false;
  for (const other of columns.keys()) {
    if (other === column) return false;
    if (other === key) return true;
  }
  return false;
}

function sourcesOf(keys: readonly string[], sourceCount: number): string[][] {
  if (sourceCount === 1) return keys.map((key) => [key]);
  return keys.flatMap((a) => keys.filter((b) => b !== a).map((b) => [a, b]));
}

function startsOf(before: readonly string[]): string[][] {
  return before.includes(PROMPT_TERM) ? [[], [PROMPT_TERM]] : [[]];
}

/** The parameters and what they lack to 1; 1 itself. */
function factorsOf({ parameters }: TraceHeader): number[] {
  const numbers = numbersOf(parameters);
  return [...new Set([...numbers, ...numbers.map((number) => 1 - number), 1])];
}

function widthsOf({ parameters }: TraceHeader): number[] {
  const widths = numbersOf(parameters).filter((number) => number % 2 === 1 && number > 1 && number <= LARGEST_WIDTH);
  return [...new Set(widths)];
}

function numbersOf(parameters: TraceHeader["parameters"]): number[] {
  return Object.values(parameters).filter((value) => typeof value === "number" && Number.isFinite(value)) as number[];
}

interface SampledRow {
  readonly columns: Columns; // one head's part of each
  readonly carried: Float32Array | null;
  readonly actual: Float32Array;
}

/** From events spread over the run, the middle first: the first event tells least, for nothing has been carried yet. */
function sampledRows(trace: Trace, events: readonly Columns[], key: string): SampledRow[] {
  const { headCount, places } = sampleOf(trace);
  return places.flatMap(([place, head]) => {
    const columns = events[place];
    if (!columns.has(key)) return [];
    const rows = new Map([...columns].map(([name, column]) => [name, headPart(column, head, headCount)]));
    const actual = rows.get(key);
    const carried = place === 0 ? null : carriedRow(trace.events[place - 1], head, headCount);
    return actual === undefined || actual.length === 0 ? [] : [{ columns: rows, carried, actual }];
  });
}

function sampleOf({ header: { model }, events }: Trace): { headCount: number; places: (readonly [number, number])[] } {
  const headCount = model.layerCount * model.kvHeadCount;
  const parts = Array.from({ length: SAMPLED_EVENTS }, (_, part) => (part + SAMPLED_EVENTS / 2) % SAMPLED_EVENTS);
  const eventPlaces = parts.map((part) => Math.round((part / (SAMPLED_EVENTS - 1)) * (events.length - 1)));
  const heads = Array.from({ length: SAMPLED_HEADS }, (_, part) => Math.floor((part / SAMPLED_HEADS) * headCount));
  return {
    headCount,
    places: [...new Set(eventPlaces)].flatMap((place) => [...new Set(heads)].map((head) => [place, head] as const)),
  };
}

/** Values of the sample that a forecast tells exactly; 0 as soon as a whole row has none. */
function exactCount(rows: readonly SampledRow[], forecast: Forecast): number {
  let count = 0;
  for (const { columns, carried, actual } of rows) {
    const sources = forecast.from.map((key) => columns.get(key)).filter((source) => source !== undefined);
    const inRow = exactInRow(actual, forecast, { sources, carried });
    if (inRow === 0) return 0;
    count += inRow;
  }
  return count;
}

function exactInRow(actual: Float32Array, forecast: Forecast, row: ForecastRow): number {
  const told = new Float32Array(actual.length);
  forecastInto(told, forecast, row);
  return countZeros(xorBits(actual, told));
}

function isExactEverywhere({ header: { model }, events }: Trace, all: readonly Columns[], forecast: Forecast): boolean {
  const headCount = model.layerCount * model.kvHeadCount;
  return events.every(({ candidateCount }, place) => {
    const columns = all[place];
    const actual = columns.get(forecast.column);
    if (actual === undefined) return true;
    const previous = place === 0 ? null : events[place - 1];
    const told = forecastColumn(forecast, columns, { headCount, candidateCount, previous });
    return countZeros(xorBits(actual, told)) === told.length;
  });
}

/** Values whose bits are all 0. */
function countZeros(column: Float32Array): number {
  let count = 0;
  for (const bits of new Uint32Array(column.buffer, column.byteOffset, column.length)) if (bits === 0) count++;
  return count;
}
