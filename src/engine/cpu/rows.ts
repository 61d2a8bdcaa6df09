// Activations of a chunk of tokens: one row per token, in an array made once per session.

export interface Rows {
  readonly values: Float32Array; // [token][width]
  readonly width: number;
  /** The first token's row: all there is in a decode step. A view. */
  readonly first: Float32Array; // [width]
}

export function createRows(tokenCapacity: number, width: number): Rows {
  const values = new Float32Array(tokenCapacity * width);
  return { values, width, first: values.subarray(0, width) };
}

/** The first `tokenCount` rows as one array; a view that costs nothing for a single token. */
export function leadingRows(rows: Rows, tokenCount: number): Float32Array {
  return tokenCount === 1 ? rows.first : rows.values.subarray(0, tokenCount * rows.width);
}

export function rowOf(rows: Rows, token: number): Float32Array {
  return token === 0 ? rows.first : rows.values.subarray(token * rows.width, (token + 1) * rows.width);
}
