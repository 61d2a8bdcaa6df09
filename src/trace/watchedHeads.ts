// Which KV heads a run records attention rows of. A model of few heads has all of them recorded; of hundreds, only those that
// are watched: the ones that the user looks at or asked for, filled up with heads spread over all layers.

import { headCountOf, headOf, type HeadGrid } from "../cache/headRows";

/** "auto": all heads up to MOST_HEADS, else those watched. */
export type HeadChoice = "auto" | "all" | "watched";

export interface HeadPlace {
  readonly layer: number;
  readonly kvHead: number;
}

/** What a run is asked to watch. Lanes of other models have other heads, so heads are named by their places. */
export interface HeadWatch {
  readonly choice: HeadChoice;
  /** The most wanted first; places that a model does not have are passed over. */
  readonly wanted: readonly HeadPlace[];
}

/** Rows of so many heads are small enough to record all: SmolLM2-135M has 90. */
export const MOST_HEADS = 96;
/** How many heads are watched where not all are, unless more are wanted. */
export const WATCHED_COUNT = 16;
/** However many are wanted. */
export const MOST_WATCHED = 64;

/** Numbers of the heads whose rows are recorded, ascending; null where all are. */
export function watchedHeads(grid: HeadGrid, { choice, wanted }: HeadWatch): readonly number[] | null {
  const headCount = headCountOf(grid);
  if (choice === "all" || headCount <= WATCHED_COUNT || (choice === "auto" && headCount <= MOST_HEADS)) return null;
  const heads = new Set<number>();
  for (const { layer, kvHead } of wanted) {
    const isThere = layer < grid.layerCount && kvHead < grid.kvHeadCount;
    if (isThere && heads.size < MOST_WATCHED) heads.add(headOf(grid, layer, kvHead));
  }
  for (let place = 0; place < WATCHED_COUNT && heads.size < WATCHED_COUNT; place++) {
    heads.add(Math.floor(((place + 0.5) * headCount) / WATCHED_COUNT));
  }
  return [...heads].sort((one, other) => one - other);
}
