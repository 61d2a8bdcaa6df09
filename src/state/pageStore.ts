// The store: state, and what a person or the engine can do to it. Worker, fetch and animation frames come in as
// arguments, so that a test drives it like a page does.
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Arrangement } from "./arrangement";
import { choiceActions, type ChoiceActions } from "./choiceActions";
import { linkActions, type LinkActions } from "./linkActions";
import { createLiveRun } from "./liveRun";
import type { LiveRunActions, LiveRunSurroundings } from "./liveRunActions";
import type { PanelChoices } from "./moment";
import { initialPageState, type Hover, type Notice, type PageState } from "./pageState";
import { playbackActions, type PlaybackActions } from "./playback";
import { recordingActions, type RecordingActions, type Recordings } from "./recordings";
import { withClock } from "./timeAxis";
import { withWantedMoment } from "./wantedMoment";

export interface PageActions extends ChoiceActions, LinkActions, PlaybackActions, RecordingActions, LiveRunActions {
  /** Puts a lane of the run on screen on the stage. */
  readonly showLane: (lane: number) => void;
  readonly arrange: (arrangement: Arrangement) => void;
  /** What the panels are asked to show. */
  readonly setViews: (views: PanelChoices) => void;
  readonly focusOn: (layer: number, kvHead: number) => void;
  readonly hoverOver: (hover: Hover | null) => void;
  /** Pins a position, or unpins it when it was pinned. */
  readonly pin: (position: number | null) => void;
  readonly tell: (tone: Notice["tone"], text: string) => void;
  readonly dismiss: (id: number) => void;
}

export type PageStore = StoreApi<PageState & PageActions>;

export interface PageSurroundings extends LiveRunSurroundings {
  readonly recordings: Recordings;
  /** Whether recorded runs start to play by themselves. */
  readonly isMotionWelcome: boolean;
}

export function createPageStore(surroundings: PageSurroundings): PageStore {
  const { recordings, isMotionWelcome } = surroundings;
  return createStore<PageState & PageActions>()((setState, get) => {
    const set = (change: Partial<PageState>): void => {
      setState(withWantedMoment(get(), withClock(get(), change)));
    };
    const nowMs = (): number => Date.now();
    let noticeCount = 0;
    const tell = (tone: Notice["tone"], text: string): void => {
      const { notices } = get();
      if (notices.some((notice) => notice.text === text)) return;
      set({ notices: [...notices, { id: noticeCount++, tone, text }] });
    };

    const liveRun = createLiveRun(surroundings, { set, get, tell });

    return {
      ...initialPageState,
      ...choiceActions({ set, get, nowMs }),
      ...linkActions({ set, get, tell, nowMs }),
      ...playbackActions(set, get),
      ...liveRun.actions,
      ...recordingActions({
        set,
        get,
        recordings,
        isMotionWelcome,
        tell,
        leaveLiveRun: liveRun.leave,
      }),

      showLane(lane) {
        if (lane >= 0 && lane < get().lanes.length) set({ stageLane: lane });
      },

      arrange: (arrangement) => set({ arrangement }),
      setViews: (views) => set({ views }),
      focusOn: (focusLayer, focusKvHead) => set({ focusLayer, focusKvHead }),
      hoverOver(hover) {
        if (hover !== null || get().hover !== null) set({ hover });
      },
      pin: (position) => set({ pinnedPosition: position === get().pinnedPosition ? null : position }),
      tell,
      dismiss: (id) => set({ notices: get().notices.filter((notice) => notice.id !== id) }),
    };
  });
}
