// What a model's weights occupy, a tied output counted once.

import type { ModelWeights } from "../../model/weights";

export function weightBytes(weights: ModelWeights): number {
  const { layers, ...whole } = weights;
  const arrays = new Set<Float32Array | null>(Object.values(whole));
  for (const layer of layers) {
    for (const array of Object.values<Float32Array | null>({ ...layer })) arrays.add(array);
  }
  return [...arrays].reduce((bytes, array) => bytes + (array?.byteLength ?? 0), 0);
}
