// Reads the header of a GGUF file: what the file says of its model, and where its tensors lie. The file may be truncated,
// lying or hostile: no number in it leads to an allocation or a jump before it is checked against the bytes that are really
// there. Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
//
//   "GGUF"  u32 version  u64 tensors  u64 entries  | key, type, value | … | name, dims, type, offset | … | padding | tensor data

import { InputError } from "../../lib/errors";
import { excerpt, refusePointer } from "../fields";
import type { ByteSource } from "../source/byteSource";
import { blockSizes } from "./ggufTypes";

export type MetadataValue =
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "u8" | "i8" | "u16" | "i16" | "u32" | "i32" | "f32" | "f64"; readonly value: number }
  | { readonly type: "u64" | "i64"; readonly value: bigint }
  | { readonly type: "array"; readonly of: ValueType; readonly items: readonly MetadataItem[] };

/** An item of a list: a bare value, or a list again. */
export type MetadataItem = string | boolean | number | bigint | Extract<MetadataValue, { type: "array" }>;

/** By their number in the file. */
const valueTypes = [
  ...["u8", "i8", "u16", "i16", "u32", "i32", "f32", "bool", "string", "array", "u64", "i64", "f64"],
] as const;
export type ValueType = (typeof valueTypes)[number];

export interface GgufTensor {
  readonly name: string;
  /** Innermost first: the columns of a matrix, then its rows. */
  readonly dims: readonly number[];
  /** A name of the format, such as Q4_0. */
  readonly type: string;
  readonly typeId: number;
  /** In bytes, from the beginning of the file; checked to lie inside it. */
  readonly begin: number;
  readonly byteCount: number;
}

export interface GgufHeader {
  /** The path, for messages. */
  readonly file: string;
  readonly version: number;
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
  /** Where tensor data begins. */
  readonly dataStart: number;
}

/** Vocabularies and merges of the largest published models take about 20 MB. */
const maxHeaderBytes = 128 * 2 ** 20;
const firstReadBytes = 2 ** 20;
const maxTensors = 100_000;
const maxEntries = 100_000;
const maxKeyBytes = 65_535;
const maxTensorNameBytes = 1024;
const maxDimensions = 4;
const maxNesting = 4;
/** Of all lists together: a list takes more memory than the file has bytes for it. */
const maxItems = 2 ** 22;
const minAlignment = 8;
const maxAlignment = 2 ** 16;

/** Reads as much of the file as its header takes, a megabyte at first. Throws InputError. */
export async function readGgufHeader(source: ByteSource): Promise<GgufHeader> {
  const most = Math.min(source.size, maxHeaderBytes);
  for (let length = Math.min(source.size, firstReadBytes); ; length = Math.min(most, 4 * length)) {
    const bytes = await source.read(0, length);
    try {
      return parseGgufHeader(bytes, { file: source.name, fileBytes: source.size });
    } catch (error) {
      if (!(error instanceof MoreNeeded) || length >= most) throw error;
    }
  }
}

/** The header at the beginning of `bytes`. Throws InputError; if it may go on behind them, the error says so to its reader. */
export function parseGgufHeader(
  bytes: Uint8Array,
  { file, fileBytes }: { file: string; fileBytes: number },
): GgufHeader {
  const cursor = createCursor(bytes, { file, fileBytes });
  const version = readStart(bytes, cursor);
  const tensorCount = cursor.count("number of tensors", maxTensors, 24);
  const entryCount = cursor.count("number of metadata entries", maxEntries, 13);

  const metadata = new Map<string, MetadataValue>();
  for (let entry = 0; entry < entryCount; entry++) {
    const key = cursor.text("a key of the metadata", maxKeyBytes);
    if (metadata.has(key)) throw broken(file, `key ${excerpt(key)} occurs twice in the metadata, expected once`);
    metadata.set(key, readValue(cursor, `metadata ${excerpt(key)}`, 0));
  }
  const alignment = readAlignment(metadata, file);
  const found: GgufTensor[] = [];
  const names = new Set<string>();
  for (let tensor = 0; tensor < tensorCount; tensor++) {
    const entry = readTensorEntry(cursor, alignment);
    if (names.has(entry.name)) throw broken(file, `tensor ${excerpt(entry.name)} occurs twice, expected once`);
    names.add(entry.name);
    found.push(entry);
  }
  const dataStart = Math.ceil(cursor.at() / alignment) * alignment;
  const tensors = new Map<string, GgufTensor>();
  for (const entry of found) {
    const placed = { ...entry, begin: dataStart + entry.begin };
    const end = placed.begin + placed.byteCount;
    if (end > fileBytes) {
      throw broken(
        file,
        `data of tensor ${excerpt(entry.name)} end at byte ${end}, past the file’s ${fileBytes} bytes`,
      );
    }
    tensors.set(entry.name, placed);
  }
  refuseOverlap([...tensors.values()], file);
  return { file, version, metadata, tensors, dataStart };
}

