// The live run: the engine's worker is asked for at the first Run, its steps grow a trace per lane, and the traces are
// shown frame by frame. Everything that the engine says ends here.
import type { EngineClient } from "../engine/client";
import type { BackendChoice, EngineEvent, ModelReference } from "../engine/protocol";
import { errorMessage, unreachable } from "../lib/errors";
import type { Problem } from "../problems/problem";
import { settingsOfLanes } from "../settings/lanes";
import { laneRunOf, laneOnStage, onClock } from "./laneRun";
import type { LiveRunActions, LiveRunSurroundings, RunWish } from "./liveRunActions";
import { createLiveTraces, type LiveTraces } from "./liveTraces";
import { isPaceChosen, paceActions } from "./paceActions";
import { createPacer } from "./pacer";
import { isUnderWay, type Notice, type PageState } from "./pageState";
import type { PlaybackActions } from "./playback";
import { problemOf } from "./problem";
import { promiseVerdicts } from "./promise";
import { runRequest } from "./recipe";

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
  { models, createEngine, beforeNextFrame }: LiveRunSurroundings,
  page: PageAccess,
): LiveRun {
  const { set, get, tell } = page;
  let engine: EngineClient | null = null;
  let asked: { readonly model: ModelReference; readonly backend: BackendChoice } | null = null;
  let waiting: RunWish | null = null;
  let problem: Problem | null = null;
  let live: LiveTraces | null = null;
  // False once something else took the screen: what the engine still says of its run is dropped.
  let isPresent = false;
  let isFrameDue = false;
  const pacer = createPacer((stepCount) => engine?.advance(stepCount));

  /** Brings the page up to the traces as they have grown. */
  const showGrowth = (): void => {
    isFrameDue = false;
    const traces = live?.shown() ?? null;
    if (traces === null) return;
    const isFirst = !traces.some((trace) => trace === laneOnStage(get())?.trace);
    const isFollowing = isFirst || get().isFollowing;
    const clock = onClock(traces.map(laneRunOf));
    set({
      ...clock,
      origin: "live",
      isFollowing,
      ...(isFirst && {
        stageLane: Math.min(get().stageLane, traces.length - 1),
        problem,
        isPlaying: false,
        pinnedPosition: null,
        hover: null,
      }),
      ...(isFollowing && { shownStep: clock.stepCount - 1 }),
    });
  };

  /** Whether the run was what its link promised, once it has come to its own end. */
  const holdAgainstPromise = (): void => {
    const traces = live?.shown() ?? null;
    if (traces === null || get().isContinued || traces.some(({ end }) => end === "stopped")) return;
    set({ verdicts: promiseVerdicts(get().promisedProofs, traces) });
  };

  const start = ({ mode, ...wish }: RunWish, maxPositions: number): void => {
    const request = runRequest(wish, maxPositions);
    live = createLiveTraces(request.lanes.length);
    problem = wish.problem;
    isPresent = true;
    pacer.end();
    set({ runStatus: "loading", isContinued: false, verdicts: [] });
    const isPaced = mode === "run" && isPaceChosen(get());
    engine?.start(request, isPaced || mode === "step");
    if (mode === "step") engine?.advance(1);
    if (isPaced) pacer.begin(false);
  };

  const fail = (message: string): void => {
    waiting = null;
    pacer.end();
    showGrowth();
    // A run that had come to its end is still there when it cannot be continued.
    const runStatus = live?.haveAllEnded() === true ? "ended" : "failed";
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
        if (waiting !== null) start(waiting, event.model.maxPositions);
        waiting = null;
        return;
      case "started":
        live?.begin(event.lane, event.header);
        set({ runStatus: "running" });
        return;
      case "memory":
        live?.changeMemory(event.lane, event.memory);
        return;
      case "step":
        // A step after the end: the engine did continue the run.
        if (live?.hasEnded(event.lane) === true) set({ isContinued: true });
        live?.append(event.lane, event.record, event.eviction);
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
        live?.finish(event.lane, event.reason);
        if (live?.haveAllEnded() !== true) return;
        pacer.end();
        showGrowth();
        set({ runStatus: "ended" });
        holdAgainstPromise();
        return;
      case "backendChanged": {
        const loaded = get().engine;
        if (loaded !== null) set({ engine: { ...loaded, backend: event.backend } });
        tell("warning", event.reason);
        return;
      }
      case "failed":
        // Without a run it was the engine itself: the next run loads it again.
        if (event.run === null) asked = null;
        fail(event.message);
        return;
      default:
        unreachable(event);
    }
  };

  const actions: LiveRunActions = {
    run(mode) {
      const { choices, comparison } = get();
      const lanes = settingsOfLanes(choices, comparison).map(({ settings }) => settings);
      const [settings] = lanes;
      const { isForced } = comparison;
      const wish: RunWish = { lanes, isForced, problem: problemOf(settings.problem), mode };
      try {
        runRequest(wish);
      } catch (error) {
        tell("warning", errorMessage(error));
        return;
      }
      engine ??= createEngine(receive);
      const model = models.find(({ id }) => id === settings.model) ?? models[0];
      const { engine: loaded } = get();
      const isSame = asked?.model === model && asked.backend === settings.backend;
      if (isSame && loaded !== null) {
        start(wish, loaded.model.maxPositions);
        return;
      }
      waiting = wish;
      set({ runStatus: "loading" });
      // The same engine is on its way already.
      if (isSame) return;
      asked = { model, backend: settings.backend };
      set({ engine: null });
      engine.load(model, settings.backend);
    },
    ...paceActions({ set, get, pacer, engine: () => engine, showGrowth }),
    stop: () => engine?.stop(),
    loseDevice: () => engine?.loseDevice(),
  };

  return {
    actions,
    leave() {
      pacer.end();
      waiting = null;
      if (isPresent && (isUnderWay(get().runStatus) || get().runStatus === "loading")) engine?.stop();
      isPresent = false;
      live = null;
    },
  };
}
