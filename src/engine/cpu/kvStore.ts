// The KV slots of one sequence: allocated once, filled from slot 0 up, closed up in place after an eviction.

import type { ModelConfig } from "../../model/config";

export interface LayerKv {
  readonly keys: Float32Array; // [kvHead][slotCapacity][headDim], after RoPE
  readonly values: Float32Array; // [kvHead][slotCapacity][headDim]
  /** The same memory, one view per KV head. */
  readonly headKeys: readonly Float32Array[]; // [kvHead] of [slotCapacity][headDim]
  readonly headValues: readonly Float32Array[];
}

export interface KvStore {
  readonly slotCapacity: number;
  readonly headDim: number;
  readonly layers: readonly LayerKv[];
}

export function createKvStore(config: ModelConfig, slotCapacity: number): KvStore {
  const { layerCount, kvHeadCount, headDim } = config;
  const layers = Array.from({ length: layerCount }, (): LayerKv => {
    const keys = new Float32Array(kvHeadCount * slotCapacity * headDim);
    const values = new Float32Array(kvHeadCount * slotCapacity * headDim);
    return { keys, values, headKeys: headViews(keys, kvHeadCount), headValues: headViews(values, kvHeadCount) };
  });
  return { slotCapacity, headDim, layers };
}

/** Writes one token's keys and values ([kvHead][headDim]) of one layer into a slot of every KV head. */
export function writeSlot(layer: LayerKv, slot: number, keys: Float32Array, values: Float32Array): void {
  const headDim = keys.length / layer.headKeys.length;
  for (let kvHead = 0; kvHead < layer.headKeys.length; kvHead++) {
    const headKeys = layer.headKeys[kvHead];
    const headValues = layer.headValues[kvHead];
    for (let dim = 0; dim < headDim; dim++) {
      headKeys[slot * headDim + dim] = keys[kvHead * headDim + dim];
      headValues[slot * headDim + dim] = values[kvHead * headDim + dim];
    }
  }
}

/** Moves the surviving slots (ascending, [layer][kvHead][keptCount]) down to slots 0 … keptCount − 1. */
export function keepSlotsInPlace(store: KvStore, survivors: Int32Array, keptCount: number): void {
  const { headDim } = store;
  let start = 0;
  for (const layer of store.layers) {
    for (let kvHead = 0; kvHead < layer.headKeys.length; kvHead++) {
      for (let kept = 0; kept < keptCount; kept++) {
        const slot = survivors[start + kept];
        if (slot === kept) continue;
        layer.headKeys[kvHead].copyWithin(kept * headDim, slot * headDim, (slot + 1) * headDim);
        layer.headValues[kvHead].copyWithin(kept * headDim, slot * headDim, (slot + 1) * headDim);
      }
      start += keptCount;
    }
  }
}

function headViews(rows: Float32Array, kvHeadCount: number): Float32Array[] {
  const width = rows.length / kvHeadCount;
  return Array.from({ length: kvHeadCount }, (_, kvHead) => rows.subarray(kvHead * width, (kvHead + 1) * width));
}
