// Where heads begin in the device's pools, and how they get to other places when an event hands the pools out anew.
import { layerOf, offsetsOf, type HeadGrid } from "../../cache/headRows";
import { assert } from "../../lib/errors";
import type { HeadPlaces } from "../slotPools";
import type { SessionParts } from "./decodePass";
import type { Recorder } from "./dispatch";
import { kvEntryBytes } from "./kernelSpec";

/** Rows of keys and values at which heads begin: the layers' pools lie one behind the other. [head] */
export function firstRowsOf(config: HeadGrid, layerSlots: Int32Array, { firsts }: HeadPlaces): Int32Array {
  const pools = offsetsOf(layerSlots);
  return firsts.map((first, head) => pools[layerOf(config, head)] + first);
}

interface MovedHeads {
  readonly kept: Int32Array; // [head]
  readonly from: HeadPlaces;
  readonly to: HeadPlaces;
  readonly layerSlots: Int32Array; // [layer]
}

/** Heads that begin elsewhere after an event take the way through a layer's worth of scratch: copies may not overlap. */
export function recordMoves(
  recorder: Recorder,
  { buffers, config }: Pick<SessionParts, "buffers" | "config">,
  { kept, from: before, to: places, layerSlots }: MovedHeads,
): void {
  const moving = [...kept.keys()].filter((head) => kept[head] > 0 && places.firsts[head] !== before.firsts[head]);
  if (moving.length === 0) return;
  const { movingSlots } = buffers;
  assert(movingSlots !== null, "the session was made for heads that move");
  const [from, to] = [before, places].map((ofPlaces) => firstRowsOf(config, layerSlots, ofPlaces));
  const rowBytes = kvEntryBytes(config.headDim) / 2;
  for (let layer = 0; layer < config.layerCount; layer++) {
    const heads = moving.filter((head) => layerOf(config, head) === layer);
    for (const buffer of [buffers.keys, buffers.values]) {
      for (const head of heads) {
        const [fromBytes, toBytes] = [from[head] * rowBytes, places.firsts[head] * rowBytes];
        recorder.copy({ from: buffer, fromBytes, to: movingSlots, toBytes, byteCount: kept[head] * rowBytes });
      }
      for (const head of heads) {
        const [fromBytes, toBytes] = [places.firsts[head] * rowBytes, to[head] * rowBytes];
        recorder.copy({ from: movingSlots, fromBytes, to: buffer, toBytes, byteCount: kept[head] * rowBytes });
      }
    }
  }
}
