// What stands behind the terms of a run's events, as columns. A near-duplicate is stored as what differs from the event
// before, for keys do not change: 0 where it is the expected one, else its slot + 2, and 1 for none.

import {
  evenOffsets,
  headCountOf,
  headRow,
  headRows,
  newRows,
  offsetsOf,
  rowCount,
  rowLengths,
} from "../../cache/headRows";
import type { HeadRows } from "../../cache/headRows";
import { assert, InputError } from "../../lib/errors";
import type { EventEvidence, EvictionEvent, ModelSummary } from "../trace";
import type { ColumnReader, ColumnWriter } from "./columns";

export function writeEvidence(columns: ColumnWriter, events: readonly EvictionEvent[]): void {
  if (events.some(({ excusedSlots }) => excusedSlots !== undefined)) {
    const coded = events.map((event, place) => {
      const { excusedSlots, positionsBefore } = event;
      assert(excusedSlots?.values.length === positionsBefore.values.length, `event ${event.event} lacks excused slots`);
      const expected = expectedExcused(event, events[place - 1] ?? null).values;
      return Uint32Array.from(excusedSlots.values, (slot, at) => {
        assert(slot >= -1, `event ${event.event}: ${slot} is no slot, −1 is none`);
        return slot === expected[at] ? 0 : slot + 2;
      });
    });
    columns.put("events/excusedSlots", "uint32", coded);
  }
  if (events.some(({ votingHeads }) => votingHeads !== undefined)) {
    const voting = events.map(({ event, votingHeads, total }) => {
      assert(votingHeads?.values.length === total.values.length, `event ${event} lacks voting heads`);
      return votingHeads.values;
    });
    columns.put("events/votingHeads", "int8", voting);
  }
  if (events.some(hasCloud)) {
    const clouds = events.map((event) => {
      const { queryPoints, keyPoints, queryVariance, survivors, positionsBefore } = event;
      const isThere = queryPoints !== undefined && keyPoints !== undefined && queryVariance !== undefined;
      assert(isThere, `event ${event.event} lacks the cloud of its queries`);
      const widths = rowLengths(queryPoints);
      const isEven = widths.every((width) => width === widths[0]);
      const isWhole = isEven && keyPoints.values.length === 2 * positionsBefore.values.length;
      assert(
        isWhole && queryVariance.length === rowCount(survivors),
        `event ${event.event} has a cloud of another shape`,
      );
      return { width: widths[0], queryPoints, keyPoints, queryVariance };
    });
    columns.put("events/queryPointWidths", "int32", [clouds.map(({ width }) => width)]);
    const parts = (name: "queryPoints" | "keyPoints") => clouds.map((cloud) => cloud[name].values);
    columns.put("events/queryPoints", "float32", parts("queryPoints"));
    columns.put("events/keyPoints", "float32", parts("keyPoints"));
    columns.put(
      "events/queryVariance",
      "float32",
      clouds.map(({ queryVariance }) => queryVariance),
    );
  }
}

function hasCloud({ queryPoints, keyPoints, queryVariance }: EventEvidence): boolean {
  return queryPoints !== undefined || keyPoints !== undefined || queryVariance !== undefined;
}

/** [event], of events that have been read. */
export function readEvidence(
  columns: ColumnReader,
  events: readonly EvictionEvent[],
  model: ModelSummary,
  fileName: string,
): readonly EventEvidence[] {
  const excused = columns.has("events/excusedSlots")
    ? columns.takeParts(
        "events/excusedSlots",
        "uint32",
        events.map(({ positionsBefore }) => positionsBefore.values.length),
      )
    : null;
  const voting = columns.has("events/votingHeads")
    ? columns.takeParts(
        "events/votingHeads",
        "int8",
        events.map(({ total }) => total.values.length),
      )
    : null;
  const clouds = readClouds(columns, events, model, fileName);
  let previous: Evident | null = null;
  return events.map((event, place) => {
    const what = `${fileName}: event ${event.event}`;
    const excusedSlots: HeadRows<Int32Array> | null = excused && excusedOf(excused[place], event, previous);
    const votingHeads = voting && headRows(voting[place], event.total.offsets);
    if (excusedSlots !== null) {
      checkExcused(excusedSlots, what);
      previous = { ...event, excusedSlots };
    }
    if (votingHeads !== null)
      assertWithin(votingHeads.values, model.headCount / model.kvHeadCount, `${what}, voting heads`);
    return { ...(excusedSlots && { excusedSlots }), ...(votingHeads && { votingHeads }), ...clouds?.[place] };
  });
}

