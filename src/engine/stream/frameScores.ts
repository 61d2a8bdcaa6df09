// TaR and VaN of every KV head at a compression of a stream, from the entries that a session reads back: on either backend the plain
// functions of engine/terms/ compute them (methods section 24).

import { headRow, joinRows, layerOf, type HeadRows } from "../../cache/headRows";
import type { ModelConfig } from "../../model/config";
import { frameBudget, type FrameChoices } from "../../policy/frameCompression";
import type { FrameScoreChoices } from "../../policy/streamChoices";
import type { CacheEntries } from "../backend";
import { turnHeadsBack } from "../cpu/layerOps";
import { poolFrames } from "../terms/framePooling";
import { patchesBySlot, temporalRedundancy } from "../terms/temporalRedundancy";
import { vectorNorms } from "../terms/vectorNorms";

export interface FrameMeasures {
  /** Rows of slots behind the system's. */
  readonly temporal: HeadRows<Float32Array>;
  readonly valueNorms: HeadRows<Float32Array>;
}

interface HeldStream {
  readonly config: Pick<ModelConfig, "headDim" | "kvHeadCount">;
  readonly ropeTables: readonly Float32Array[]; // [layer]
  readonly choices: FrameScoreChoices & FrameChoices;
  readonly systemSlots: number;
  /** Stream position of every slot. [head] of [slot] */
  readonly held: readonly Int32Array[];
}

export function measureFrames(entries: CacheEntries, stream: HeldStream): FrameMeasures {
  const { config, choices, systemSlots, held } = stream;
  const { headDim } = config;
  const { frameTokens } = choices;
  const first = systemSlots * headDim;
  const temporal = held.map((positions, head) => {
    const patches =
      choices.patchOf === "token"
        ? positions.subarray(systemSlots).map((position) => (position - systemSlots) % frameTokens)
        : patchesBySlot(positions.length - systemSlots, frameTokens, 0);
    const { recentFrames } = frameBudget(choices, patches.length);
    const keys = comparedKeys(
      headRow(entries.keys, head),
      { positions, layer: layerOf(config, head) },
      stream,
    ).subarray(first);
    return temporalRedundancy({ keys, headDim, patches, frameTokens, recentFrames });
  });
  const valueNorms = held.map((_, head) => {
    const norms = vectorNorms(headRow(entries.values, head).subarray(first), headDim);
    const width = choices.poolingWidths?.[layerOf(config, head)] ?? 1;
    if (width === 1) return norms;
    const alongCache = { frameCount: 1, rowCount: 1, columnCount: norms.length };
    return poolFrames(norms, alongCache, { reach: "1d", width });
  });
  return { temporal: joinRows(temporal, Float32Array), valueNorms: joinRows(valueNorms, Float32Array) };
}

/** Sessions keep keys after RoPE: what they were before is that, turned back. */
function comparedKeys(
  keys: Float32Array,
  { positions, layer }: { readonly positions: Int32Array; readonly layer: number },
  { config, ropeTables, choices }: HeldStream,
): Float32Array {
  if (choices.temporalKeys === "afterRope") return keys;
  const { headDim } = config;
  const before = keys.slice();
  positions.forEach((position, slot) => {
    const place = choices.isRenumbered ? slot : position;
    const angles = ropeTables[layer].subarray(place * headDim, (place + 1) * headDim);
    turnHeadsBack(before.subarray(slot * headDim, (slot + 1) * headDim), angles);
  });
  return before;
}
