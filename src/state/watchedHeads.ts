// Which heads a run of many heads is asked to watch: those that the user keeps, and those last looked at. The engine of the live
// run hears of every change; trace/watchedHeads.ts says how the rest are chosen.
import type { HeadPlace } from "../trace/watchedHeads";
import { WATCHED_COUNT } from "../trace/watchedHeads";
import type { ViewState } from "./view";

export interface WatchedHeadsState {
  /** Watched whatever is looked at. */
  readonly keptHeads: readonly HeadPlace[];
  /** In focus now or before, the newest first. */
  readonly recentHeads: readonly HeadPlace[];
}

export interface WatchedHeadsActions {
  /** Watches a head until it is let go by the same call. */
  readonly keepHead: (layer: number, kvHead: number) => void;
}

export const initialWatchedHeads: WatchedHeadsState = { keptHeads: [], recentHeads: [] };

export function watchedHeadsActions(
  set: (change: Partial<WatchedHeadsState>) => void,
  get: () => WatchedHeadsState,
): WatchedHeadsActions {
  return {
    keepHead(layer, kvHead) {
      const { keptHeads } = get();
      const others = keptHeads.filter((head) => !isSame(head, { layer, kvHead }));
      set({ keptHeads: others.length < keptHeads.length ? others : [...keptHeads, { layer, kvHead }] });
    },
  };
}

type Watched = WatchedHeadsState & Pick<ViewState, "focusLayer" | "focusKvHead">;

/** The heads last looked at, once the focus has moved; null while it stays. */
export function withFocusWatched(before: Watched, after: Watched): Partial<WatchedHeadsState> | null {
  const [focus, past] = [focusOf(after), focusOf(before)];
  if (isSame(focus, past)) return null;
  return { recentHeads: unique([focus, past, ...before.recentHeads]).slice(0, WATCHED_COUNT) };
}

/** What the run is asked to watch, the most wanted first: the focus, what is kept, and as many of the heads before as there is room. */
export function wantedHeads(page: Watched): readonly HeadPlace[] {
  const { keptHeads, recentHeads } = page;
  const most = Math.max(WATCHED_COUNT, keptHeads.length + 1);
  return unique([focusOf(page), ...keptHeads, ...recentHeads]).slice(0, most);
}

function focusOf({ focusLayer, focusKvHead }: Watched): HeadPlace {
  return { layer: focusLayer, kvHead: focusKvHead };
}

function unique(heads: readonly HeadPlace[]): readonly HeadPlace[] {
  return heads.filter((head, place) => heads.findIndex((other) => isSame(other, head)) === place);
}

function isSame(one: HeadPlace, other: HeadPlace): boolean {
  return one.layer === other.layer && one.kvHead === other.kvHead;
}
