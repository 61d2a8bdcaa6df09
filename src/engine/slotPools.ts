// The slots of a layer are one pool, handed out to its KV heads. A head's slots lie side by side, the heads in order; what
// no head uses is spare room, divided evenly behind the slots in use, so that every head can grow until the next event.
//
//   pool    0 0 0 0 · · 1 1 · · 2 2 2 · ·        · spare
//   firsts  0           6       10

import { headCountOf, headOf, type HeadGrid } from "../cache/headRows";
import { assert } from "../lib/errors";

/** The place of each head in its layer's pool. [head] */
export interface HeadPlaces {
  /** First slot. */
  readonly firsts: Int32Array;
  /** How many slots the head may come to use. */
  readonly rooms: Int32Array;
}

/** Pools in which every head has room for `slotCapacity` slots. [layer] */
export function evenPools({ layerCount, kvHeadCount }: HeadGrid, slotCapacity: number): Int32Array {
  return new Int32Array(layerCount).fill(kvHeadCount * slotCapacity);
}

/** Hands out pools of `layerSlots` slots to heads that use `lengths` of them. [layer], [head] */
export function handOut(grid: HeadGrid, layerSlots: Int32Array, lengths: Int32Array): HeadPlaces {
  const firsts = new Int32Array(headCountOf(grid));
  const rooms = new Int32Array(headCountOf(grid));
  for (let layer = 0; layer < grid.layerCount; layer++) {
    const heads = Array.from({ length: grid.kvHeadCount }, (_, kvHead) => headOf(grid, layer, kvHead));
    const used = heads.reduce((slots, head) => slots + lengths[head], 0);
    assert(used <= layerSlots[layer], `${used} slots in a pool of ${layerSlots[layer]}`);
    const spare = Math.floor((layerSlots[layer] - used) / grid.kvHeadCount);
    let first = 0;
    for (const head of heads) {
      firsts[head] = first;
      rooms[head] = lengths[head] + spare;
      first += rooms[head];
    }
  }
  return { firsts, rooms };
}

/** Heads of a layer in an order in which each can move from its old place to its new one without overwriting another. */
export function moveOrder(from: Int32Array, to: Int32Array): number[] {
  const heads = Array.from(from, (_, head) => head);
  return [...heads.filter((head) => to[head] < from[head]), ...heads.filter((head) => to[head] > from[head]).reverse()];
}
