// What the user looks at: the view of the page, head, token, panels. Set by the user and by the moment of a link
// (openedLink.ts); another run on screen clears hover and pin, and one that was asked for ends the stream in Watch.
import type { ModelSummary } from "../trace/trace";
import { decidedLayers } from "../trace/layerWindows";
import { initialArrangement, type Arrangement } from "./arrangement";
import type { PanelChoices } from "./moment";
import type { Way } from "../settings/linkContent";

export interface Hover {
  readonly position: number;
  /** Where the pointer is, in CSS pixels of the view. */
  readonly anchor: { readonly x: number; readonly y: number };
}

export interface ViewState {
  readonly way: Way;
  /** The view before, to which Present returns. */
  readonly wayBefore: Way;
  /** Present fills the screen; the view that it then returns to. Null while it does not. */
  readonly showFrom: Way | null;
  /** Watch shows the stream of the Streams view in place of a run of text. */
  readonly isWatchingStream: boolean;
  readonly focusLayer: number;
  readonly focusKvHead: number;
  readonly hover: Hover | null;
  readonly pinnedPosition: number | null;
  readonly arrangement: Arrangement;
  /** What the user chose in the panels, as far as it differs from what they begin with. */
  readonly views: PanelChoices;
}

export interface ViewActions {
  /** Shows the page in another way; nothing else changes. */
  readonly go: (way: Way) => void;
  /** Present, on the whole screen. */
  readonly startShow: () => void;
  /** Back to the view in which the show was started. */
  readonly endShow: () => void;
  /** Watch, with the stream or with the run of text. */
  readonly watch: (what: "stream" | "text") => void;
  readonly focusOn: (layer: number, kvHead: number) => void;
  readonly hoverOver: (hover: Hover | null) => void;
  /** Pins a position, or unpins it when it was pinned. */
  readonly pin: (position: number | null) => void;
  readonly arrange: (arrangement: Arrangement) => void;
  /** Sets what the panels show. */
  readonly setViews: (views: PanelChoices) => void;
}

/** A run begins with a layer in which its policy decides; where the focused one has a window, the next that has none. */
export function decidedFocus(
  model: Pick<ModelSummary, "layerCount" | "windows">,
  { focusLayer }: Pick<ViewState, "focusLayer">,
): Pick<ViewState, "focusLayer"> {
  const layers = decidedLayers(model);
  if (focusLayer >= model.layerCount) return { focusLayer };
  return { focusLayer: layers.find((layer) => layer >= focusLayer) ?? layers.at(-1) ?? focusLayer };
}

export const nothingSelected = { hover: null, pinnedPosition: null } as const;

/** The views in which a stream is on screen: its own clock and keys count there. */
export function isStreamInView({ way, isWatchingStream }: Pick<ViewState, "way" | "isWatchingStream">): boolean {
  return way === "streams" || (way === "watch" && isWatchingStream);
}

export const initialView: ViewState = {
  way: "watch",
  wayBefore: "watch",
  showFrom: null,
  // Where the embedded model looks up the facts of its prompt: docs/analysis.md.
  focusLayer: 2,
  focusKvHead: 0,
  ...nothingSelected,
  isWatchingStream: false,
  arrangement: initialArrangement,
  views: {},
};

export function viewActions(
  set: (change: Partial<ViewState>) => void,
  get: () => ViewState & ViewActions,
): ViewActions {
  return {
    go(way) {
      const { way: before, wayBefore } = get();
      set({ way, wayBefore: way === before ? wayBefore : before, showFrom: null });
    },
    startShow() {
      const { way } = get();
      get().go("present");
      set({ showFrom: way });
    },
    endShow() {
      const { showFrom } = get();
      if (showFrom !== null) get().go(showFrom);
    },
    watch(what) {
      get().go("watch");
      set({ isWatchingStream: what === "stream" });
    },
    focusOn: (focusLayer, focusKvHead) => set({ focusLayer, focusKvHead }),
    hoverOver(hover) {
      if (hover !== null || get().hover !== null) set({ hover });
    },
    pin: (position) => set({ pinnedPosition: position === get().pinnedPosition ? null : position }),
    arrange: (arrangement) => set({ arrangement }),
    setViews: (views) => set({ views }),
  };
}
