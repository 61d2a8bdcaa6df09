// The store: state, and what a person or the engine can do to it. Worker, fetch and animation frames come in as
// arguments, so that a test drives it like a page does.
import { createStore, type StoreApi } from "zustand/vanilla";
import { withChoice } from "../settings/inForce";
import type { Comparison } from "../settings/lanes";
import { decodeLink } from "../settings/link";
import type { SettingValue } from "../settings/settingRow";
import type { SettingId } from "../settings/settings";
import type { Arrangement } from "./arrangement";
import { createLiveRun } from "./liveRun";
import type { LiveRunActions, LiveRunSurroundings } from "./liveRunActions";
import { initialPageState, type Hover, type Notice, type PageState } from "./pageState";
import { playbackActions, type PlaybackActions } from "./playback";
import { withKnownProblem } from "./problem";
import { recordingActions, type RecordingActions, type Recordings } from "./recordings";
import { withClock } from "./timeAxis";

export interface PageActions extends PlaybackActions, RecordingActions, LiveRunActions {
  readonly choose: (id: SettingId, value: SettingValue) => void;
  /** The lanes to run beside the first, and the tokens that they are fed. */
  readonly compare: (comparison: Comparison) => void;
  /** Puts a lane of the run on screen on the stage. */
  readonly showLane: (lane: number) => void;
  readonly openLink: (fragment: string) => void;
  readonly arrange: (arrangement: Arrangement) => void;
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
    const set = (change: Partial<PageState>): void => setState(withClock(get(), change));
    let noticeCount = 0;
    const tell = (tone: Notice["tone"], text: string): void => {
      const { notices } = get();
      if (notices.some((notice) => notice.text === text)) return;
      set({ notices: [...notices, { id: noticeCount++, tone, text }] });
    };

    const liveRun = createLiveRun(surroundings, { set, get, tell });

    return {
      ...initialPageState,
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

      choose: (id, value) => set({ choices: withChoice(get().choices, id, value), promisedProofs: [] }),

      compare: (comparison) => set({ comparison, promisedProofs: [] }),
      showLane(lane) {
        if (lane >= 0 && lane < get().lanes.length) set({ stageLane: lane });
      },

      openLink(fragment) {
        const link = decodeLink(fragment);
        const { choices, complaint } = withKnownProblem(link.choices);
        set({ choices, comparison: link.comparison, promisedProofs: link.proofs });
        for (const text of link.problems) tell("warning", text);
        if (complaint !== null) tell("warning", complaint);
      },

      arrange: (arrangement) => set({ arrangement }),
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
