// Layers whose queries see only the newest tokens (Gemma 3). What slid out of the window is dead: no query will see it again, so
// it needs no score. An event drops it there, and policies choose in the other layers alone.

import { headCountOf, layerOf, type HeadGrid } from "../cache/headRows";
import { TOTAL, type Formula, type ScoreInputs } from "./formula";
import type { Scores } from "./columns";
import type { Share, Shared } from "./share";

/** Null for a layer that sees everything. [layer] */
export type LayerWindows = readonly (number | null)[];

/** Slots that an event leaves in a head: those that the next query sees beside its own, and those that stay everywhere. */
function keptInWindow(window: number, windowSlots: number): number {
  return Math.max(window - 1, windowSlots);
}

/** The newest stay: a total is the position itself, and nothing else was measured. */
export function windowScores({ steps, carry }: Formula, { positions, candidateCount }: ScoreInputs): Scores {
  const none = (): Float32Array => new Float32Array(candidateCount);
  return {
    total: Float32Array.from(positions.subarray(0, candidateCount)),
    carry: carry === null ? null : none(),
    parts: Object.fromEntries(steps.filter(({ column }) => column !== TOTAL).map(({ column }) => [column, none()])),
  };
}

/** KV heads that a policy can act on. */
export function decidedHeadCount(grid: HeadGrid, windows: LayerWindows | undefined): number {
  return headCountOf(grid) - (windows ?? []).filter((window) => window !== null).length * grid.kvHeadCount;
}

/** The layers without a window, among which a budget is shared. */
export function decidedGrid({ layerCount, kvHeadCount }: HeadGrid, windows: LayerWindows): HeadGrid {
  return { layerCount: layerCount - windows.filter((window) => window !== null).length, kvHeadCount };
}

/** `share` among the layers without a window, whose places among themselves it counts; the others keep what they see. */
export function shareBesideWindows(share: Share, grid: HeadGrid, windows: LayerWindows, windowSlots: number): Share {
  const places = windows.map((window, layer) =>
    window === null ? windows.slice(0, layer).filter((each) => each === null).length : -1,
  );
  const { kvHeadCount } = grid;
  /**
   * A head with a window grows until another is over its budget, which may keep no more than its window: whole chunks leave
   * gaps, and a budget that grows with the text passes over events.
   */
  const longestOf = (window: number, shared: Shared): number =>
    keptInWindow(window, windowSlots) + Math.max(...share.longestHeads(shared)) - windowSlots;
  return {
    layerBudgets: (shared) => {
      const budgets = share.layerBudgets(shared);
      return Int32Array.from(windows, (window, layer) =>
        window === null ? budgets[places[layer]] : kvHeadCount * longestOf(window, shared),
      );
    },
    longestHeads: (shared) => {
      const longest = share.longestHeads(shared);
      return Int32Array.from(windows, (window, layer) =>
        window === null ? longest[places[layer]] : longestOf(window, shared),
      );
    },
    layerShare: (shared) => {
      const shareOf = share.layerShare(shared);
      return (ranking) => {
        const window = windows[ranking.layer];
        if (window === null) return shareOf({ ...ranking, layer: places[ranking.layer] });
        const kept = keptInWindow(window, windowSlots);
        return Int32Array.from(ranking.lengths, (length) => Math.min(kept, length));
      };
    },
  };
}

/** Mean over the heads that a policy acts on. [head] */
export function meanOfDecided(slots: Int32Array, grid: HeadGrid, windows: LayerWindows | undefined): number {
  const counted = slots.filter((_, head) => (windows?.[layerOf(grid, head)] ?? null) === null);
  return counted.reduce((sum, count) => sum + count, 0) / counted.length;
}
