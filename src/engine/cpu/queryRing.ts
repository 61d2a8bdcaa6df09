// The newest w post-RoPE queries of every layer: the observation window. Position p sits in row p mod w, so nothing
// moves when a token is added. Evictions do not touch it.

import type { ModelConfig } from "../../model/config";

export interface QueryRing {
  readonly windowSlots: number;
  readonly headDim: number;
  readonly layers: readonly Float32Array[]; // [layer] of [row][head][headDim]
}

export function createQueryRing(config: ModelConfig, windowSlots: number): QueryRing {
  const rowWidth = config.headCount * config.headDim;
  const layers = Array.from({ length: config.layerCount }, () => new Float32Array(windowSlots * rowWidth));
  return { windowSlots, headDim: config.headDim, layers };
}

/** Keeps one token's queries of a layer, [head][headDim]. */
export function rememberQuery(ring: QueryRing, layer: number, position: number, heads: Float32Array): void {
  ring.layers[layer].set(heads, (position % ring.windowSlots) * heads.length);
}

/** The window of a layer in the order of its positions, the newest last: [head][row][headDim]. */
export function windowQueries(ring: QueryRing, layer: number, newestPosition: number): Float32Array {
  const { windowSlots, headDim } = ring;
  const rows = ring.layers[layer];
  const rowWidth = rows.length / windowSlots;
  const queries = new Float32Array(rows.length);
  for (let row = 0; row < windowSlots; row++) {
    const start = ((newestPosition + 1 + row) % windowSlots) * rowWidth;
    for (let from = 0; from < rowWidth; from += headDim) {
      const head = from / headDim;
      queries.set(rows.subarray(start + from, start + from + headDim), (head * windowSlots + row) * headDim);
    }
  }
  return queries;
}
