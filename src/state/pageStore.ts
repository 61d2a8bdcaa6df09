// The store: state, and what a person or the engine can do to it. Worker, fetch and animation frames come in as
// arguments, so that a test drives it like a page does.
import { createStore, type StoreApi } from "zustand/vanilla";
import { errorMessage } from "../lib/errors";
import type { EngineClient } from "../engine/client";
import type { BackendChoice, EngineEvent, ModelReference, RunRecipe } from "../engine/protocol";
import { settingsInForce, withChoice } from "../settings/inForce";
import { decodeLink } from "../settings/link";
import type { SettingValue } from "../settings/settingRow";
import type { SettingId } from "../settings/settings";
import { createTraceBuilder, type TraceBuilder } from "../trace/traceBuilder";
import { recordingActions, type RecordingActions, type Recordings } from "./recordings";
import { initialPageState, isUnderWay, type Hover, type Notice, type PageState } from "./pageState";
import { createPacer } from "./pacer";
import { playbackActions, type PlaybackActions } from "./playback";
import { runRecipe } from "./recipe";

export interface PageActions extends PlaybackActions, RecordingActions {
  readonly choose: (id: SettingId, value: SettingValue) => void;
  readonly openLink: (fragment: string) => void;
  /** Starts a live run with the settings in force; "step" generates one token and pauses. */
  readonly run: (mode: "run" | "step") => void;
  readonly pause: () => void;
  readonly resume: () => void;
  /** One more token of a paused run. */
  readonly stepOnce: () => void;
  readonly stop: () => void;
  /** Holds or goes on with whatever moves the page: the live run at its head, else the playback. */
  readonly playPause: () => void;
  readonly continueRun: (extraTokens: number) => void;
  /** Steps per second at which runs play and live runs go; Infinity lets a live run go as fast as it can. */
  readonly setSpeed: (stepsPerSecond: number) => void;
  /** Called by the clock: that much time has passed. */
  readonly advanceClock: (elapsedMs: number) => void;
  /** For tests: loses the GPU device as a driver crash would. */
  readonly loseDevice: () => void;
  readonly focusOn: (layer: number, kvHead: number) => void;
  readonly hoverOver: (hover: Hover | null) => void;
  /** Pins a position, or unpins it when it was pinned. */
  readonly pin: (position: number | null) => void;
  readonly tell: (tone: Notice["tone"], text: string) => void;
  readonly dismiss: (id: number) => void;
}

export type PageStore = StoreApi<PageState & PageActions>;

export interface PageSurroundings {
  readonly model: ModelReference;
  /** Called when the engine is first asked for, not before. */
  readonly createEngine: (onEvent: (event: EngineEvent) => void) => EngineClient;
  /** Runs a function before the next frame, at most one at a time: steps may come faster than the screen draws. */
  readonly beforeNextFrame: (show: () => void) => void;
  readonly recordings: Recordings;
  /** Whether recorded runs start to play by themselves. */
  readonly isMotionWelcome: boolean;
}

