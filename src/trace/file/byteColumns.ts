// Typed arrays as bytes that deflate well: signed integers as differences, and every type split into planes (all first bytes,
// then all second bytes, …), so that sign and exponent bytes, which hardly change, stand together. Exact inverses.

import { InputError } from "../../lib/errors";
import { joinBytes } from "./joinBytes";

/** Collects columns one after the other. */
export interface ColumnWriter {
  uint8(column: Uint8Array): void;
  int32(column: Int32Array): void;
  /** As they are: for numbers that do not grow from one to the next. */
  uint32(column: Uint32Array): void;
  float32(column: Float32Array): void;
  float64(column: Float64Array): void;
  /** Everything written so far. */
  bytes(): Uint8Array;
}

/** Reads columns in the order in which they were written; the counts may come from a stranger. */
export interface ColumnReader {
  uint8(count: number): Uint8Array;
  int32(count: number): Int32Array;
  uint32(count: number): Uint32Array;
  float32(count: number): Float32Array;
  float64(count: number): Float64Array;
  /** Throws unless everything has been read. */
  finish(): void;
}

export function createColumnWriter(): ColumnWriter {
  const parts: Uint8Array[] = [];
  return {
    uint8: (column) => void parts.push(column),
    int32: (column) => void parts.push(splitPlanes(bytesOf(differences(column)), 4)),
    uint32: (column) => void parts.push(splitPlanes(bytesOf(column), 4)),
    float32: (column) => void parts.push(splitPlanes(bytesOf(column), 4)),
    float64: (column) => void parts.push(splitPlanes(bytesOf(column), 8)),
    bytes: () => joinBytes(parts),
  };
}

/** `what` names the section in errors. */
export function createColumnReader(bytes: Uint8Array, what: string): ColumnReader {
  let at = 0;
  /** Checked before anything is allocated: what is not in the file is not made room for. */
  function take(count: number, width: number): Uint8Array {
    const end = at + count * width;
    if (!Number.isSafeInteger(count) || count < 0 || end > bytes.length) {
      throw new InputError(
        `${what} is too short: ${count} values of ${width} bytes expected at byte ${at} of ${bytes.length}`,
      );
    }
    const taken = bytes.subarray(at, end);
    at = end;
    return taken;
  }
  return {
    uint8: (count) => take(count, 1).slice(),
    int32: (count) => sums(new Int32Array(joinPlanes(take(count, 4), 4).buffer)),
    uint32: (count) => new Uint32Array(joinPlanes(take(count, 4), 4).buffer),
    float32: (count) => new Float32Array(joinPlanes(take(count, 4), 4).buffer),
    float64: (count) => new Float64Array(joinPlanes(take(count, 8), 8).buffer),
    finish() {
      if (at !== bytes.length) {
        throw new InputError(`${what} has ${bytes.length - at} bytes more than expected`);
      }
    },
  };
}

/** Each value less the one before it, wrapping at 32 bits. */
function differences(column: Int32Array): Int32Array {
  return column.map((value, place) => (place === 0 ? value : value - column[place - 1]));
}

/** Undoes `differences` in place. */
function sums(column: Int32Array): Int32Array {
  for (let place = 1; place < column.length; place++) column[place] += column[place - 1];
  return column;
}

function splitPlanes(bytes: Uint8Array, width: number): Uint8Array {
  const count = bytes.length / width;
  const planes = new Uint8Array(bytes.length);
  for (let plane = 0; plane < width; plane++) {
    for (let value = 0; value < count; value++) {
      planes[plane * count + value] = bytes[value * width + plane];
    }
  }
  return planes;
}

function joinPlanes(planes: Uint8Array, width: number): Uint8Array<ArrayBuffer> {
  const count = planes.length / width;
  const bytes = new Uint8Array(planes.length);
  for (let plane = 0; plane < width; plane++) {
    for (let value = 0; value < count; value++) {
      bytes[value * width + plane] = planes[plane * count + value];
    }
  }
  return bytes;
}

/** Little-endian on every machine that runs a browser with typed arrays today; the file format says so. */
function bytesOf(column: Int32Array | Uint32Array | Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}