/** [event]; null where the run recorded none. */
function readClouds(
  columns: ColumnReader,
  events: readonly EvictionEvent[],
  model: ModelSummary,
  fileName: string,
): readonly EventEvidence[] | null {
  if (!columns.has("events/queryPointWidths")) return null;
  const headCount = headCountOf(model);
  const widths = columns.take("events/queryPointWidths", "int32", events.length);
  const unit = (2 * model.headCount) / model.kvHeadCount;
  const odd = widths.find((width) => width < unit || width % unit !== 0);
  if (odd !== undefined)
    throw new InputError(`${fileName}: ${odd} numbers of query points, expected a multiple of ${unit}`);
  const lengths = events.map(({ positionsBefore }) => 2 * positionsBefore.values.length);
  const queries = columns.takeParts(
    "events/queryPoints",
    "float32",
    [...widths].map((width) => width * headCount),
  );
  const keys = columns.takeParts("events/keyPoints", "float32", lengths);
  const variances = columns.takeParts(
    "events/queryVariance",
    "float32",
    events.map(() => headCount),
  );
  return events.map(({ event, positionsBefore }, place) => {
    const numbers = [...queries[place], ...keys[place], ...variances[place]];
    if (!numbers.every(Number.isFinite) || variances[place].some((variance) => variance < 0)) {
      throw new InputError(`${fileName}: event ${event}, the cloud of its queries holds what is no number`);
    }
    return {
      queryPoints: headRows(queries[place], evenOffsets(headCount, widths[place])),
      keyPoints: headRows(keys[place], offsetsOf(rowLengths(positionsBefore).map((length) => 2 * length))),
      queryVariance: variances[place],
    };
  });
}

type Evident = Pick<EvictionEvent, "positionsBefore" | "excusedSlots">;

function excusedOf(coded: Uint32Array, event: Evident, previous: Evident | null): HeadRows<Int32Array> {
  const expected = expectedExcused(event, previous);
  coded.forEach((code, at) => {
    if (code !== 0) expected.values[at] = code - 2;
  });
  return expected;
}

function checkExcused(excusedSlots: HeadRows<Int32Array>, what: string): void {
  for (let head = 0; head + 1 < excusedSlots.offsets.length; head++) {
    const row = headRow(excusedSlots, head);
    assertWithin(row, row.length, `${what}, excused slots`);
    const own = row.findIndex((slot, at) => slot === at);
    if (own >= 0) throw new InputError(`${what}: slot ${own} is its own near-duplicate`);
  }
}

/** −1 stands for none. */
function assertWithin(column: Int32Array | Int8Array, limit: number, what: string): void {
  for (const value of column) {
    if (value < -1 || value >= limit) throw new InputError(`${what}: ${value}, limit ${limit}`);
  }
}

/** The duplicate's slot where both were there at the event before and are now; −1 otherwise. Rows of slots */
function expectedExcused(now: Evident, before: Evident | null): HeadRows<Int32Array> {
  const expected = newRows(now.positionsBefore.offsets, Int32Array);
  expected.values.fill(-1);
  if (before?.excusedSlots === undefined) return expected;
  for (let head = 0; head + 1 < expected.offsets.length; head++) {
    const row = headRow(expected, head);
    const duplicates = headRow(before.excusedSlots, head);
    const newSlots = slotsInto(headRow(before.positionsBefore, head), headRow(now.positionsBefore, head));
    newSlots.forEach((newSlot, slot) => {
      if (newSlot >= 0 && duplicates[slot] >= 0) row[newSlot] = newSlots[duplicates[slot]];
    });
  }
  return expected;
}

/** Where each position stands in the other row, −1 where it is gone. Both rows rise. [slot of past] */
function slotsInto(past: Int32Array, present: Int32Array): Int32Array {
  let slot = 0;
  return past.map((position) => {
    while (slot < present.length && present[slot] < position) slot++;
    return present[slot] === position ? slot : -1;
  });
}
