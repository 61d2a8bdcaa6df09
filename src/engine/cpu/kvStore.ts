// The KV slots of one sequence, a pool for each layer: allocated once, filled from each head's slot 0 up, closed up in place
// after an eviction and handed out anew (slotPools.ts). How an entry is kept is the codec's business: nothing else reads or
// writes the memory.

import type { HeadGrid, HeadRows } from "../../cache/headRows";
import { headCountOf, headOf, headRow, layerOf, rowLengths } from "../../cache/headRows";
import type { ModelConfig } from "../../model/config";
import { handOut, moveOrder, type HeadPlaces } from "../slotPools";
import { turnHeadsBack } from "./layerOps";

/** How keys and values are kept. */
export interface KvCodec {
  /** Bytes of a key and its value in one slot of one head. */
  entryBytes(headDim: number): number;
  createPool(slotCount: number, headDim: number): KvPool;
}

/** The slots of one layer. What `keys` and `values` give is good until the next change. */
export interface KvPool {
  /** After RoPE, those of slots `first` … `end` − 1. [slot][headDim] */
  keys(first: number, end: number): Float32Array;
  values(first: number, end: number): Float32Array;
  /** Takes a key and a value, which start at `from` of the given arrays, into a slot. */
  store(slot: number, keys: Float32Array, values: Float32Array, from: number): void;
  /** Turns the key of a slot back by the angles of that many positions, as in ropeTable.ts. */
  turnBack(slot: number, angles: Float32Array): void;
  /** Moves slots `first` … `end` − 1, the first of them to slot `to`; old and new places may overlap. */
  move(first: number, end: number, to: number): void;
}

/** As computed, in float32. */
const f32Codec: KvCodec = {
  entryBytes: (headDim) => 2 * headDim * Float32Array.BYTES_PER_ELEMENT,
  createPool: (slotCount, headDim) => {
    const poolKeys = new Float32Array(slotCount * headDim);
    const poolValues = new Float32Array(slotCount * headDim);
    return {
      keys: (first, end) => poolKeys.subarray(first * headDim, end * headDim),
      values: (first, end) => poolValues.subarray(first * headDim, end * headDim),
      store: (slot, keys, values, from) => {
        const at = slot * headDim;
        for (let dim = 0; dim < headDim; dim++) {
          poolKeys[at + dim] = keys[from + dim];
          poolValues[at + dim] = values[from + dim];
        }
      },
      turnBack: (slot, angles) => turnHeadsBack(poolKeys.subarray(slot * headDim, (slot + 1) * headDim), angles),
      move: (first, end, to) => {
        poolKeys.copyWithin(to * headDim, first * headDim, end * headDim);
        poolValues.copyWithin(to * headDim, first * headDim, end * headDim);
      },
    };
  },
};

/** The first `slotCount` slots of one KV head. */
export interface KvHead {
  keys(slotCount: number): Float32Array;
  values(slotCount: number): Float32Array;
  store(slot: number, keys: Float32Array, values: Float32Array, from: number): void;
}

export type LayerKv = readonly KvHead[]; // [kvHead]

export interface KvStore {
  readonly layers: readonly LayerKv[];
  /** Of each layer's pool. */
  readonly pools: readonly KvPool[];
  readonly grid: HeadGrid;
  readonly layerSlots: Int32Array; // [layer]
  /** Where each head's slots lie at present. */
  places: HeadPlaces;
  /** Bytes of K and V for one slot over all layers and KV heads. */
  readonly bytesPerSlot: number;
  /** Bytes of all pools. */
  readonly kvBytes: number;
}

export function createKvStore(
  config: HeadGrid & Pick<ModelConfig, "headDim">,
  layerSlots: Int32Array,
  codec = f32Codec,
): KvStore {
  const { kvHeadCount, headDim } = config;
  const entryBytes = codec.entryBytes(headDim);
  const store: KvStore = {
    pools: Array.from(layerSlots, (slots) => codec.createPool(slots, headDim)),
    layers: Array.from(layerSlots, (_, layer) =>
      Array.from({ length: kvHeadCount }, (__, kvHead) => kvHeadOf(layer, headOf(config, layer, kvHead))),
    ),
    ...{ grid: config, layerSlots },
    places: handOut(config, layerSlots, new Int32Array(headCountOf(config))),
    bytesPerSlot: headCountOf(config) * entryBytes,
    kvBytes: layerSlots.reduce((slots, ofLayer) => slots + ofLayer, 0) * entryBytes,
  };
  function kvHeadOf(layer: number, head: number): KvHead {
    const firstOf = (): number => store.places.firsts[head];
    return {
      keys: (slotCount) => store.pools[layer].keys(firstOf(), firstOf() + slotCount),
      values: (slotCount) => store.pools[layer].values(firstOf(), firstOf() + slotCount),
      store: (slot, keys, values, from) => store.pools[layer].store(firstOf() + slot, keys, values, from),
    };
  }
  return store;
}

/** Writes one token's keys and values ([kvHead][headDim]) of one layer into its slot of each KV head. [kvHead] */
export function writeSlot(layer: LayerKv, slots: Int32Array, keys: Float32Array, values: Float32Array): void {
  const headDim = keys.length / layer.length;
  for (let kvHead = 0; kvHead < layer.length; kvHead++) {
    layer[kvHead].store(slots[kvHead], keys, values, kvHead * headDim);
  }
}

/** Moves the surviving slots of each head, which ascend, down to its slots from 0 on, and then the heads to new places. */
export function keepSlotsInPlace(store: KvStore, survivors: HeadRows<Int32Array>): void {
  const { grid, pools, layerSlots } = store;
  const kept = rowLengths(survivors);
  const before = store.places.firsts;
  const places = handOut(grid, layerSlots, kept);
  pools.forEach((pool, layer) => {
    const heads = headOf(grid, layer, 0);
    const end = heads + grid.kvHeadCount;
    for (let head = heads; head < end; head++) closeUp(pool, before[head], headRow(survivors, head));
    for (const kvHead of moveOrder(before.subarray(heads, end), places.firsts.subarray(heads, end))) {
      const first = before[heads + kvHead];
      pool.move(first, first + kept[heads + kvHead], places.firsts[heads + kvHead]);
    }
  });
  store.places = places;
}

/** Neighbours move together. */
function closeUp(pool: KvPool, first: number, kept: Int32Array): void {
  let start = 0;
  while (start < kept.length) {
    let end = start + 1;
    while (end < kept.length && kept[end] === kept[end - 1] + 1) end++;
    if (kept[start] !== start) pool.move(first + kept[start], first + kept[end - 1] + 1, first + start);
    start = end;
  }
}

/**
 * After keepSlotsInPlace: turns every key that stayed back by as many positions as its slot moved down, so that the keys
 * look contiguous (StreamingLLM, arXiv:2309.17453, section 3.2; NVIDIA/kvpress 8bb29b9, key_rerotation_press.py).
 */
export function turnKeysBack(
  { pools, grid, places }: KvStore,
  survivors: HeadRows<Int32Array>,
  angles: (distance: number) => Float32Array,
): void {
  places.firsts.forEach((first, head) => {
    const pool = pools[layerOf(grid, head)];
    headRow(survivors, head).forEach((slot, place) => {
      if (slot !== place) pool.turnBack(first + place, angles(slot - place));
    });
  });
}
