// The events of a run file since version 9: survivors of all events, then score columns of all events as what differs from
// their forecasts. Positions are not stored, for replaying the survivors gives them (docs/run-file.md).

import { evenRows } from "../../cache/headRows";
import { assert, InputError } from "../../lib/errors";
import type { ColumnReader, ColumnWriter } from "./byteColumns";
import { columnKeys, columnLength, eventColumns, forecastColumn, xorBits, type Columns } from "./eventColumns";
import { cutsOf } from "../eventCut";
import type { Forecasts } from "./forecast";
import { positionsSince } from "../replay";
import { readScoreColumns, readSlotColumns, writeScoreColumns, writeSlotColumns } from "./runFileColumns";
import { assertAscending, checkSlotCounts, type EventShape } from "./runFileEvents";
import type { RunFileEvent } from "./runFileHead";
import { decidedRows, type EvictionEvent } from "./flatTrace";

interface Layout {
  readonly shape: EventShape;
  readonly forecasts: Forecasts;
}

export function writeScores(writer: ColumnWriter, events: readonly EvictionEvent[], layout: Layout): void {
  const { shape } = layout;
  const stored = events.map((event, place) => {
    const previous = events[place - 1] ?? null;
    const positions = positionsSince(previous && decidedRows(previous, shape.headCount), event.step, shape).values;
    const { positionsBefore } = event;
    const isReplayed =
      positions.length === positionsBefore.length && positions.every((value, at) => value === positionsBefore[at]);
    assert(isReplayed, `event ${event.event} starts from positions that are not in the cache`);
    return unlikeForecasts(eventColumns(event), { ...event, previous }, layout);
  });
  const cuts = events.map((event) => cutsOf(decidedRows(event, shape.headCount)));

  writeSlotColumns(
    writer,
    events.map(({ survivors }) => survivors),
  );
  for (const key of new Set(stored.flatMap((columns) => [...columns.keys()]))) {
    writeScoreColumns(
      writer,
      stored.map((columns) => columns.get(key)).filter((column) => column !== undefined),
    );
  }
  for (const name of ["cutOff", "margin"] as const) {
    writeScoreColumns(
      writer,
      events.map((event, place) => xorBits(event[name], cuts[place][name])),
    );
  }
}

/** `what` starts the message of every error. The forecasts have been checked against the entries. */
export function readScores(
  reader: ColumnReader,
  entries: readonly RunFileEvent[],
  layout: Layout,
  what: string,
): EvictionEvent[] {
  const { shape } = layout;
  const { headCount } = shape;
  entries.forEach((entry) => checkSlotCounts(entry, `${what}: event ${entry.event}`));
  const survivors = readSlotColumns(
    reader,
    entries.map(({ keptCount }) => headCount * keptCount),
  );
  const stored = readStored(reader, entries, shape);
  const perHead = entries.map(() => headCount);
  const [cutOffs, margins] = [readScoreColumns(reader, perHead), readScoreColumns(reader, perHead)];

  const events: EvictionEvent[] = [];
  entries.forEach((entry, place) => {
    const here = `${what}: event ${entry.event}`;
    const { keptCount, lengthBefore } = entry;
    assertAscending(survivors[place], keptCount, { limit: lengthBefore, what: `${here}, survivors` });
    const previous = events.at(-1) ?? null;
    const positionsBefore = replayedPositions(entry, previous, shape, here);
    const columns = fromForecasts(stored[place], { ...entry, previous }, layout);
    const event = { ...eventOf(entry, columns), positionsBefore, survivors: survivors[place] };
    const cuts = cutsOf({
      total: evenRows(event.total, headCount),
      survivors: evenRows(event.survivors, headCount),
    });
    const [cutOff, margin] = [xorBits(cutOffs[place], cuts.cutOff), xorBits(margins[place], cuts.margin)];
    events.push({ ...event, cutOff, margin });
  });
  return events;
}

interface Moment {
  readonly candidateCount: number;
  readonly previous: EvictionEvent | null;
}

