// The live run: the engine's worker is asked for at the first Run, its steps grow a trace, and the trace is shown
// frame by frame. Everything that the engine says ends here.
import type { EngineClient } from "../engine/client";
import type { BackendChoice, EngineEvent, ModelReference, RunRecipe } from "../engine/protocol";
import { errorMessage, unreachable } from "../lib/errors";
import { settingsInForce } from "../settings/inForce";
import { tokensDigest } from "../trace/digest";
import type { RunEndReason } from "../trace/trace";
import { createTraceBuilder, type TraceBuilder } from "../trace/traceBuilder";
import { createPacer } from "./pacer";
import { isUnderWay, type Notice, type PageState } from "./pageState";
import type { PlaybackActions } from "./playback";
import { runRecipe } from "./recipe";

export interface LiveRunActions {
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
}

export interface LiveRunSurroundings {
  readonly model: ModelReference;
  /** Called when the engine is first asked for, not before. */
  readonly createEngine: (onEvent: (event: EngineEvent) => void) => EngineClient;
  /** Runs a function before the next frame, at most one at a time: steps may come faster than the screen draws. */
  readonly beforeNextFrame: (show: () => void) => void;
}

interface PageAccess {
  readonly set: (part: Partial<PageState>) => void;
  readonly get: () => PageState & PlaybackActions;
  readonly tell: (tone: Notice["tone"], text: string) => void;
}

export interface LiveRun {
  readonly actions: LiveRunActions;
  /** Ends the run because something else takes the screen. */
  readonly leave: () => void;
}

export function createLiveRun(
  { model, createEngine, beforeNextFrame }: LiveRunSurroundings,
  page: PageAccess,
): LiveRun {
  const { set, get, tell } = page;
  let engine: EngineClient | null = null;
  let loadedBackend: BackendChoice | null = null;
  let waiting: { readonly recipe: RunRecipe; readonly mode: "run" | "step" } | null = null;
  let builder: TraceBuilder | null = null;
  // False once something else took the screen: what the engine still says of its run is dropped.
  let isPresent = false;
  let isFrameDue = false;
  const pacer = createPacer((stepCount) => engine?.advance(stepCount));
  const isPaceChosen = (): boolean => Number.isFinite(get().stepsPerSecond);

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

  /** Says whether a run that came to its own end gave the tokens that its link promised. */
  const checkPromise = (reason: RunEndReason): void => {
    const { promisedDigest, isContinued } = get();
    if (promisedDigest === null || isContinued || builder === null || reason === "stopped") return;
    const { steps } = builder.trace;
    const isSame = tokensDigest(steps.map((record) => record.token)) === promisedDigest;
    if (isSame)
      tell("info", `Reproduced: the same ${steps.length} tokens as in the run that the link was shared from.`);
    else tell("warning", "Not reproduced: the tokens differ from those of the run that the link was shared from.");
  };

  const start = (recipe: RunRecipe, mode: "run" | "step"): void => {
    builder = null;
    isPresent = true;
    pacer.end();
    set({ runStatus: "loading", isContinued: false });
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
    if ("run" in event && event.run !== null && !isPresent) return;
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
      case "memory":
        builder?.changeMemory(event.memory);
        return;
      case "step":
        // A step after the end: the engine did continue the run.
        if (builder !== null && builder.trace.end !== null) set({ isContinued: true });
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
        checkPromise(event.reason);
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
        return;
      default:
        unreachable(event);
    }
  };

  const actions: LiveRunActions = {
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
      if (runStatus === "running" && isFollowing) actions.pause();
      else if (runStatus === "paused" && isFollowing) actions.resume();
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
      if (!isPaceChosen()) return;
      // The engine goes on by itself; held, it waits for the clock.
      pacer.begin(false);
      engine?.pause();
    },
    loseDevice: () => engine?.loseDevice(),
  };

  return {
    actions,
    leave() {
      pacer.end();
      waiting = null;
      if (isPresent && (isUnderWay(get().runStatus) || get().runStatus === "loading")) engine?.stop();
      isPresent = false;
      builder = null;
    },
  };
}