/** The header goes on behind the bytes at hand. To a user it says that the file is cut short. */
class MoreNeeded extends InputError {}

/** Magic and version. */
function readStart(bytes: Uint8Array, cursor: Cursor): number {
  const { file } = cursor;
  refusePointer(new TextDecoder().decode(bytes.subarray(0, 100)), file);
  if (bytes.length < 24) throw broken(file, `has ${bytes.length} bytes, too short for a GGUF file`);
  const magic = String.fromCharCode(...bytes.subarray(0, 4));
  if (magic !== "GGUF") {
    throw new InputError(
      `${file}: expected a GGUF file, which begins with "GGUF"; found ${excerpt(magic)}: choose another file`,
    );
  }
  cursor.skip(4);
  const version = cursor.u32("version");
  if (version === 2 || version === 3) return version;
  const isSwapped = version >= 2 ** 24;
  const found = isSwapped ? "a big-endian file" : `version ${version}`;
  throw new InputError(`${file}: is GGUF of ${found}, expected version 2 or 3, little-endian; convert the model again`);
}

interface Cursor {
  readonly file: string;
  at(): number;
  skip(byteCount: number): void;
  u32(what: string): number;
  u64(what: string): bigint;
  /** A number of things, each of at least so many bytes: never more than the file can hold. */
  count(what: string, most: number, bytesEach: number): number;
  /** How many items a list has. */
  listLength(what: string, bytesEach: number): number;
  text(what: string, mostBytes: number): string;
  /** A view of the next bytes, and past them. */
  take(what: string, byteCount: number): DataView;
}

function createCursor(bytes: Uint8Array, { file, fileBytes }: { file: string; fileBytes: number }): Cursor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let at = 0;
  let itemsLeft = maxItems;
  /** Moves on, and says where it was. */
  const pass = (what: string, byteCount: number): number => {
    if (at + byteCount > fileBytes) {
      throw broken(file, `ends inside ${what}: it takes ${byteCount} bytes from byte ${at}, the file has ${fileBytes}`);
    }
    if (at + byteCount > bytes.length) {
      throw new MoreNeeded(
        `${file}: its header takes more than ${bytes.length} bytes, inside ${what}; choose another file`,
      );
    }
    at += byteCount;
    return at - byteCount;
  };
  const u64 = (what: string): bigint => view.getBigUint64(pass(what, 8), true);
  const count: Cursor["count"] = (what, most, bytesEach) => {
    const found = u64(what);
    const possible = Math.min(most, Math.floor((fileBytes - at) / bytesEach));
    if (found > BigInt(possible)) {
      throw broken(file, `${what} is ${found}, but at most ${possible} are possible in this file`);
    }
    return Number(found);
  };
  return {
    file,
    at: () => at,
    skip: (byteCount) => void pass("the header", byteCount),
    u32: (what) => view.getUint32(pass(what, 4), true),
    u64,
    count,
    listLength: (what, bytesEach) => {
      const length = count(`length of the array ${what}`, itemsLeft, bytesEach);
      itemsLeft -= length;
      return length;
    },
    text: (what, mostBytes) => {
      const length = count(`length of ${what}`, mostBytes, 1);
      const start = pass(what, length);
      try {
        return decoder.decode(bytes.subarray(start, start + length));
      } catch {
        throw broken(file, `${what} is not UTF-8 text`);
      }
    },
    take: (what, byteCount) => {
      const start = pass(what, byteCount);
      return new DataView(bytes.buffer, bytes.byteOffset + start, byteCount);
    },
  };
}

/** Bytes of a value; of texts and lists, the fewest. */
const valueBytes: Readonly<Record<ValueType, number>> = {
  ...{ u8: 1, i8: 1, bool: 1, u16: 2, i16: 2, u32: 4, i32: 4, f32: 4, u64: 8, i64: 8, f64: 8 },
  ...{ string: 8, array: 12 },
};

function readType(cursor: Cursor, what: string): ValueType {
  const id = cursor.u32(`the type of ${what}`);
  if (id < valueTypes.length) return valueTypes[id];
  throw broken(cursor.file, `${what} has value type ${id}, expected one of 0 to ${valueTypes.length - 1}`);
}

function readValue(cursor: Cursor, what: string, depth: number): MetadataValue {
  const type = readType(cursor, what);
  if (type === "array") return readArray(cursor, what, depth);
  if (type === "string") return { type, value: cursor.text(what, maxHeaderBytes) };
  const value = readNumber(cursor.take(what, valueBytes[type]), type, 0);
  // A byte other than 0 and 1 is true, as in llama.cpp.
  return { type, value } as MetadataValue;
}