/** What differs between an event's columns and their forecasts. */
function unlikeForecasts(
  columns: Columns,
  { candidateCount, previous }: Moment,
  { shape, forecasts }: Layout,
): Columns {
  const place = { headCount: shape.headCount, candidateCount, previous };
  const unlike = ([key, column]: [string, Float32Array]): [string, Float32Array] => {
    const forecast = forecasts.get(key);
    return [key, forecast === undefined ? column : xorBits(column, forecastColumn(forecast, columns, place))];
  };
  return new Map([...columns].map(unlike));
}

/** The inverse: column by column, for a forecast reads what stands before. */
function fromForecasts(unlike: Columns, { candidateCount, previous }: Moment, { shape, forecasts }: Layout): Columns {
  const place = { headCount: shape.headCount, candidateCount, previous };
  const columns = new Map<string, Float32Array>();
  for (const [key, column] of unlike) {
    const forecast = forecasts.get(key);
    columns.set(key, forecast === undefined ? column : xorBits(column, forecastColumn(forecast, columns, place)));
  }
  return columns;
}

/** What is stored of each event's columns, in its own order. */
function readStored(reader: ColumnReader, entries: readonly RunFileEvent[], shape: EventShape): Columns[] {
  const placesOf = new Map<string, number[]>();
  const stored = entries.map((entry, place) => {
    const keys = columnKeys(entry);
    for (const key of keys) {
      const places = placesOf.get(key) ?? [];
      places.push(place);
      placesOf.set(key, places);
    }
    return new Map<string, Float32Array>(keys.map((key) => [key, new Float32Array(0)]));
  });
  for (const [key, places] of placesOf) {
    const lengths = places.map((place) => columnLength(key, entries[place].candidateCount, shape));
    readScoreColumns(reader, lengths).forEach((column, at) => stored[places[at]].set(key, column));
  }
  return stored;
}

/** Throws InputError where the cache cannot hold as many slots as the event says. */
function replayedPositions(
  { step, lengthBefore }: RunFileEvent,
  previous: EvictionEvent | null,
  shape: EventShape,
  what: string,
): Int32Array {
  const { headCount, promptCount, stepCount } = shape;
  const keptCount = previous === null ? promptCount : previous.survivors.length / headCount;
  const stepsSince = step - (previous?.step ?? 0);
  const isPossible =
    step < stepCount && (previous === null || stepsSince > 0) && lengthBefore === keptCount + stepsSince;
  if (!isPossible) {
    throw new InputError(`${what} contradicts itself: the cache does not hold ${lengthBefore} slots at step ${step}`);
  }
  return positionsSince(previous && decidedRows(previous, headCount), step, shape).values;
}

function eventOf(entry: RunFileEvent, columns: Columns): Omit<EvictionEvent, "positionsBefore" | "survivors"> {
  const { event, step, lengthBefore, budgetSlots, windowSlots, candidateCount, termNames, partNames } = entry;
  const column = (key: string): Float32Array => columns.get(key) ?? new Float32Array(0);
  return {
    event,
    step,
    lengthBefore,
    budgetSlots,
    windowSlots,
    candidateCount,
    terms: Object.fromEntries(termNames.map((name) => [name, column(`terms.${name}`)])),
    parts: Object.fromEntries(partNames.map((name) => [name, column(`parts.${name}`)])),
    total: column("total"),
    carry: column("carry"),
    cutOff: new Float32Array(0), // set once they are reckoned from the totals
    margin: new Float32Array(0),
  };
}

/** Whoever made the trace keeps its promises of shape. */
export function checkEventLengths(event: EvictionEvent, shape: EventShape): void {
  const { candidateCount, survivors, cutOff, margin } = event;
  const { headCount } = shape;
  const check = (found: number, expected: number, name: string) => {
    assert(found === expected, `event ${event.event}: ${name} has ${found} values, expected ${expected}`);
  };
  for (const [key, column] of eventColumns(event)) {
    check(column.length, columnLength(key, candidateCount, shape), key);
  }
  check(cutOff.length, headCount, "cutOff");
  check(margin.length, headCount, "margin");
  assert(
    survivors.length % headCount === 0,
    `event ${event.event}: ${survivors.length} survivors of ${headCount} heads`,
  );
}
