// Attention rows as shaders/attentionTaps.wgsl leaves them: scales first, then rows padded to whole words.

/** Of that many rows. */
export function tapBytes(rowCount: number, lengthSlots: number): number {
  return 4 * rowCount * (1 + Math.ceil(lengthSlots / 4));
}

export interface TapRows {
  readonly rows: Uint8Array; // [row][slot]
  readonly scales: Float32Array; // [row]
}

/** Copies of the rows that start at `at`. */
export function decodeTapRows(bytes: ArrayBuffer, at: number, rowCount: number, lengthSlots: number): TapRows {
  const paddedBytes = Math.ceil(lengthSlots / 4) * 4;
  const padded = new Uint8Array(bytes, at + rowCount * 4);
  const rows = new Uint8Array(rowCount * lengthSlots);
  for (let row = 0; row < rowCount; row++) {
    rows.set(padded.subarray(row * paddedBytes, row * paddedBytes + lengthSlots), row * lengthSlots);
  }
  return { rows, scales: new Float32Array(bytes, at, rowCount).slice() };
}
