// The newest post-RoPE queries of every layer: as many as the terms of the run read. Position p sits in row p mod the number
// of rows, so nothing moves when a token is added. Evictions do not touch it, unless keys are rotated again.

import { assert } from "../../lib/errors";
import type { ModelConfig } from "../../model/config";
import { turnHeadsBack } from "./layerOps";

export interface QueryRing {
  readonly rowCount: number;
  readonly headDim: number;
  readonly layers: readonly Float32Array[]; // [layer] of [row][head][headDim]
}

export function createQueryRing(config: ModelConfig, rowCount: number): QueryRing {
  const rowWidth = config.headCount * config.headDim;
  const layers = Array.from({ length: config.layerCount }, () => new Float32Array(rowCount * rowWidth));
  return { rowCount, headDim: config.headDim, layers };
}

/** Keeps one token's queries of a layer, [head][headDim]. */
export function rememberQuery(ring: QueryRing, layer: number, position: number, heads: Float32Array): void {
  if (ring.rowCount > 0) ring.layers[layer].set(heads, (position % ring.rowCount) * heads.length);
}

/** Turns all queries back by each layer's angles of the positions that the newest slots, which are theirs, moved down. */
export function turnQueriesBack(ring: QueryRing, anglesOf: (layer: number) => Float32Array): void {
  ring.layers.forEach((rows, layer) => turnHeadsBack(rows, anglesOf(layer)));
}

interface WantedQueries {
  readonly layer: number;
  readonly newestPosition: number;
  readonly rowCount: number;
}

/** The newest queries of a layer in the order of their positions, the newest last: [head][row][headDim]. */
export function newestQueries(ring: QueryRing, { layer, newestPosition, rowCount }: WantedQueries): Float32Array {
  assert(rowCount <= ring.rowCount, `${rowCount} queries of a ring of ${ring.rowCount}`);
  const { headDim } = ring;
  const rows = ring.layers[layer];
  const rowWidth = rows.length / ring.rowCount;
  const queries = new Float32Array(rowCount * rowWidth);
  for (let row = 0; row < rowCount; row++) {
    const position = newestPosition + 1 - rowCount + row;
    const start = (((position % ring.rowCount) + ring.rowCount) % ring.rowCount) * rowWidth;
    // Rows are short, and a view for each would cost more than the copy.
    for (let head = 0; head * headDim < rowWidth; head++) {
      const from = start + head * headDim;
      const to = (head * rowCount + row) * headDim;
      for (let dim = 0; dim < headDim; dim++) queries[to + dim] = rows[from + dim];
    }
  }
  return queries;
}