export function createPageStore(surroundings: PageSurroundings): PageStore {
  const { model, createEngine, beforeNextFrame, recordings, isMotionWelcome } = surroundings;
  return createStore<PageState & PageActions>()((set, get) => {
    let engine: EngineClient | null = null;
    let loadedBackend: BackendChoice | null = null;
    let waiting: { readonly recipe: RunRecipe; readonly mode: "run" | "step" } | null = null;
    let builder: TraceBuilder | null = null;
    let isFrameDue = false;
    let noticeCount = 0;
    const pacer = createPacer((stepCount) => engine?.advance(stepCount));
    const isPaceChosen = (): boolean => Number.isFinite(get().stepsPerSecond);

    const tell = (tone: Notice["tone"], text: string): void => {
      const { notices } = get();
      if (notices.some((notice) => notice.text === text)) return;
      set({ notices: [...notices, { id: noticeCount++, tone, text }] });
    };

    /** Brings the page up to the trace as it has grown. */
    const showGrowth = (): void => {
      isFrameDue = false;
      if (builder === null || builder.trace.steps.length === 0) return;
      const { trace } = builder;
      const stepCount = trace.steps.length;
      const isFirst = get().trace !== trace;
      const isFollowing = isFirst || get().isFollowing;
      set({
        trace,
        origin: "live",
        stepCount,
        end: trace.end,
        isFollowing,
        ...(isFirst && { isPlaying: false, pinnedPosition: null, hover: null }),
        ...(isFollowing && { shownStep: stepCount - 1 }),
      });
    };

    const showHead = (): void => {
      set({ isFollowing: true, isPlaying: false, shownStep: Math.max(0, get().stepCount - 1) });
    };

    const start = (recipe: RunRecipe, mode: "run" | "step"): void => {
      builder = null;
      pacer.end();
      set({ runStatus: "loading" });
      const isPaced = mode === "run" && isPaceChosen();
      engine?.start(recipe, isPaced || mode === "step");
      if (mode === "step") engine?.advance(1);
      if (isPaced) pacer.begin(false);
    };

    const fail = (message: string): void => {
      waiting = null;
      pacer.end();
      showGrowth();
      // A run that had come to its end is still there when it cannot be continued.
      const runStatus = builder === null || builder.trace.end === null ? "failed" : "ended";
      set({ runStatus, loadedBytes: 0, totalBytes: null });
      tell("error", message);
    };

    const receive = (event: EngineEvent): void => {
      switch (event.type) {
        case "loading":
          set({ loadedBytes: event.loadedBytes, totalBytes: event.totalBytes });
          return;
        case "ready":
          set({ engine: { model: event.model, backend: event.backend }, loadedBytes: 0, totalBytes: null });
          if (event.notice !== null) tell("info", event.notice);
          if (waiting !== null) start(waiting.recipe, waiting.mode);
          waiting = null;
          return;
        case "started":
          builder = createTraceBuilder(event.header);
          set({ runStatus: "running" });
          return;
        case "step":
          builder?.append(event.record, event.eviction);
          if (isFrameDue) return;
          isFrameDue = true;
          beforeNextFrame(showGrowth);
          return;
        case "paused":
          if (pacer.isOn()) {
            pacer.engineRested();
            return;
          }
          showGrowth();
          set({ runStatus: "paused" });
          return;
        case "resumed":
          set({ runStatus: "running" });
          return;
        case "done":
          pacer.end();
          builder?.finish(event.reason);
          showGrowth();
          set({ runStatus: "ended" });
          return;
        case "backendChanged": {
          const loaded = get().engine;
          if (loaded !== null) set({ engine: { ...loaded, backend: event.backend } });
          tell("warning", event.reason);
          return;
        }
        case "failed":
          // Without a run it was the engine itself: the next run loads it again.
          if (event.run === null) loadedBackend = null;
          fail(event.message);
      }
    };

    return {
      ...initialPageState,
      ...playbackActions(set, get),
      ...recordingActions({
        set,
        get,
        recordings,
        isMotionWelcome,
        tell,
        leaveLiveRun() {
          pacer.end();
          if (isUnderWay(get().runStatus)) engine?.stop();
          builder = null;
        },
      }),

      choose: (id, value) => set({ choices: withChoice(get().choices, id, value) }),

      openLink(fragment) {
        const { choices, problems } = decodeLink(fragment);
        set({ choices });
        for (const problem of problems) tell("warning", problem);
      },

      run(mode) {
        const { settings } = settingsInForce(get().choices);
        let recipe: RunRecipe;
        try {
          recipe = runRecipe(settings);
        } catch (error) {
          tell("warning", errorMessage(error));
          return;
        }
        engine ??= createEngine(receive);
        if (loadedBackend === settings.backend) {
          start(recipe, mode);
          return;
        }
        loadedBackend = settings.backend;
        waiting = { recipe, mode };
        set({ runStatus: "loading", engine: null });
        engine.load(model, settings.backend);
      },

      pause() {
        // An engine that rests between two leaves has said so already; one at work says when it has stopped.
        if (pacer.end()) {
          showGrowth();
          set({ runStatus: "paused" });
        } else engine?.pause();
      },
      resume() {
        showHead();
        if (isPaceChosen()) {
          set({ runStatus: "running" });
          pacer.begin(true);
        } else engine?.resume();
      },
      stepOnce() {
        showHead();
        engine?.advance(1);
      },
      stop: () => engine?.stop(),
      playPause() {
        const { runStatus, isFollowing, isPlaying } = get();
        if (runStatus === "running" && isFollowing) get().pause();
        else if (runStatus === "paused" && isFollowing) get().resume();
        else if (isPlaying) get().pausePlayback();
        else get().play();
      },
      setSpeed(stepsPerSecond) {
        const wasPaced = pacer.isOn();
        set({ stepsPerSecond });
        if (get().runStatus !== "running" || wasPaced === isPaceChosen()) return;
        if (wasPaced) {
          pacer.end();
          engine?.resume();
        } else {
          pacer.begin(false);
          engine?.pause();
        }
      },
      advanceClock(elapsedMs) {
        pacer.tick(elapsedMs, get().stepsPerSecond);
        get().advancePlayback(elapsedMs);
      },
      continueRun(extraTokens) {
        showHead();
        engine?.continueRun(extraTokens);
      },
      loseDevice: () => engine?.loseDevice(),

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
