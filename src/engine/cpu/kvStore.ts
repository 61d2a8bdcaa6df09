// The KV slots of one sequence: allocated once, filled from slot 0 up, closed up in place after an eviction. Heads may
// use different numbers of them. How an entry is kept is the codec's business: nothing else reads or writes the memory.

import type { HeadRows } from "../../cache/headRows";
import { headCountOf, headOf, headRow } from "../../cache/headRows";
import type { ModelConfig } from "../../model/config";
import { turnHeadsBack } from "./layerOps";

/** How keys and values are kept. */
export interface KvCodec {
  /** Bytes of a key and its value in one slot of one head. */
  entryBytes(headDim: number): number;
  createHead(slotCapacity: number, headDim: number): KvHead;
}

/** The slots of one KV head. What `keys` and `values` give is good until the next change. */
export interface KvHead {
  /** After RoPE, those of the first `slotCount` slots at least. [slot][headDim] */
  keys(slotCount: number): Float32Array;
  values(slotCount: number): Float32Array;
  /** Takes a key and a value, which start at `from` of the given arrays, into a slot. */
  store(slot: number, keys: Float32Array, values: Float32Array, from: number): void;
  /** Turns the key of a slot back by the angles of that many positions, as in ropeTable.ts. */
  turnBack(slot: number, angles: Float32Array): void;
  /** Moves slots `first` … `end` − 1 down, the first of them to slot `to`. */
  moveDown(first: number, end: number, to: number): void;
}

/** As computed, in float32. */
const f32Codec: KvCodec = {
  entryBytes: (headDim) => 2 * headDim * Float32Array.BYTES_PER_ELEMENT,
  createHead: (slotCapacity, headDim) => {
    const headKeys = new Float32Array(slotCapacity * headDim);
    const headValues = new Float32Array(slotCapacity * headDim);
    return {
      keys: () => headKeys,
      values: () => headValues,
      store: (slot, keys, values, from) => {
        const at = slot * headDim;
        for (let dim = 0; dim < headDim; dim++) {
          headKeys[at + dim] = keys[from + dim];
          headValues[at + dim] = values[from + dim];
        }
      },
      turnBack: (slot, angles) => turnHeadsBack(headKeys.subarray(slot * headDim, (slot + 1) * headDim), angles),
      moveDown: (first, end, to) => {
        headKeys.copyWithin(to * headDim, first * headDim, end * headDim);
        headValues.copyWithin(to * headDim, first * headDim, end * headDim);
      },
    };
  },
};

export type LayerKv = readonly KvHead[]; // [kvHead]

export interface KvStore {
  readonly slotCapacity: number;
  readonly layers: readonly LayerKv[];
  /** Bytes of K and V for one slot over all layers and KV heads. */
  readonly bytesPerSlot: number;
}

export function createKvStore(config: ModelConfig, slotCapacity: number, codec = f32Codec): KvStore {
  const { layerCount, kvHeadCount, headDim } = config;
  const layers = Array.from({ length: layerCount }, () =>
    Array.from({ length: kvHeadCount }, () => codec.createHead(slotCapacity, headDim)),
  );
  return { slotCapacity, layers, bytesPerSlot: headCountOf(config) * codec.entryBytes(headDim) };
}

/** Writes one token's keys and values ([kvHead][headDim]) of one layer into its slot of each KV head. [kvHead] */
export function writeSlot(layer: LayerKv, slots: Int32Array, keys: Float32Array, values: Float32Array): void {
  const headDim = keys.length / layer.length;
  for (let kvHead = 0; kvHead < layer.length; kvHead++) {
    layer[kvHead].store(slots[kvHead], keys, values, kvHead * headDim);
  }
}

/** Moves the surviving slots of each head, which ascend, down to its slots from 0 on: neighbours together. */
export function keepSlotsInPlace(store: KvStore, survivors: HeadRows<Int32Array>): void {
  store.layers.forEach((heads, layer) => {
    heads.forEach((head, kvHead) => {
      const kept = headRow(survivors, headOf({ kvHeadCount: heads.length }, layer, kvHead));
      let start = 0;
      while (start < kept.length) {
        let end = start + 1;
        while (end < kept.length && kept[end] === kept[end - 1] + 1) end++;
        if (kept[start] !== start) head.moveDown(kept[start], kept[end - 1] + 1, start);
        start = end;
      }
    });
  });
}

/**
 * After keepSlotsInPlace: turns every key that stayed back by as many positions as its slot moved down, so that the keys
 * look contiguous (StreamingLLM, arXiv:2309.17453, section 3.2; NVIDIA/kvpress 8bb29b9, key_rerotation_press.py).
 */
export function turnKeysBack(
  store: KvStore,
  survivors: HeadRows<Int32Array>,
  angles: (distance: number) => Float32Array,
): void {
  store.layers.forEach((heads, layer) => {
    heads.forEach((head, kvHead) => {
      const kept = headRow(survivors, headOf({ kvHeadCount: heads.length }, layer, kvHead));
      kept.forEach((slot, place) => {
        if (slot !== place) head.turnBack(place, angles(slot - place));
      });
    });
  });
}
