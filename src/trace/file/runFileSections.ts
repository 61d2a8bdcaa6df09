// The container of a run file: magic, version, and three to six deflated sections with a checksum each (docs/run-file.md).

import { InputError } from "../../lib/errors";
import { crc32 } from "./crc32";
import { deflateRaw, inflateRaw, LARGEST_DEFLATE_RATIO } from "./deflate";
import { joinBytes } from "./joinBytes";

const MAGIC = new TextEncoder().encode("WINNOWRUN");
const REQUIRED = ["HEAD", "STEP", "EVNT"] as const;
/** A section that a run does without is not written; each stands for a bit of the version, which counts from 1. */
const OPTIONAL = ["LOYL", "EVID", "QHED"] as const;
/** The bit behind them: events are stored as what differs from a forecast. Runs without events are written without it. */
const FORECAST_BIT = 1 << OPTIONAL.length;
const LATEST_VERSION = 2 * FORECAST_BIT;
type Tag = (typeof REQUIRED)[number] | (typeof OPTIONAL)[number];
/** Tag, raw length, stored length, checksum. */
const SECTION_HEADER_BYTES = 16;
/** Of all sections together, unpacked. */
export const LARGEST_RUN_BYTES = 256 * 1024 * 1024;

/** What the sections hold, unpacked. */
export interface RunFileSections {
  readonly head: Uint8Array;
  readonly steps: Uint8Array;
  readonly events: Uint8Array;
  /** The comparison with the full cache; null in the file of a run that was not compared. */
  readonly loyalty: Uint8Array | null;
  /** What stands behind the terms of events; null in the file of a run that did not record it. */
  readonly evidence: Uint8Array | null;
  /** Attention of each query head; null in the file of a run that did not record it. */
  readonly headRows: Uint8Array | null;
  /** How events and their evidence are laid out: as what differs from a forecast, or one by one as they are. */
  readonly hasForecasts: boolean;
}

/** Throws InputError when there is more than a run file may hold. */
export async function packSections(sections: RunFileSections): Promise<Uint8Array> {
  const { head, steps, events, loyalty, evidence, headRows, hasForecasts } = sections;
  const optional = [loyalty, evidence, headRows];
  const raw = [head, steps, events, ...optional].filter((section) => section !== null);
  const bits = optional.reduce((sum, section, place) => sum + (section === null ? 0 : 1 << place), 0);
  const version = 1 + bits + (hasForecasts ? FORECAST_BIT : 0);
  const rawBytes = raw.reduce((sum, section) => sum + section.length, 0);
  if (rawBytes > LARGEST_RUN_BYTES) {
    throw new InputError(
      `The run takes ${rawBytes} bytes and a run file holds at most ${LARGEST_RUN_BYTES}; record fewer tokens, or none of the attention.`,
    );
  }
  const parts: Uint8Array[] = [MAGIC, Uint8Array.of(version)];
  for (const [place, tag] of tagsOf(version).entries()) {
    const stored = await deflateRaw(raw[place]);
    parts.push(sectionHeader(tag, raw[place].length, stored), stored);
  }
  return joinBytes(parts);
}

/** All sections, in order, with nothing behind them; anything else gets an InputError. */
export async function unpackSections(bytes: Uint8Array, fileName: string): Promise<RunFileSections> {
  if (bytes.length <= MAGIC.length || MAGIC.some((byte, at) => bytes[at] !== byte)) {
    throw new InputError(`${fileName} is not a run of Winnow; choose a file that Winnow saved.`);
  }
  const version = bytes[MAGIC.length];
  if (version < 1 || version > LATEST_VERSION) {
    throw new InputError(
      `${fileName} has version ${version} of the run format, expected 1 to ${LATEST_VERSION}; open it with the version of Winnow that saved it.`,
    );
  }
  const sections = new Map<Tag, Uint8Array>();
  let at = MAGIC.length + 1;
  let rawBytes = 0;
  for (const tag of tagsOf(version)) {
    const what = `${fileName}, section ${tag},`;
    const { rawLength, stored } = readSection(bytes.subarray(at), tag, what);
    at += SECTION_HEADER_BYTES + stored.length;
    rawBytes += rawLength;
    if (rawBytes > LARGEST_RUN_BYTES || rawLength > (stored.length + 1) * LARGEST_DEFLATE_RATIO) {
      throw new InputError(`${what} declares ${rawLength} bytes, more than it can hold.`);
    }
    sections.set(tag, await inflateRaw(stored, rawLength, what));
  }
  if (at !== bytes.length) {
    throw new InputError(`${fileName} goes on after its end by ${bytes.length - at} bytes.`);
  }
  const optional = (tag: Tag): Uint8Array | null => sections.get(tag) ?? null;
  const required = (tag: Tag): Uint8Array => optional(tag) ?? new Uint8Array(0); // every version has them
  return {
    head: required("HEAD"),
    steps: required("STEP"),
    events: required("EVNT"),
    loyalty: optional("LOYL"),
    evidence: optional("EVID"),
    headRows: optional("QHED"),
    hasForecasts: ((version - 1) & FORECAST_BIT) !== 0,
  };
}

function tagsOf(version: number): readonly Tag[] {
  return [...REQUIRED, ...OPTIONAL.filter((_, place) => ((version - 1) >> place) & 1)];
}

function sectionHeader(tag: string, rawLength: number, stored: Uint8Array): Uint8Array {
  const header = new Uint8Array(SECTION_HEADER_BYTES);
  header.set(new TextEncoder().encode(tag));
  const view = new DataView(header.buffer);
  view.setUint32(4, rawLength, true);
  view.setUint32(8, stored.length, true);
  view.setUint32(12, crc32(header.subarray(0, 12), stored), true);
  return header;
}

/** The section at the start of `bytes`, checked against its checksum. */
function readSection(bytes: Uint8Array, tag: string, what: string): { rawLength: number; stored: Uint8Array } {
  const header = bytes.subarray(0, SECTION_HEADER_BYTES);
  if (header.length < SECTION_HEADER_BYTES) {
    throw new InputError(`${what} is missing: the file is cut short; get it again.`);
  }
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const storedLength = view.getUint32(8, true);
  const stored = bytes.subarray(SECTION_HEADER_BYTES, SECTION_HEADER_BYTES + storedLength);
  if (stored.length < storedLength) {
    throw new InputError(
      `${what} should have ${storedLength} bytes and has ${stored.length}: the file is cut short; get it again.`,
    );
  }
  const isTagged = new TextDecoder().decode(header.subarray(0, 4)) === tag;
  if (!isTagged || crc32(header.subarray(0, 12), stored) !== view.getUint32(12, true)) {
    throw new InputError(`${what} is damaged: its checksum does not fit; get the file again.`);
  }
  return { rawLength: view.getUint32(4, true), stored };
}
