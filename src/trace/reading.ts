// What a run that reads through latents read: how many of the slots it holds, and how much of the attention lay there.
import { headOf, headRow } from "../cache/headRows";
import { latestOf } from "./latest";
import type { ParameterValue, Trace } from "./trace";

/** r and r* of so many dimensions, at least 1 each. */
export function ranksOf(
  { readingRank, readingScoreRank }: Readonly<Record<"readingRank" | "readingScoreRank", ParameterValue>>,
  width: number,
): { readonly rank: number; readonly scoreRank: number } {
  const rank = Math.max(1, Math.round(Number(readingRank) * width));
  return { rank, scoreRank: Math.max(1, Math.round(Number(readingScoreRank) * rank)) };
}

/** Slots that a layer's heads read, as a share of those they held. NaN for a step that does not say. [step] */
export function readShares(trace: Trace, layer: number): Float64Array {
  return latestOf(trace, ["readShares", trace.steps.length, layer], () =>
    Float64Array.from(trace.steps, ({ readSlots, lengths }) => {
      if (readSlots === undefined) return NaN;
      return headMean(trace, layer, (head) => {
        const read = headRow(readSlots, head).length;
        return read === 0 ? 1 : read / lengths[head];
      });
    }),
  );
}

/**
 * Of the attention that a full cache paid at each step, fed the same tokens, the share that lay in the slots read: mean over
 * the layer's heads. Of a run that evicted nothing, so that slots are positions; NaN where unknown. [step]
 */
export function readAttention(trace: Trace, fullCache: Trace, layer: number): Float64Array {
  return latestOf(trace, ["readAttention", trace.steps.length, fullCache.steps.length, layer], () =>
    Float64Array.from(trace.steps, ({ readSlots }, step) => {
      const full = fullCache.steps.at(step)?.attention;
      if (readSlots === undefined || full === undefined || full.values.length === 0 || trace.events.length > 0)
        return NaN;
      return headMean(trace, layer, (head) => {
        const [read, paid] = [headRow(readSlots, head), headRow(full, head)];
        if (read.length === 0) return 1;
        const all = paid.reduce((sum, share) => sum + share, 0);
        return read.reduce((sum, slot) => sum + paid[slot], 0) / all;
      });
    }),
  );
}

function headMean({ header: { model } }: Trace, layer: number, valueOf: (head: number) => number): number {
  let sum = 0;
  for (let kvHead = 0; kvHead < model.kvHeadCount; kvHead++) sum += valueOf(headOf(model, layer, kvHead));
  return sum / model.kvHeadCount;
}