function readArray(cursor: Cursor, what: string, depth: number): Extract<MetadataValue, { type: "array" }> {
  if (depth >= maxNesting) throw broken(cursor.file, `${what} nests lists more than ${maxNesting} deep`);
  const of = readType(cursor, `the items of ${what}`);
  const length = cursor.listLength(what, valueBytes[of]);
  if (of === "array") {
    // Pushed one by one: each takes bytes of its own from the file.
    const lists: MetadataItem[] = [];
    for (let item = 0; item < length; item++) lists.push(readArray(cursor, what, depth + 1));
    return { type: "array", of, items: lists };
  }
  if (of === "string") {
    const texts: string[] = [];
    for (let item = 0; item < length; item++) texts.push(cursor.text(`a text of ${what}`, maxHeaderBytes));
    return { type: "array", of, items: texts };
  }
  const width = valueBytes[of];
  const view = cursor.take(what, length * width);
  return { type: "array", of, items: Array.from({ length }, (_, item) => readNumber(view, of, item * width)) };
}

type NumberType = Exclude<ValueType, "string" | "array">;

function readNumber(view: DataView, type: NumberType, at: number): number | bigint | boolean {
  switch (type) {
    case "u8":
      return view.getUint8(at);
    case "i8":
      return view.getInt8(at);
    case "u16":
      return view.getUint16(at, true);
    case "i16":
      return view.getInt16(at, true);
    case "u32":
      return view.getUint32(at, true);
    case "i32":
      return view.getInt32(at, true);
    case "f32":
      return view.getFloat32(at, true);
    case "f64":
      return view.getFloat64(at, true);
    case "u64":
      return view.getBigUint64(at, true);
    case "i64":
      return view.getBigInt64(at, true);
    case "bool":
      return view.getUint8(at) !== 0;
  }
}

function readAlignment(metadata: ReadonlyMap<string, MetadataValue>, file: string): number {
  const entry = metadata.get("general.alignment");
  if (entry === undefined) return 32;
  const alignment = Number(entry.type === "array" ? NaN : entry.value);
  const isPower = Number.isInteger(alignment) && Number.isInteger(Math.log2(alignment));
  if (isPower && alignment >= minAlignment && alignment <= maxAlignment) return alignment;
  throw broken(
    file,
    `general.alignment is ${entry.type === "array" ? "a list" : excerpt(String(entry.value))}, expected a power of two from ${minAlignment} to ${maxAlignment}`,
  );
}

/** One entry; `begin` still relative to the data. */
function readTensorEntry(cursor: Cursor, alignment: number): GgufTensor {
  const { file } = cursor;
  const name = cursor.text("the name of a tensor", maxTensorNameBytes);
  const label = `tensor ${excerpt(name)}`;
  const dimensionCount = cursor.u32(`the number of dimensions of ${label}`);
  if (dimensionCount < 1 || dimensionCount > maxDimensions) {
    throw broken(file, `${label} has ${dimensionCount} dimensions, expected 1 to ${maxDimensions}`);
  }
  const sizes = Array.from({ length: dimensionCount }, () => cursor.u64(`the dimensions of ${label}`));
  const typeId = cursor.u32(`the type of ${label}`);
  const offset = cursor.u64(`the offset of ${label}`);
  const size = blockSizes.get(typeId);
  if (size === undefined) {
    throw broken(file, `${label} has type ${typeId}, which this reader does not know`);
  }
  // As bigints: a product that wraps around 2^64 elsewhere is just large here.
  const product = sizes.reduce((all, each) => all * each, 1n);
  if (product < 1n || product > 2n ** 40n) {
    throw broken(file, `${label} has dimensions ${sizes.join(" × ")}, expected a product from 1 to 2^40`);
  }
  const dims = sizes.map(Number);
  if (dims[0] % size.blockValues !== 0) {
    throw broken(
      file,
      `${label} has rows of ${dims[0]} numbers, expected whole blocks of ${size.blockValues} (${size.name})`,
    );
  }
  if (offset % BigInt(alignment) !== 0n) {
    throw broken(file, `${label} begins at offset ${offset}, expected a multiple of ${alignment}`);
  }
  if (offset > 2n ** 50n) throw broken(file, `data of ${label} begin at offset ${offset}, past the end of the file`);
  const byteCount = (Number(product) / size.blockValues) * size.blockBytes;
  return { name, dims, type: size.name, typeId, begin: Number(offset), byteCount };
}

function refuseOverlap(tensors: GgufTensor[], file: string): void {
  tensors.sort((a, b) => a.begin - b.begin);
  tensors.forEach(({ name, begin }, at) => {
    const before = at === 0 ? undefined : tensors[at - 1];
    if (before !== undefined && begin < before.begin + before.byteCount) {
      throw broken(file, `data of tensors ${excerpt(before.name)} and ${excerpt(name)} overlap`);
    }
  });
}

function broken(file: string, fault: string): InputError {
  return new InputError(`${file}: ${fault}; download or convert the model again`);
}
