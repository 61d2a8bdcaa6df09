// The container of a run file: a plain zip of deflated entries, as any zip program and Python's zipfile write and read it.
// No comment, no encryption, no zip64. What a file declares is checked before anything is unpacked.

import { InputError } from "../../lib/errors";
import { deflateRaw, inflateRaw, joinBytes, LARGEST_DEFLATE_RATIO } from "./deflate";

export interface ZipEntry {
  /** ASCII. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Of all entries together, unpacked. */
export const LARGEST_RUN_BYTES = 256 * 1024 * 1024;

const LOCAL = { signature: 0x04034b50, bytes: 30 };
const CENTRAL = { signature: 0x02014b50, bytes: 46 };
const END = { signature: 0x06054b50, bytes: 22 };
const VERSION_NEEDED = 20;
const STORED = 0;
const DEFLATED = 8;
/** 1 January 1980, the first day of zip: the same run is always the same file. */
const FIRST_DAY = 0x21;

/** Throws InputError when there is more than a run file may hold. */
export async function packZip(entries: readonly ZipEntry[]): Promise<Uint8Array> {
  const size = entries.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (size > LARGEST_RUN_BYTES) {
    throw new InputError(
      `The run takes ${size} bytes and a run file holds at most ${LARGEST_RUN_BYTES}; record fewer tokens, or none of the attention.`,
    );
  }
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, bytes } of entries) {
    const packed = await deflateRaw(bytes);
    const nameBytes = new TextEncoder().encode(name);
    const facts = factsOf({
      crc: crc32(bytes),
      packedLength: packed.length,
      rawLength: bytes.length,
      nameLength: nameBytes.length,
    });
    const local = header(LOCAL, [[4, 2, VERSION_NEEDED]], facts, 6);
    const central = header(
      CENTRAL,
      [
        [4, 2, VERSION_NEEDED],
        [6, 2, VERSION_NEEDED],
        [42, 4, at],
      ],
      facts,
      8,
    );
    parts.push(local, nameBytes, packed);
    directory.push(central, nameBytes);
    at += local.length + nameBytes.length + packed.length;
  }
  const directoryLength = directory.reduce((sum, { length }) => sum + length, 0);
  const count = entries.length;
  const end = header(END, [
    [8, 2, count],
    [10, 2, count],
    [12, 4, directoryLength],
    [16, 4, at],
  ]);
  return joinBytes([...parts, ...directory, end]);
}

type Field = readonly [at: number, width: 2 | 4, value: number];

/** What a local header and a directory entry both say, in this order. */
function factsOf(entry: {
  crc: number;
  packedLength: number;
  rawLength: number;
  nameLength: number;
}): readonly Field[] {
  return [
    [2, 2, DEFLATED],
    [6, 2, FIRST_DAY],
    [8, 4, entry.crc],
    [12, 4, entry.packedLength],
    [16, 4, entry.rawLength],
    [20, 2, entry.nameLength],
  ];
}

/** `facts` begin at `factsAt`. */
function header(
  { signature, bytes }: typeof LOCAL,
  fields: readonly Field[],
  facts: readonly Field[] = [],
  factsAt = 0,
): Uint8Array {
  const view = new DataView(new ArrayBuffer(bytes));
  view.setUint32(0, signature, true);
  for (const [at, width, value] of [
    ...fields,
    ...facts.map(([at, width, value]): Field => [at + factsAt, width, value]),
  ]) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
  }
  return new Uint8Array(view.buffer);
}

interface Declared {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly rawLength: number;
  readonly packed: Uint8Array;
}

/** The content of every entry, by name, checked against its checksum; anything else gets an InputError that names the file. */
export async function unpackZip(bytes: Uint8Array, fileName: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const declared = readDirectory(bytes, fileName);
  const contents = new Map<string, Uint8Array>();
  let size = 0;
  for (const { name, method, crc, rawLength, packed } of declared) {
    const what = `${fileName}, entry ${name},`;
    size += rawLength;
    if (size > LARGEST_RUN_BYTES || rawLength > (packed.length + 1) * LARGEST_DEFLATE_RATIO) {
      throw new InputError(`${what} declares ${rawLength} bytes, more than it can hold.`);
    }
    if (contents.has(name)) throw new InputError(`${what} is there twice.`);
    const content = method === STORED ? packed.slice() : await inflateRaw(packed, rawLength, what);
    if (content.length !== rawLength || crc32(content) !== crc) {
      throw new InputError(`${what} is damaged: its checksum does not fit; get the file again.`);
    }
    contents.set(name, content);
  }
  return contents;
}

/** Of the entries, nothing unpacked. Throws InputError for what is no zip. */
export function zipNames(bytes: Uint8Array, fileName: string): readonly string[] {
  return readDirectory(bytes, fileName).map(({ name }) => name);
}

/** Entries as the directory at the end of the file lists them. */
function readDirectory(bytes: Uint8Array, fileName: string): readonly Declared[] {
  const damaged = (why: string) => new InputError(`${fileName} is damaged: ${why}; get the file again.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const endAt = bytes.length - END.bytes;
  if (endAt < 0 || view.getUint32(endAt, true) !== END.signature) {
    throw damaged("it is cut short or goes on after its end");
  }
  const count = view.getUint16(endAt + 10, true);
  const directoryAt = view.getUint32(endAt + 16, true);
  let at = directoryAt;
  const entries = Array.from({ length: count }, (): Declared => {
    if (at + CENTRAL.bytes > endAt || view.getUint32(at, true) !== CENTRAL.signature) {
      throw damaged("its directory breaks off");
    }
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    const [crc, packedLength, rawLength] = [16, 20, 24].map((field) => view.getUint32(at + field, true));
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const localAt = view.getUint32(at + 42, true);
    const name = new TextDecoder().decode(bytes.subarray(at + CENTRAL.bytes, at + CENTRAL.bytes + nameLength));
    at += CENTRAL.bytes + nameLength + extraLength + commentLength;
    if ((flags & 1) !== 0 || (method !== STORED && method !== DEFLATED)) {
      throw new InputError(`${fileName}, entry ${name}, is encrypted or packed in a way other than deflate.`);
    }
    if (localAt + LOCAL.bytes > directoryAt || view.getUint32(localAt, true) !== LOCAL.signature) {
      throw damaged(`entry ${name} isn’t where its directory says`);
    }
    const from = localAt + LOCAL.bytes + view.getUint16(localAt + 26, true) + view.getUint16(localAt + 28, true);
    if (from + packedLength > directoryAt) throw damaged(`entry ${name} reaches beyond its place`);
    return { name, method, crc, rawLength, packed: bytes.subarray(from, from + packedLength) };
  });
  if (at !== endAt) throw damaged("its directory is longer than it says");
  return entries;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 as in zip and PNG (polynomial 0xedb88320): tells a damaged file from a good one. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
