// A stream in a link: "stream=id:stream-32x3-1,questions:9&streamLane=policy:window,M:4&streamAt=40,lane:2" holds what differs from
// the defaults. The texts travel through link.ts unread, since what reads them loads with the Streams view.
import { shortened } from "../lib/shortened";
import type { StreamTexts } from "./linkContent";
import { formatRowValue, parseRowValue, type SettingRow, type SettingValue } from "./settingRow";
import { readAsked, streamLaneTable, streamTable, type StreamChosen } from "./streamSettings";

type Table = Readonly<Record<string, SettingRow>>;

/** Where a reader of the link looks. */
export interface StreamPlace {
  /** Frames seen. */
  readonly seen: number;
  /** On the stage, from 0; written from 1. */
  readonly lane: number;
  /** [layer × KV heads + KV head]; null: all heads. */
  readonly head: number | null;
}

export interface StreamLinked {
  readonly chosen: StreamChosen;
  /** The first digits of the digest of the model's weights; null where the link does not say. */
  readonly revision: string | null;
  /** As streamProof.ts writes them. [lane] */
  readonly proofs: readonly string[];
  readonly place: StreamPlace | null;
}

const REVISION = "rev";

export function streamTexts({ chosen, revision, proofs, place }: StreamLinked): StreamTexts {
  const shared = rowTexts(streamTable, chosen.shared);
  return {
    stream: [...shared, ...(revision === null ? [] : [`${REVISION}:${revision}`])].join(","),
    lanes: chosen.lanes.map((lane) => rowTexts(streamLaneTable, lane).join(",")),
    proofs: [...proofs],
    at: place === null ? "" : placeText(place),
  };
}

function rowTexts(table: Table, chosen: Readonly<Record<string, SettingValue | undefined>>): string[] {
  return Object.entries(table).flatMap(([id, row]) => {
    const value = chosen[id];
    return value === undefined || value === row.default ? [] : [`${row.key}:${formatRowValue(row, value)}`];
  });
}

export interface ParsedStream extends StreamLinked {
  /** What could not be used, in plain words. */
  readonly complaints: readonly string[];
}

/** Reads what streamTexts wrote, and anything else. */
export function parseStreamTexts({ stream, lanes, proofs, at }: StreamTexts): ParsedStream {
  const complaints: string[] = [];
  const shared = parseRows(streamTable, stream, complaints);
  const { asked } = shared.values;
  if (asked !== undefined && readAsked(String(asked)) === null) {
    delete shared.values.asked;
    complaints.push(`${streamTable.asked.label}: “${shortened(String(asked))}” cannot be read; none is asked.`);
  }
  const read = lanes.map((text, lane) => {
    const own: string[] = [];
    const { values } = parseRows(streamLaneTable, text, own);
    complaints.push(...own.map((complaint) => (lanes.length === 1 ? complaint : `Lane ${lane + 1}: ${complaint}`)));
    return values;
  });
  const chosen = { shared: shared.values, lanes: read.length === 0 ? [{}] : read } as StreamChosen;
  return { chosen, revision: shared.revision, proofs, place: parsePlace(at, complaints), complaints };
}

/** Only what differs from the defaults. */
function parseRows(table: Table, text: string, complaints: string[]) {
  const values: Record<string, SettingValue> = {};
  let revision: string | null = null;
  for (const part of text === "" ? [] : text.split(",")) {
    const [, key = part, said = ""] = /^(\w+):(.*)$/.exec(part) ?? [];
    if (table === streamTable && key === REVISION && /^[0-9a-f]{8}$/.test(said)) {
      revision = said;
      continue;
    }
    const [id, row] = Object.entries(table).find(([, known]) => known.key === key) ?? [];
    if (id === undefined || row === undefined) {
      complaints.push(`“${shortened(part)}” isn’t a setting of streams; it is ignored.`);
      continue;
    }
    const { value, complaint } = parseRowValue(row, said, row.default);
    if (complaint !== null) complaints.push(complaint);
    if (value !== row.default) values[id] = value;
  }
  return { values, revision };
}

/** "40,lane:2,head:5" */
function placeText({ seen, lane, head }: StreamPlace): string {
  return [String(seen), ...(lane === 0 ? [] : [`lane:${lane + 1}`]), ...(head === null ? [] : [`head:${head}`])].join(
    ",",
  );
}

function parsePlace(text: string, complaints: string[]): StreamPlace | null {
  if (text === "") return null;
  const match = /^(\d{1,4})(?:,lane:([1-4]))?(?:,head:(\d{1,4}))?$/.exec(text);
  if (match === null) {
    complaints.push(`The moment of the stream, “${shortened(text)}”, cannot be read; it is ignored.`);
    return null;
  }
  const [, seen, lane, head] = match as unknown as readonly [string, string, string | undefined, string | undefined];
  return {
    seen: Number(seen),
    lane: lane === undefined ? 0 : Number(lane) - 1,
    head: head === undefined ? null : Number(head),
  };
}
