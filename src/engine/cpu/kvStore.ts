// The KV slots of one sequence: allocated once, filled from slot 0 up, closed up in place after an eviction. Heads may
// use different numbers of them.

import type { HeadRows } from "../../cache/headRows";
import { headOf, headRow } from "../../cache/headRows";
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

/** Writes one token's keys and values ([kvHead][headDim]) of one layer into its slot of each KV head. [kvHead] */
export function writeSlot(layer: LayerKv, slots: Int32Array, keys: Float32Array, values: Float32Array): void {
  const headDim = keys.length / layer.headKeys.length;
  for (let kvHead = 0; kvHead < layer.headKeys.length; kvHead++) {
    const slot = slots[kvHead];
    const headKeys = layer.headKeys[kvHead];
    const headValues = layer.headValues[kvHead];
    for (let dim = 0; dim < headDim; dim++) {
      headKeys[slot * headDim + dim] = keys[kvHead * headDim + dim];
      headValues[slot * headDim + dim] = values[kvHead * headDim + dim];
    }
  }
}

/** Moves the surviving slots of each head, which ascend, down to its slots from 0 on. */
export function keepSlotsInPlace(store: KvStore, survivors: HeadRows<Int32Array>): void {
  const { headDim } = store;
  store.layers.forEach(({ headKeys, headValues }, layer) => {
    for (let kvHead = 0; kvHead < headKeys.length; kvHead++) {
      headRow(survivors, headOf({ kvHeadCount: headKeys.length }, layer, kvHead)).forEach((slot, kept) => {
        if (slot === kept) return;
        headKeys[kvHead].copyWithin(kept * headDim, slot * headDim, (slot + 1) * headDim);
        headValues[kvHead].copyWithin(kept * headDim, slot * headDim, (slot + 1) * headDim);
      });
    }
  });
}

function headViews(rows: Float32Array, kvHeadCount: number): Float32Array[] {
  const width = rows.length / kvHeadCount;
  return Array.from({ length: kvHeadCount }, (_, kvHead) => rows.subarray(kvHead * width, (kvHead + 1) * width));
}
