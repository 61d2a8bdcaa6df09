// No policy asks about layers with a window, and what left them had no attention left: their rows are empty of figures on every backend.

import { headOf, headRow } from "../../cache/headRows";
import type { ModelConfig } from "../../model/config";
import type { Measured } from "../backend";

/** Clears, in place, what was measured in layers with a window. Attention within the prompt stays: it is what it is. */
export function withoutWindows(measured: Measured, config: Pick<ModelConfig, "layers" | "kvHeadCount">): Measured {
  const { excusedSlots, votingHeads, queryPoints, keyPoints, queryVariance } = measured;
  const terms = Object.entries(measured.terms).filter(([name]) => name !== "promptAttention");
  config.layers.forEach(({ window }, layer) => {
    if (window === null) return;
    for (let kvHead = 0; kvHead < config.kvHeadCount; kvHead++) {
      const head = headOf(config, layer, kvHead);
      for (const [, rows] of terms) headRow(rows, head).fill(0);
      for (const points of [queryPoints, keyPoints]) if (points) headRow(points, head).fill(0);
      if (excusedSlots) headRow(excusedSlots, head).fill(-1);
      if (votingHeads) headRow(votingHeads, head).fill(-1);
      if (queryVariance) queryVariance[head] = 0;
    }
  });
  return measured;
}
