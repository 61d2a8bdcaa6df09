// Storage "thin" on the GPU: once the prompt is read, its keys and newest queries are read back, the plain functions say which
// channels are weak, and the keys are written again without them. Once in a run, so no kernel is needed.
import { headCountOf, headRow, kvHeadOf, layerOf } from "../../cache/headRows";
import { newestQueries, type QueryRing } from "../cpu/queryRing";
import { CHANNEL_QUERIES } from "../../policy/storageParameters";
import { withoutWeakChannels } from "../storage/keyChannels";
import type { SessionParts } from "./decodePass";
import type { DeviceStats } from "./dispatch";
import { entriesIn, readBuffers } from "./readEntries";

interface PromptSession {
  readonly parts: Pick<SessionParts, "device" | "config" | "buffers" | "layout">;
  readonly stats: DeviceStats;
  /** The row of the pools at which each head begins, and its slots: the prompt's. [head] */
  readonly firstRows: Int32Array;
  readonly lengths: Int32Array;
}

/** The newest queries say which channels are weak; `share` of them are cleared. */
export async function clearWeakChannels(
  { parts, stats, firstRows, lengths }: PromptSession,
  share: number,
): Promise<void> {
  const { device, config, buffers, layout } = parts;
  const { headDim, kvHeadCount } = config;
  const [pool, queryPool] = await readBuffers({ device, stats }, [buffers.keys, buffers.queryRing]);
  const keys = entriesIn(pool, firstRows, lengths, headDim);
  const layerWidth = layout.ringRows * config.headCount * headDim;
  const ring: QueryRing = {
    ...{ rowCount: layout.ringRows, headDim },
    layers: Array.from({ length: config.layerCount }, (_, layer) => {
      const start = (layer * layout.queryLayerBytes) / Float32Array.BYTES_PER_ELEMENT;
      return queryPool.subarray(start, start + layerWidth);
    }),
  };
  for (let head = 0; head < headCountOf(config); head++) {
    const promptCount = lengths[head];
    const wanted = { newestPosition: promptCount - 1, rowCount: Math.min(CHANNEL_QUERIES, promptCount) };
    const ofLayer = newestQueries(ring, { layer: layerOf(config, head), ...wanted });
    const width = ofLayer.length / kvHeadCount;
    const kvHead = kvHeadOf(config, head);
    const queries = ofLayer.subarray(kvHead * width, (kvHead + 1) * width);
    const thin = withoutWeakChannels({ keys: headRow(keys, head), queries, headDim }, share);
    device.queue.writeBuffer(buffers.keys, firstRows[head] * headDim * Float32Array.BYTES_PER_ELEMENT, thin);
  }
}
