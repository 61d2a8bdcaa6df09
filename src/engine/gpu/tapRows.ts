// Attention rows as shaders/attentionTaps.wgsl leaves them: scales first, then rows as wide as the longest, in whole words.
import { headRow, newRows, offsetsOf, type HeadRows } from "../../cache/headRows";

/** Of that many rows. */
export function tapBytes(rowCount: number, longestSlots: number): number {
  return 4 * rowCount * (1 + Math.ceil(longestSlots / 4));
}

export interface TapRows {
  readonly rows: HeadRows<Uint8Array>;
  readonly scales: Float32Array; // [row]
}

/** Copies of the rows that start at `at`. */
export function decodeTapRows(bytes: ArrayBuffer, at: number, lengths: Int32Array): TapRows {
  const paddedBytes = Math.ceil(Math.max(...lengths) / 4) * 4;
  const padded = new Uint8Array(bytes, at + lengths.length * 4);
  const rows = newRows(offsetsOf(lengths), Uint8Array);
  lengths.forEach((length, row) =>
    headRow(rows, row).set(padded.subarray(row * paddedBytes, row * paddedBytes + length)),
  );
  return { rows, scales: new Float32Array(bytes, at, lengths.length).slice() };
}
