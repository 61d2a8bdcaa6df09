// Where a term finds the rows of each head. A cache keeps room for more slots than are in use and a prefill keeps
// its queries per position, so the twins read through strides and nobody copies a cache for them.

/** Element (head, row, dim) is `data[offset + head × headStride + row × rowStride + dim]`. A row is a slot or a query. */
export interface HeadRows {
  readonly data: Float32Array;
  readonly offset: number;
  readonly headStride: number;
  readonly rowStride: number;
}

/** Rows without gaps: [head][row][headDim]. With `capacity` instead of the rows in use: a cache of fixed slots. */
export function denseRows(data: Float32Array, rowCount: number, headDim: number): HeadRows {
  return { data, offset: 0, headStride: rowCount * headDim, rowStride: headDim };
}

/** Index in `data` of the first number of a row. */
export function rowStart(rows: HeadRows, head: number, row: number): number {
  return rows.offset + head * rows.headStride + row * rows.rowStride;
}
