// The columns of a run file: named typed arrays, one entry of the zip each, as bytes that deflate well. The head lists them.
//
//   uint8, int8        as they are
//   int32              each value less the one before it, then planes
//   float32            its bits rotated left by one, so that the exponent is a byte of its own, then planes
//   uint32, float64    planes: all first bytes, then all second bytes, …
//
// All exact inverses, little-endian like every machine that runs a browser with typed arrays today.

import { assert, InputError } from "../../lib/errors";
import type { ZipEntry } from "./zip";

const types = {
  uint8: Uint8Array,
  int8: Int8Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
};
export type ColumnType = keyof typeof types;
export const columnTypes = Object.keys(types) as ColumnType[];
type ColumnOf<Type extends ColumnType> = InstanceType<(typeof types)[Type]>;
type Column = ColumnOf<ColumnType>;

/** How the head lists a column. */
export interface ColumnFacts {
  readonly name: string;
  readonly type: ColumnType;
  /** Number of values. */
  readonly count: number;
}

export interface ColumnWriter {
  /** One column: the parts one after the other. */
  put(name: string, type: ColumnType, parts: readonly ArrayLike<number>[]): void;
  readonly facts: readonly ColumnFacts[];
  readonly entries: readonly ZipEntry[];
}

export interface ColumnReader {
  has(name: string): boolean;
  /** A column that must have so many values. The count may come from a stranger. */
  take<Type extends ColumnType>(name: string, type: Type, count: number): ColumnOf<Type>;
  /** The same, cut into copies of these lengths. */
  takeParts<Type extends ColumnType>(name: string, type: Type, lengths: readonly number[]): ColumnOf<Type>[];
  /** Throws unless every column has been taken. */
  finish(): void;
}

export function createColumnWriter(): ColumnWriter {
  const facts: ColumnFacts[] = [];
  const entries: ZipEntry[] = [];
  return {
    facts,
    entries,
    put(name, type, parts) {
      const column = new types[type](sum(parts.map(({ length }) => length)));
      let at = 0;
      for (const part of parts) {
        column.set(part, at);
        at += part.length;
      }
      facts.push({ name, type, count: column.length });
      entries.push({ name: entryName({ name, type }), bytes: packed(column) });
    },
  };
}

/** The entry's name says how to read it, too. */
function entryName({ name, type }: Pick<ColumnFacts, "name" | "type">): string {
  return `${name}.${type}`;
}

/** `contents`: of the zip's entries, without the head. Throws InputError where they aren't the columns that the head lists. */
export function createColumnReader(
  facts: readonly ColumnFacts[],
  contents: ReadonlyMap<string, Uint8Array>,
  fileName: string,
): ColumnReader {
  const left = new Map(facts.map((column) => [column.name, column]));
  for (const column of facts) {
    const found = contents.get(entryName(column))?.length;
    const expected = column.count * types[column.type].BYTES_PER_ELEMENT;
    if (found !== expected) {
      throw new InputError(
        `${fileName}, entry ${entryName(column)}: ${expected} bytes expected, found ${found ?? "none"}`,
      );
    }
  }
  if (left.size < facts.length || contents.size !== facts.length) {
    throw new InputError(`${fileName} holds other entries than its head lists.`);
  }
  function take<Type extends ColumnType>(name: string, type: Type, count: number): ColumnOf<Type> {
    const column = left.get(name);
    left.delete(name);
    if (column?.type !== type || column.count !== count) {
      const found = column === undefined ? "nothing" : `${column.count} of ${column.type}`;
      throw new InputError(`${fileName}, ${name}: ${count} values of ${type} expected, found ${found}`);
    }
    return unpacked(contents.get(entryName(column)) ?? new Uint8Array(0), type);
  }
  return {
    has: (name) => left.has(name),
    take,
    takeParts<Type extends ColumnType>(name: string, type: Type, lengths: readonly number[]): ColumnOf<Type>[] {
      const column = take(name, type, sum(lengths));
      let at = 0;
      return lengths.map((length) => column.slice(at, (at += length)) as ColumnOf<Type>);
    },
    finish() {
      const [rest] = left.keys();
      if (rest !== undefined) throw new InputError(`${fileName}: ${rest} has no place in this run`);
    },
  };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

function packed(column: Column): Uint8Array {
  if (column instanceof Int32Array) {
    for (let place = column.length - 1; place > 0; place--) column[place] -= column[place - 1];
  }
  if (column instanceof Float32Array) {
    const bits = new Uint32Array(column.buffer);
    for (let place = 0; place < bits.length; place++) bits[place] = (bits[place] << 1) | (bits[place] >>> 31);
  }
  return turned(new Uint8Array(column.buffer), column.BYTES_PER_ELEMENT, "split");
}

function unpacked<Type extends ColumnType>(bytes: Uint8Array, type: Type): ColumnOf<Type> {
  const width = types[type].BYTES_PER_ELEMENT;
  const { buffer } = turned(bytes, width, "join");
  const column = new types[type](buffer);
  if (column instanceof Int32Array) {
    for (let place = 1; place < column.length; place++) column[place] += column[place - 1];
  }
  if (column instanceof Float32Array) {
    const bits = new Uint32Array(buffer);
    for (let place = 0; place < bits.length; place++) bits[place] = (bits[place] >>> 1) | (bits[place] << 31);
  }
  return column as ColumnOf<Type>;
}

/** Between values of so many bytes and planes of like bytes; always a copy. */
function turned(bytes: Uint8Array, width: number, way: "split" | "join"): Uint8Array<ArrayBuffer> {
  if (width === 1) return bytes.slice();
  assert(bytes.length % width === 0, `${bytes.length} bytes in values of ${width}`);
  const count = bytes.length / width;
  const turned = new Uint8Array(bytes.length);
  for (let plane = 0; plane < width; plane++) {
    for (let value = 0; value < count; value++) {
      const inValue = value * width + plane;
      const inPlane = plane * count + value;
      if (way === "split") turned[inPlane] = bytes[inValue];
      else turned[inValue] = bytes[inPlane];
    }
  }
  return turned;
}

/** The column, if every value lies within both bounds; NaN does not. */
export function within<Column extends ArrayLike<number>>(
  column: Column,
  least: number,
  most: number,
  what: string,
): Column {
  for (let place = 0; place < column.length; place++) {
    if (!(column[place] >= least && column[place] <= most)) {
      throw new InputError(`${what}: ${column[place]} where a number from ${least} to ${most} is expected`);
    }
  }
  return column;
}
