// What stands behind the terms of a run's events, as columns. A near-duplicate is stored as what differs from the event
// before, for keys do not change: 0 where it is the expected one, else its slot + 2, and 1 for none.

import { headCountOf, headRow, headRows, newRows, offsetsOf, rowCount, rowLengths } from "../../cache/headRows";
import type { HeadRows } from "../../cache/headRows";
import { assert, InputError } from "../../lib/errors";
import type { EventEvidence, EvictionEvent, ModelSummary } from "../trace";
import type { ColumnReader, ColumnWriter } from "./columns";
import type { EventShape } from "./followEvent";

/** `shapes`: of the events; a head whose scores were left out has no evidence either. */
export function writeEvidence(
  columns: ColumnWriter,
  events: readonly EvictionEvent[],
  shapes: readonly EventShape[],
): void {
  if (events.some(({ excusedSlots }) => excusedSlots !== undefined)) {
    const coded = events.map((event, place) => {
      const { excusedSlots } = event;
      const offsets = offsetsOf(shapes[place].scoredLengths);
      assert(excusedSlots?.values.length === offsets[offsets.length - 1], `event ${event.event} lacks excused slots`);
      const expected = expectedExcused(event, offsets, events[place - 1] ?? null).values;
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
    const clouds = events.map((event, place) => {
      const { queryPoints, keyPoints, queryVariance, survivors } = event;
      const { scoredLengths } = shapes[place];
      const isThere = queryPoints !== undefined && keyPoints !== undefined && queryVariance !== undefined;
      assert(isThere, `event ${event.event} lacks the cloud of its queries`);
      const widths = rowLengths(queryPoints);
      const width = Math.max(0, ...widths);
      const isEven = widths.every((own, head) => own === (scoredLengths[head] === 0 ? 0 : width));
      const slotCount = scoredLengths.reduce((sum, length) => sum + length, 0);
      const isWhole = isEven && keyPoints.values.length === 2 * slotCount;
      assert(
        isWhole && queryVariance.length === rowCount(survivors),
        `event ${event.event} has a cloud of another shape`,
      );
      return { width, queryPoints, keyPoints, queryVariance };
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

/** Events that have been read. */
interface ReadEvents {
  readonly events: readonly EvictionEvent[];
  readonly shapes: readonly EventShape[];
  readonly model: ModelSummary;
  readonly fileName: string;
}

/** [event] */
export function readEvidence(columns: ColumnReader, read: ReadEvents): readonly EventEvidence[] {
  const { events, shapes, model, fileName } = read;
  const offsets = shapes.map(({ scoredLengths }) => offsetsOf(scoredLengths));
  const excused = columns.has("events/excusedSlots")
    ? columns.takeParts(
        "events/excusedSlots",
        "uint32",
        offsets.map((ofEvent) => ofEvent[ofEvent.length - 1]),
      )
    : null;
  const voting = columns.has("events/votingHeads")
    ? columns.takeParts(
        "events/votingHeads",
        "int8",
        events.map(({ total }) => total.values.length),
      )
    : null;
  const clouds = readClouds(columns, read);
  let previous: Evident | null = null;
  return events.map((event, place) => {
    const what = `${fileName}: event ${event.event}`;
    const excusedSlots: HeadRows<Int32Array> | null =
      excused && excusedOf(excused[place], offsets[place], event, previous);
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
  { events, shapes, model, fileName }: ReadEvents,
): readonly EventEvidence[] | null {
  if (!columns.has("events/queryPointWidths")) return null;
  const headCount = headCountOf(model);
  const widths = columns.take("events/queryPointWidths", "int32", events.length);
  const unit = (2 * model.headCount) / model.kvHeadCount;
  const headCounts = shapes.map(({ scoredLengths }) => scoredLengths.filter((length) => length > 0).length);
  const odd = widths.find((width, place) => width < (headCounts[place] === 0 ? 0 : unit) || width % unit !== 0);
  if (odd !== undefined)
    throw new InputError(`${fileName}: ${odd} numbers of query points, expected a multiple of ${unit}`);
  const keyOffsets = shapes.map(({ scoredLengths }) => offsetsOf(scoredLengths.map((length) => 2 * length)));
  const queries = columns.takeParts(
    "events/queryPoints",
    "float32",
    [...widths].map((width, place) => width * headCounts[place]),
  );
  const keys = columns.takeParts(
    "events/keyPoints",
    "float32",
    keyOffsets.map((ofEvent) => ofEvent[headCount]),
  );
  const variances = columns.takeParts(
    "events/queryVariance",
    "float32",
    events.map(() => headCount),
  );
  return events.map(({ event }, place) => {
    const numbers = [...queries[place], ...keys[place], ...variances[place]];
    if (!numbers.every(Number.isFinite) || variances[place].some((variance) => variance < 0)) {
      throw new InputError(`${fileName}: event ${event}, the cloud of its queries holds what is no number`);
    }
    return {
      queryPoints: headRows(
        queries[place],
        offsetsOf(shapes[place].scoredLengths.map((length) => (length === 0 ? 0 : widths[place]))),
      ),
      keyPoints: headRows(keys[place], keyOffsets[place]),
      queryVariance: variances[place],
    };
  });
}

type Evident = Pick<EvictionEvent, "positionsBefore" | "excusedSlots">;

function excusedOf(
  coded: Uint32Array,
  offsets: Int32Array,
  event: Evident,
  previous: Evident | null,
): HeadRows<Int32Array> {
  const expected = expectedExcused(event, offsets, previous);
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
function expectedExcused(now: Evident, offsets: Int32Array, before: Evident | null): HeadRows<Int32Array> {
  const expected = newRows(offsets, Int32Array);
  expected.values.fill(-1);
  if (before?.excusedSlots === undefined) return expected;
  for (let head = 0; head + 1 < expected.offsets.length; head++) {
    const row = headRow(expected, head);
    const duplicates = headRow(before.excusedSlots, head);
    if (row.length === 0 || duplicates.length === 0) continue;
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
