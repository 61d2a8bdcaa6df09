// The forecasts that the head of a run file lists: how they are written as JSON, and what a stranger's may not say.

import * as v from "valibot";
import { InputError } from "../../lib/errors";
import { columnKeys, isTerm, PROMPT_TERM } from "./eventColumns";
import { LARGEST_WIDTH, operations, type Forecast, type Forecasts, type Operation } from "./forecast";

const key = v.pipe(v.string(), v.regex(/^(total|carry|(terms|parts)\.[a-zA-Z][a-zA-Z0-9]{0,39})$/));
const LARGEST_COUNT = 64;

export const forecastsSchema = v.pipe(
  v.array(
    v.object({
      column: key,
      operation: v.picklist(Object.keys(operations) as Operation[]),
      from: v.pipe(v.array(key), v.maxLength(2)),
      number: v.pipe(v.number(), v.finite()),
    }),
  ),
  v.maxLength(LARGEST_COUNT),
);

/** As it is written into the head. */
export function forecastJson({ column, operation, from, number }: Forecast) {
  return { column, operation, from: [...from], number };
}

type ColumnNames = Parameters<typeof columnKeys>[0];

/** By the column told. Throws InputError, which starts with `what`, for forecasts that cannot be reckoned at every event. */
export function checkForecasts(
  forecasts: readonly Forecast[],
  events: readonly ColumnNames[],
  what: string,
): Forecasts {
  const byColumn = new Map(forecasts.map((forecast) => [forecast.column, forecast]));
  const refuse = (reason: string) => new InputError(`${what}: ${reason}`);
  if (byColumn.size < forecasts.length) throw refuse("two forecasts are of one column");
  for (const forecast of forecasts) {
    const objection = objectionTo(forecast);
    if (objection !== null) throw refuse(`the forecast of ${forecast.column} ${objection}`);
  }
  for (const keys of distinctOrders(events)) {
    if (new Set(keys).size < keys.length) throw refuse("an event names two of its columns alike");
    for (const [place, column] of keys.entries()) {
      const before = keys.slice(0, place);
      const missing = byColumn.get(column)?.from.find((source) => !before.includes(source));
      if (missing !== undefined) {
        throw refuse(`the forecast of ${column} reads ${missing}, which does not stand before it`);
      }
    }
  }
  return byColumn;
}

function objectionTo({ column, operation, from, number }: Forecast): string | null {
  const { sourceCount, number: kind } = operations[operation];
  const isStart = operation === "decayed";
  if (isTerm(column)) return "is of a term, which is measured";
  if (from.length !== sourceCount && !(isStart && from.length === 0)) {
    return `reads ${from.length} columns, ${operation} needs ${sourceCount}`;
  }
  if (from.includes(PROMPT_TERM) && !isStart) return `reads ${PROMPT_TERM}, which has a value per position`;
  if (kind === "width" && !(number % 2 === 1 && number >= 1 && number <= LARGEST_WIDTH)) {
    return `has a width of ${number}, expected an odd number from 1 to ${LARGEST_WIDTH}`;
  }
  return null;
}

/** Most events of a run have the same columns. [kind of event][place] → key */
function distinctOrders(events: readonly ColumnNames[]): string[][] {
  const orders = new Map(events.map(columnKeys).map((keys) => [keys.join(), keys]));
  return [...orders.values()];
}
