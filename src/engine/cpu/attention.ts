// Attention of one token over the slots in use: grouped query heads share the keys of their KV head.

import type { ModelConfig } from "../../model/config";
import type { LayerKv } from "./kvStore";
import { softmaxInPlace } from "./layerOps";
import { matVec } from "./matVec";
import { vecMat } from "./vecMat";

/** Sees the probabilities of a group of query heads right after their softmax. The arrays are reused: copy what is needed. */
export type GroupObserver = (kvHead: number, groupRows: readonly Float32Array[]) => void;

export interface TokenAttention {
  readonly queries: Float32Array; // [head][headDim], after RoPE
  /** The token's own slot in each KV head; slots behind it are not seen. [kvHead] */
  readonly slots: Int32Array;
  readonly output: Float32Array; // [head][headDim]
}

export interface Attention {
  attend(kv: LayerKv, token: TokenAttention, observe: GroupObserver | null): void;
  readonly scratchBytes: number;
}

export function createAttention(config: ModelConfig, slotCapacity: number): Attention {
  const { kvHeadCount, headDim } = config;
  const groupSize = config.headCount / kvHeadCount;
  const scratch = Array.from({ length: groupSize }, () => new Float32Array(slotCapacity)); // [member][slot]
  const scale = 1 / Math.sqrt(headDim);
  // Heads of equal length share the views: where all are, they are made once per step.
  let groupRows = scratch;

  const attend = (kv: LayerKv, token: TokenAttention, observe: GroupObserver | null): void => {
    const { queries, slots, output } = token;
    for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
      const seenCount = slots[kvHead] + 1;
      if (groupRows[0].length !== seenCount) groupRows = scratch.map((row) => row.subarray(0, seenCount));
      const keys = kv[kvHead].keys(seenCount);
      const values = kv[kvHead].values(seenCount);
      for (let member = 0; member < groupSize; member++) {
        const start = (kvHead * groupSize + member) * headDim;
        const row = groupRows[member];
        matVec(keys, queries.subarray(start, start + headDim), row);
        softmaxInPlace(row, scale);
        vecMat(row, values, output.subarray(start, start + headDim));
      }
      observe?.(kvHead, groupRows);
    }
  };
  return { attend, scratchBytes: groupSize * slotCapacity * Float32Array.BYTES_PER_ELEMENT };
}
