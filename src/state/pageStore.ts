// The store: slices of state, each with the actions that write it. The slices say which others write to them, and the
// types of `set` enforce it. Facts only; the rest derives. Worker, fetch and animation frames come in as arguments, so
// that a test drives the store as a page does.
import { createStore, type StoreApi } from "zustand/vanilla";
import { broughtActions, initialBrought, type BroughtActions, type BroughtState } from "./brought";
import { choiceActions, initialChoices, type ChoiceActions, type ChoicesState } from "./choices";
import { clockActions, initialClock, withClock, type ClockActions, type ClockState } from "./clock";
import { deckActions, initialDecks, type DeckActions, type DecksState } from "./decks";
import { createFullCacheRun, initialFullCacheRun } from "./fullCacheRun";
import type { FullCacheRunActions, FullCacheRunState } from "./fullCacheRun";
import { createLiveRun, initialEngine } from "./liveRun";
import type { EngineState, LiveRunActions, LiveRunSurroundings } from "./liveRun";
import { initialLessons, lessonActions, type LessonActions, type LessonsState } from "./lessons";
import { initialNotices, noticesActions, type NoticesActions, type NoticesState } from "./notices";
import { linkActions, withWantedMoment, type LinkActions } from "./openedLink";
import { createPastRuns } from "./pastRuns";
import { initialRecordings, recordingActions } from "./recordings";
import type { RecordingActions, Recordings, RecordingsState } from "./recordings";
import { initialShownRuns, shownRunsActions, type ShownRunsActions, type ShownRunsState } from "./shownRuns";
import { createBreakStrip, initialBreakStrip, type BreakStripActions, type BreakStripState } from "./breakStrip";
import { initialSessionRuns, withEndedRuns, type SessionRunsState } from "./sessionRuns";
import { initialTrials, trialsActions, type TrialsActions, type TrialsState } from "./trials";
import {
  createStreamsDoor,
  initialStreamsDoor,
  type DoorSurroundings,
  type StreamsDoorActions,
  type StreamsDoorState,
} from "./streams/streamsDoor";
import { squeezeActions, type SqueezeActions } from "./squeeze";
import {
  initialWatchedHeads,
  watchedHeadsActions,
  withFocusWatched,
  type WatchedHeadsActions,
  type WatchedHeadsState,
} from "./watchedHeads";
import { initialView, nothingSelected, viewActions, type ViewActions, type ViewState } from "./view";

export type PageState = ChoicesState &
  ShownRunsState &
  ClockState &
  ViewState &
  DecksState &
  RecordingsState &
  EngineState &
  LessonsState &
  BreakStripState &
  FullCacheRunState &
  TrialsState &
  BroughtState &
  StreamsDoorState &
  SessionRunsState &
  WatchedHeadsState &
  NoticesState;

export type PageActions = ChoiceActions &
  LinkActions &
  ShownRunsActions &
  ClockActions &
  ViewActions &
  DeckActions &
  RecordingActions &
  LiveRunActions &
  LessonActions &
  SqueezeActions &
  BreakStripActions &
  FullCacheRunActions &
  TrialsActions &
  BroughtActions &
  StreamsDoorActions &
  WatchedHeadsActions &
  NoticesActions;

export type PageStore = StoreApi<PageState & PageActions>;

export interface PageSurroundings extends LiveRunSurroundings, DoorSurroundings {
  readonly recordings: Recordings;
  /** Whether recorded runs start to play by themselves. */
  readonly isMotionWelcome: boolean;
}

export const initialPageState: PageState = {
  ...initialChoices,
  ...initialShownRuns,
  ...initialClock,
  ...initialView,
  ...initialDecks,
  ...initialRecordings,
  ...initialEngine,
  ...initialLessons,
  ...initialBreakStrip,
  ...initialFullCacheRun,
  ...initialTrials,
  ...initialBrought,
  ...initialStreamsDoor,
  ...initialSessionRuns,
  ...initialWatchedHeads,
  ...initialNotices,
};

export function createPageStore(given: PageSurroundings): PageStore {
  const { recordings, isMotionWelcome } = given;
  const models = [...given.models];
  const surroundings = { ...given, models };
  return createStore<PageState & PageActions>()((setState, get) => {
    const pastRuns = createPastRuns();
    /** Every change goes through here: the clock and a moment that is waited for follow the runs on screen. */
    const set = (change: Partial<PageState>): void => {
      const before = get();
      setState(withWantedMoment(before, withClock(before, change)));
      pastRuns.note(before, get());
      const ended = withEndedRuns(before, get());
      if (ended !== null) setState(ended);
      const watched = withFocusWatched(before, get());
      if (watched !== null) setState(watched);
      if (watched !== null || before.keptHeads !== get().keptHeads) liveRun.watchHeads();
    };
    const nowMs = (): number => Date.now();
    const notices = noticesActions(set, get);
    const { tell } = notices;
    const liveRun = createLiveRun(surroundings, { set, get, tell });
    const restoreRun = (): void => {
      const run = pastRuns.runOf(get());
      if (run === null) return;
      liveRun.leave();
      set({ ...run, verdicts: [], ...nothingSelected, isWatchingStream: false });
    };
    return {
      ...initialPageState,
      ...choiceActions({ set, get, nowMs, restoreRun }),
      ...linkActions({ set, get, tell, nowMs, restoreRun }),
      ...shownRunsActions(set, get),
      ...clockActions(set, get),
      ...viewActions(set, get),
      ...deckActions({ set, get, tell }),
      ...liveRun.actions,
      ...lessonActions(set, get),
      ...squeezeActions({ get, nowMs }),
      ...createBreakStrip(surroundings, set, get),
      ...createFullCacheRun(surroundings, { set, get }),
      ...trialsActions(surroundings, { set, get, tell }),
      ...createStreamsDoor(surroundings, { set, tell }),
      ...recordingActions({
        ...{ set, get, recordings, isMotionWelcome, tell },
        leaveLiveRun: liveRun.leave,
      }),
      ...watchedHeadsActions(set, get),
      ...broughtActions(models, { set, get }),
      ...notices,
    };
  });
}
