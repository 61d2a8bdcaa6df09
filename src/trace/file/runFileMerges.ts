// The merges of a run's events as columns: on every event of a run that merges, or no column at all.

import { headRow, headRows, offsetsOf, rowLength, rowLengths, type HeadRows } from "../../cache/headRows";
import { assert, InputError } from "../../lib/errors";
import type { EventMerges, MergeChanges } from "../merges";
import type { EvictionEvent } from "../trace";
import type { ColumnReader, ColumnWriter } from "./columns";

type MergedEvent = Pick<EvictionEvent, "event" | "survivors" | "positionsBefore">;

/** Columns and the rows that they have: a value for each pair, survivor or evicted slot. */
const layout = {
  targets: ["int32", "pairs"],
  sources: ["int32", "pairs"],
  keyWeights: ["float32", "pairs"],
  valueWeights: ["float32", "pairs"],
  logBias: ["float32", "kept"],
  votes: ["int32", "kept"],
  fallbacks: ["uint8", "kept"],
  partners: ["int32", "evicted"],
  cosines: ["float32", "evicted"],
  carriers: ["int32", "evicted"],
} as const satisfies Readonly<Record<Exclude<keyof EventMerges, "changes">, readonly [string, keyof Offsets]>>;

const names = Object.keys(layout) as (keyof typeof layout)[];
const changeNames = ["merged", "evicted", "convex", "zip"] as const satisfies readonly (keyof MergeChanges)[];

/** Where the rows of each head begin. [head + 1] */
interface Offsets {
  readonly pairs: Int32Array;
  readonly kept: Int32Array;
  readonly evicted: Int32Array;
}

function offsetsFor({ survivors, positionsBefore }: MergedEvent, pairCounts: Int32Array): Offsets {
  const kept = rowLengths(survivors);
  const evicted = kept.map((count, head) => rowLength(positionsBefore, head) - count);
  return { pairs: offsetsOf(pairCounts), kept: offsetsOf(kept), evicted: offsetsOf(evicted) };
}

export function writeMerges(columns: ColumnWriter, events: readonly EvictionEvent[]): void {
  if (events.every(({ merges }) => merges === undefined)) return;
  const all = events.map((event) => {
    const { merges } = event;
    assert(merges !== undefined, `event ${event.event} lacks its merges`);
    const offsets = offsetsFor(event, rowLengths(merges.targets));
    for (const name of names) {
      const expected = offsets[layout[name][1]];
      const isFitting = merges[name].offsets.every((offset, head) => offset === expected[head]);
      assert(isFitting, `event ${event.event}: ${name} has other rows than its slots`);
    }
    return merges;
  });
  columns.put(
    "events/merges.pairCounts",
    "int32",
    all.map(({ targets }) => rowLengths(targets)),
  );
  for (const name of names) {
    columns.put(
      `events/merges.${name}`,
      layout[name][0],
      all.map((merges) => merges[name].values),
    );
  }
  if (all.some(({ changes }) => changes === undefined)) return;
  for (const name of changeNames) {
    columns.put(
      `events/merges.changes.${name}`,
      "float32",
      all.map(({ changes }) => changes?.[name] ?? new Float32Array(0)),
    );
  }
}

/** [event], of events that have been read; null for a run that merges nothing. Throws InputError for what cannot be. */
export function readMerges(
  columns: ColumnReader,
  events: readonly MergedEvent[],
  headCount: number,
  fileName: string,
): readonly EventMerges[] | null {
  if (!columns.has("events/merges.pairCounts")) return null;
  const perHead = events.map(() => headCount);
  const pairCounts = columns.takeParts("events/merges.pairCounts", "int32", perHead);
  const offsets = events.map((event, place) => {
    if (pairCounts[place].some((count) => count < 0)) {
      throw new InputError(`${fileName}: event ${event.event} has a negative number of merged pairs`);
    }
    return offsetsFor(event, pairCounts[place]);
  });
  const rows = names.map((name) => {
    const [type, kind] = layout[name];
    const lengths = offsets.map((ofEvent) => ofEvent[kind][headCount]);
    return columns.takeParts(`events/merges.${name}`, type, lengths);
  });
  const hasChanges = columns.has("events/merges.changes.merged");
  const changes = hasChanges
    ? changeNames.map((name) => columns.takeParts(`events/merges.changes.${name}`, "float32", perHead))
    : null;
  return events.map((event, place) => {
    const row = (name: keyof typeof layout): HeadRows =>
      headRows(rows[names.indexOf(name)][place], offsets[place][layout[name][1]]);
    const merges = Object.fromEntries(names.map((name) => [name, row(name)])) as unknown as EventMerges;
    checkMerges(merges, event, `${fileName}: event ${event.event}`);
    if (changes === null) return merges;
    const [merged, evicted, convex, zip] = changes.map((ofEvents) => ofEvents[place]);
    return { ...merges, changes: { merged, evicted, convex, zip } };
  });
}

function checkMerges(merges: EventMerges, { survivors, positionsBefore }: MergedEvent, what: string): void {
  for (let head = 0; head + 1 < survivors.offsets.length; head++) {
    const keptCount = rowLength(survivors, head);
    const check = (name: string, values: Int32Array, least: number, limit: number): void => {
      const odd = values.find((value) => value < least || value >= limit);
      if (odd !== undefined) throw new InputError(`${what}: ${name} ${odd}, expected ${least} to ${limit - 1}`);
    };
    check("merge target", headRow(merges.targets, head), 0, keptCount);
    check("merge source", headRow(merges.sources, head), -1, rowLength(positionsBefore, head));
    check("merge partner", headRow(merges.partners, head), 0, Math.max(1, keptCount));
    check("carrier", headRow(merges.carriers, head), -1, keptCount);
    check("votes", headRow(merges.votes, head), 1, 2 ** 31);
    const targets = headRow(merges.targets, head);
    if (targets.some((target, pair) => pair > 0 && target < targets[pair - 1])) {
      throw new InputError(`${what}: merge targets do not rise`);
    }
  }
}
