// Keys and values as computed, in float32: a pool for each layer, handed out to its heads (slotPools.ts), closed up in place
// after an eviction and handed out anew.

import { handOut, moveOrder, type HeadPlaces } from "../slotPools";
import type { KvCodec, LayerKv, LayerShape } from "./kvStore";
import { turnHeadsBack } from "./layerOps";
import { matVec, vecMat } from "./products";

export const plainCodec: KvCodec = { needsUnrotatedKeys: false, createLayer: createPlainLayer };

function createPlainLayer({ kvHeadCount, headDim, slotCount }: LayerShape): LayerKv {
  const poolKeys = new Float32Array(slotCount * headDim); // [slot of the pool][headDim]
  const poolValues = new Float32Array(slotCount * headDim);
  let places: HeadPlaces = placesOf(new Int32Array(kvHeadCount));

  function placesOf(lengths: Int32Array): HeadPlaces {
    return handOut({ layerCount: 1, kvHeadCount }, Int32Array.of(slotCount), lengths);
  }

  const entriesOf = (pool: Float32Array, kvHead: number, count: number): Float32Array => {
    const first = places.firsts[kvHead];
    return pool.subarray(first * headDim, (first + count) * headDim);
  };

  const write = (pool: Float32Array, slot: number, entries: Float32Array, from: number): void => {
    const at = slot * headDim;
    for (let dim = 0; dim < headDim; dim++) pool[at + dim] = entries[from + dim];
  };

  /** Old and new places may overlap. */
  const move = (first: number, end: number, to: number): void => {
    poolKeys.copyWithin(to * headDim, first * headDim, end * headDim);
    poolValues.copyWithin(to * headDim, first * headDim, end * headDim);
  };

  return {
    get rooms() {
      return places.rooms;
    },
    bytes: poolKeys.byteLength + poolValues.byteLength,
    bytesPerSlot: 2 * kvHeadCount * headDim * Float32Array.BYTES_PER_ELEMENT,
    storeToken: ({ slots, keys, values }) => {
      for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
        const slot = places.firsts[kvHead] + slots[kvHead];
        write(poolKeys, slot, keys, kvHead * headDim);
        write(poolValues, slot, values, kvHead * headDim);
      }
    },
    keys: (kvHead, count) => entriesOf(poolKeys, kvHead, count),
    values: (kvHead, count) => entriesOf(poolValues, kvHead, count),
    multiplyKeys: (kvHead, queries, rows) => {
      const keys = entriesOf(poolKeys, kvHead, rows[0].length);
      rows.forEach((row, member) => {
        matVec(keys, queries.subarray(member * headDim, (member + 1) * headDim), row);
      });
    },
    addUpValues: (kvHead, rows, outputs) => {
      const values = entriesOf(poolValues, kvHead, rows[0].length);
      rows.forEach((row, member) => {
        vecMat(row, values, outputs.subarray(member * headDim, (member + 1) * headDim));
      });
    },
    replaceEntry: (kvHead, slot, key, value) => {
      write(poolKeys, places.firsts[kvHead] + slot, key, 0);
      write(poolValues, places.firsts[kvHead] + slot, value, 0);
    },
    keepSlots: (survivors, angles) => {
      const kept = Int32Array.from(survivors, (slots) => slots.length);
      const before = places.firsts;
      places = placesOf(kept);
      survivors.forEach((slots, kvHead) => closeUp(move, before[kvHead], slots));
      for (const kvHead of moveOrder(before, places.firsts)) {
        move(before[kvHead], before[kvHead] + kept[kvHead], places.firsts[kvHead]);
      }
      if (angles === null) return;
      survivors.forEach((slots, kvHead) => {
        const keys = entriesOf(poolKeys, kvHead, slots.length);
        slots.forEach((slot, at) => {
          if (slot !== at) turnHeadsBack(keys.subarray(at * headDim, (at + 1) * headDim), angles(slot - at));
        });
      });
    },
  };
}

/** Neighbours move together. */
function closeUp(move: (first: number, end: number, to: number) => void, first: number, kept: Int32Array): void {
  let start = 0;
  while (start < kept.length) {
    let end = start + 1;
    while (end < kept.length && kept[end] === kept[end - 1] + 1) end++;
    if (kept[start] !== start) move(first + kept[start], first + kept[end - 1] + 1, first + start);
    start = end;
  }
}
