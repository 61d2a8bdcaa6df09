// A layer that reads through latents, watched: its keys are kept beside it as computed, only to tell what a dense pass over the
// same step would have looked at. They are no part of the cache: only sessions that record attention have them.

import { measureReads } from "../reading/measureReads";
import type { SelectionRule } from "../reading/selectSlots";
import type { LayerKv, LayerShape } from "./kvStore";
import { softmaxInPlace } from "./layerOps";
import { matVec } from "./products";

export function watchedReads(inner: LayerKv, { kvHeadCount, headDim }: LayerShape, rule: SelectionRule): LayerKv {
  const room = Math.max(...inner.rooms);
  const stride = room * headDim;
  const keys = new Float32Array(kvHeadCount * stride); // [kvHead][slot][headDim]
  let usedSlots = 0;
  let read: readonly Int32Array[] = []; // [kvHead], of the newest token

  const attention = (query: Float32Array, kvHead: number): Float32Array => {
    const row = new Float32Array(usedSlots);
    matVec(keys.subarray(kvHead * stride, kvHead * stride + usedSlots * headDim), query, row);
    softmaxInPlace(row, 1 / Math.sqrt(headDim));
    return row;
  };

  return {
    ...inner,
    workBytes: keys.byteLength,
    storeToken: (token) => {
      inner.storeToken(token);
      const [slot] = token.slots;
      for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
        const key = token.keys.subarray(kvHead * headDim, (kvHead + 1) * headDim);
        keys.set(key, kvHead * stride + slot * headDim);
      }
      usedSlots = slot + 1;
    },
    chooseReads: (queries) => (read = inner.chooseReads?.(queries) ?? []),
    measureReads: (queries) => {
      const groupSize = queries.length / (kvHeadCount * headDim);
      const weights = Array.from({ length: kvHeadCount * groupSize }, (_, head) =>
        attention(queries.subarray(head * headDim, (head + 1) * headDim), Math.floor(head / groupSize)),
      );
      return measureReads(weights, read, rule);
    },
    keepSlots: (survivors, angles) => {
      inner.keepSlots(survivors, angles);
      const [kept] = survivors;
      for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
        const held = keys.subarray(kvHead * stride, (kvHead + 1) * stride);
        kept.forEach((slot, to) => held.copyWithin(to * headDim, slot * headDim, (slot + 1) * headDim));
      }
      usedSlots = kept.length;
    },
  };
}
