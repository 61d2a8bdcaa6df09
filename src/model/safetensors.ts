// Reads safetensors files, which may be truncated, lying or hostile: no number in the file leads to an allocation
// before it is checked against the bytes that are really there. Format: https://github.com/huggingface/safetensors
//
//   8 bytes        N bytes                        the rest
//   N, little-end. {"name": {dtype, shape, ...}}  tensor data, without gaps

import { findDuplicateKey } from "../lib/duplicateKey";
import { InputError } from "../lib/errors";
import { decodeBfloat16, decodeFloat16 } from "../lib/float16";
import { describe, excerpt, parseFields, parseText, recordFields, refusePointer } from "./fields";

export type TensorType = "F32" | "F16" | "BF16";

/** Bytes of a value of every type that the format knows; only those of TensorType can be read. */
const typeBytes: ReadonlyMap<unknown, number> = new Map([
  ...["BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2", "F8_E8M0"].map((type): [string, number] => [type, 1]),
  ...["U16", "I16", "F16", "BF16"].map((type): [string, number] => [type, 2]),
  ...["U32", "I32", "F32"].map((type): [string, number] => [type, 4]),
  ...["U64", "I64", "F64", "C64"].map((type): [string, number] => [type, 8]),
]);

export interface TensorEntry {
  readonly name: string;
  /** One of TensorType, or another of the format for a tensor that nothing reads. */
  readonly type: string;
  readonly shape: readonly number[];
  /** Where the values lie in the file, in bytes; checked to be inside it and to fit type and shape. */
  readonly begin: number;
  readonly end: number;
}

/** The limit of the reference implementation. */
const maxHeaderBytes = 100_000_000;
const maxDimensions = 8;

/** The tensors of a file by name, every range checked. Throws InputError naming the file, what was expected, what was found. */
export function parseSafetensorsHeader(bytes: Uint8Array, file: string): ReadonlyMap<string, TensorEntry> {
  const headerBytes = parseHeaderLength(bytes, file);
  const dataStart = 8 + headerBytes;
  const text = parseText(bytes.subarray(8, dataStart), `${file}: header`);
  const header = parseFields(text, `${file}: header`);
  const duplicate = findDuplicateKey(text);
  if (duplicate !== null) {
    throw broken(file, `key ${excerpt(duplicate)} occurs twice in the header, expected once`);
  }
  const dataBytes = bytes.length - dataStart;
  const entries = new Map<string, TensorEntry>();
  for (const [name, value] of header.values) {
    if (name === "__metadata__") continue;
    const entry = parseEntry(name, value, { file, dataBytes });
    entries.set(name, { ...entry, begin: dataStart + entry.begin, end: dataStart + entry.end });
  }
  checkCover([...entries.values()], { file, dataStart, fileBytes: bytes.length });
  return entries;
}

/** The values of a tensor as float32 (exact for all three types). Refuses NaN and infinities. A copy. */
export function readTensor(bytes: Uint8Array, entry: TensorEntry, file: string): Float32Array {
  const { type } = entry;
  if (type !== "F32" && type !== "F16" && type !== "BF16") {
    throw broken(file, `tensor ${entry.name} has dtype ${type}, expected F32, F16 or BF16`);
  }
  // A copy starts at offset 0, so that the wider types are aligned. Not slice: on Node's Buffer it does not copy.
  const { buffer } = new Uint8Array(bytes.subarray(entry.begin, entry.end));
  const values = decodeValues(buffer, type);
  // x − x is NaN for NaN and the infinities only.
  const index = values.findIndex((value) => value - value !== 0);
  if (index >= 0) {
    throw broken(file, `tensor ${entry.name} holds ${values[index]} at index ${index}, expected finite numbers`);
  }
  return values;
}

function decodeValues(buffer: ArrayBuffer, type: TensorType): Float32Array {
  switch (type) {
    case "F32":
      return new Float32Array(buffer);
    case "F16":
      return decodeFloat16(new Uint16Array(buffer));
    case "BF16":
      return decodeBfloat16(new Uint16Array(buffer));
  }
}

function parseHeaderLength(bytes: Uint8Array, file: string): number {
  if (bytes.length < 8) {
    throw broken(file, `the file has ${bytes.length} bytes, expected a safetensors file`);
  }
  refusePointer(new TextDecoder().decode(bytes.subarray(0, 100)), file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  // Beyond 2^53 the sum is rounded, which changes nothing: it is refused.
  const length = view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true);
  const most = Math.min(bytes.length - 8, maxHeaderBytes);
  if (length < 2 || length > most) {
    throw broken(file, `header length is ${length} bytes, expected 2 to ${most}`);
  }
  return length;
}

interface DataBounds {
  readonly file: string;
  readonly dataBytes: number;
}

/** One entry, its range still relative to the data. */
function parseEntry(name: string, value: unknown, { file, dataBytes }: DataBounds): TensorEntry {
  const label = `tensor ${excerpt(name)}`;
  const { values } = recordFields(value, `${file}: ${label}`);
  const type = values.get("dtype");
  const bytesPerValue = typeBytes.get(type);
  if (bytesPerValue === undefined) {
    throw broken(file, `${label} has dtype ${describe(type)}, expected one of the format, such as F32, F16 or BF16`);
  }
  const shape = values.get("shape");
  if (!isSizes(shape) || shape.length > maxDimensions) {
    throw broken(file, `${label} has shape ${describe(shape)}, expected up to 8 whole numbers`);
  }
  const range = values.get("data_offsets");
  if (!isSizes(range) || range.length !== 2 || range[0] > range[1] || range[1] > dataBytes) {
    const found = describe(range);
    throw broken(file, `${label} has data_offsets ${found}, expected a range within ${dataBytes}`);
  }
  const [begin, end] = range;
  // A product beyond 2^53 is rounded but cannot come down to a range that lies inside the file.
  const expected = shape.reduce((product, size) => product * size, bytesPerValue);
  if (end - begin !== expected) {
    throw broken(
      file,
      `${label} has ${end - begin} bytes, expected ${expected} for ${String(type)} ${describe(shape)}`,
    );
  }
  return { name, type: String(type), shape, begin, end };
}

/** The format wants the data covered from end to end: no overlap, no gap, nothing after the end. */
function checkCover(
  entries: TensorEntry[],
  { file, dataStart, fileBytes }: { file: string; dataStart: number; fileBytes: number },
): void {
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = dataStart;
  for (const { name, begin, end } of entries) {
    if (begin !== covered) {
      const fault = begin < covered ? "overlaps another tensor" : "leaves a gap before it";
      const where = `starts at byte ${begin - dataStart} of the data, expected ${covered - dataStart}`;
      throw broken(file, `tensor ${excerpt(name)} ${fault}: it ${where}`);
    }
    covered = end;
  }
  if (covered !== fileBytes) {
    throw broken(file, `${fileBytes - covered} bytes follow the last tensor, expected none`);
  }
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function broken(file: string, fault: string): InputError {
  return new InputError(`${file}: ${fault}; download or export the file again`);
}
