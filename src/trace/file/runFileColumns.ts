// Columns of all events of a run, one after the other in the file, and cut apart again when read.

import type { ColumnReader, ColumnWriter } from "./byteColumns";

/** Score columns as one. The exponent becomes a byte of its own, and the sign the last bit. */
export function writeScoreColumns(writer: ColumnWriter, columns: readonly Float32Array[]): void {
  const bits = new Uint32Array(sum(columns.map(({ length }) => length)));
  let at = 0;
  for (const column of columns) {
    const columnBits = new Uint32Array(column.buffer, column.byteOffset, column.length);
    for (const value of columnBits) bits[at++] = (value << 1) | (value >>> 31);
  }
  writer.uint32(bits);
}

/** `lengths`: of the columns that were written together. */
export function readScoreColumns(reader: ColumnReader, lengths: readonly number[]): Float32Array[] {
  const bits = reader.uint32(sum(lengths));
  for (let at = 0; at < bits.length; at++) bits[at] = (bits[at] >>> 1) | (bits[at] << 31);
  return cutApart(new Float32Array(bits.buffer), lengths);
}

/** Slot columns as one. */
export function writeSlotColumns(writer: ColumnWriter, columns: readonly Int32Array[]): void {
  const all = new Int32Array(sum(columns.map(({ length }) => length)));
  let at = 0;
  for (const column of columns) {
    all.set(column, at);
    at += column.length;
  }
  writer.int32(all);
}

export function readSlotColumns(reader: ColumnReader, lengths: readonly number[]): Int32Array[] {
  return cutApart(reader.int32(sum(lengths)), lengths);
}

/** Copies, so that none keeps the others in memory. */
export function cutApart<Column extends { slice(from: number, to: number): Column }>(
  all: Column,
  lengths: readonly number[],
): Column[] {
  let at = 0;
  return lengths.map((length) => all.slice(at, (at += length)));
}

export function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
