// Storage "thin" on the CPU: once the prompt is read, each head's weakest key channels are set to 0 in the prompt's keys; those
// of later tokens stay whole (ThinK as NVIDIA/kvpress 8bb29b9, think_press.py, has it). That frees no memory.

import { headCountOf, kvHeadOf, layerOf } from "../../cache/headRows";
import type { ModelConfig } from "../../model/config";
import { withoutWeakChannels } from "../storage/keyChannels";
import type { KvStore } from "./kvStore";
import { newestQueries, type QueryRing } from "./queryRing";

interface PromptCache {
  readonly config: ModelConfig;
  readonly kv: KvStore;
  readonly ring: QueryRing;
  readonly promptCount: number;
}

/** The newest `queryRows` queries say which channels are weak; `share` of them are cleared. */
export function clearWeakChannels(
  { config, kv, ring, promptCount }: PromptCache,
  { queryRows, share }: { readonly queryRows: number; readonly share: number },
): void {
  const { headDim, kvHeadCount } = config;
  const rowCount = Math.min(queryRows, promptCount);
  for (let head = 0; head < headCountOf(config); head++) {
    const layer = layerOf(config, head);
    const kvHead = kvHeadOf(config, head);
    const ofLayer = newestQueries(ring, { layer, newestPosition: promptCount - 1, rowCount });
    const width = ofLayer.length / kvHeadCount;
    const queries = ofLayer.subarray(kvHead * width, (kvHead + 1) * width);
    const keys = kv.layers[layer].keys(kvHead, promptCount);
    const thin = withoutWeakChannels({ keys, queries, headDim }, share);
    const values = kv.layers[layer].values(kvHead, promptCount);
    for (let start = 0; start < keys.length; start += headDim) {
      const key = thin.subarray(start, start + headDim);
      kv.layers[layer].replaceEntry(kvHead, start / headDim, key, values.slice(start, start + headDim));
    }
  }
}
