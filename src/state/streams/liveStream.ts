// The live stream: an engine of its own watches it, so that the model of the other views stays loaded. Its events grow the traces on
// screen (liveStreamTraces.ts); a pace holds the camera to so many frames a second.
import type { EngineClient } from "../../engine/client";
import type { BackendChoice, EngineEvent, LoadNotice, StreamRequest } from "../../engine/protocol";
import { errorMessage } from "../../lib/errors";
import { markedQuestion, questionWords } from "../../problems/stream/questionForms";
import { readAsked, sharedInForce, streamTable, withValue, writeAsked } from "../../settings/streamSettings";
import type { AskedQuestion } from "../../trace/stream/streamTrace";
import { createPacer } from "../pace";
import { isUnderWay } from "../shownRuns";
import { createLiveStreamTraces, type LiveStreamTraces } from "./liveStreamTraces";
import { isCheap, streamRequest } from "./streamRecipe";
import type { LiveStreamActions, StreamMode, StreamsState, StreamSurroundings } from "./streamState";

interface Access {
  readonly set: (change: Partial<StreamsState>) => void;
  readonly get: () => StreamsState;
}

interface LiveStream extends Pick<LiveStreamTraces, "waitFor"> {
  readonly actions: LiveStreamActions;
  /** Ends it because something else is shown instead. */
  readonly leave: () => void;
  readonly startIfCheap: () => void;
}

interface Wish {
  readonly request: StreamRequest;
  /** Of the link that the choices came from. [lane] */
  readonly promisedProofs: readonly string[];
  readonly mode: StreamMode;
}

export function createLiveStream(surroundings: StreamSurroundings, { set, get }: Access): LiveStream {
  const { model, createEngine, beforeNextFrame, tell } = surroundings;
  let engine: EngineClient | null = null;
  let loading: BackendChoice | null = null; // or loaded
  let waiting: Wish | null = null;
  let isUnasked = false;
  let heldNotice: LoadNotice | null = null;
  const traces = createLiveStreamTraces({ set, get, beforeNextFrame });
  const pacer = createPacer((frameCount) => engine?.advance(frameCount));

  const load = (backend: BackendChoice): void => {
    engine ??= createEngine(receive);
    loading = backend;
    set({ engine: null });
    engine.load(model, backend);
  };

  const begin = ({ request, promisedProofs, mode }: Wish): void => {
    if (heldNotice !== null) tell(heldNotice.tone, heldNotice.text);
    heldNotice = null;
    traces.start(request, promisedProofs);
    pacer.end();
    set({ status: "loading", verdicts: [], isAsking: false });
    const isPaced = mode === "run" && Number.isFinite(get().framesPerSecond);
    engine?.startStream(request, isPaced || mode === "step");
    if (mode === "step") engine?.advance(widestBlock(request));
    if (isPaced) pacer.begin(false);
  };

  const run: LiveStreamActions["run"] = (mode) => {
    const { chosen, promisedProofs } = get();
    let wish: Wish;
    try {
      wish = { request: streamRequest(chosen), promisedProofs, mode };
    } catch (error) {
      tell("warning", errorMessage(error));
      return;
    }
    isUnasked = false;
    const { backend } = sharedInForce(chosen.shared);
    if (loading === backend && get().engine !== null) {
      begin(wish);
      return;
    }
    waiting = wish;
    set({ status: "loading" });
    if (loading !== backend) load(backend);
  };

  /** Asked by hand: the choices say so too, so that the same stream can be watched again. */
  const remember = ({ moment, question }: AskedQuestion): void => {
    const planned = traces.request()?.lanes[0].questions;
    const isPlanned = planned?.some((one) => one.moment === moment && one.question === question);
    if (isPlanned === false) addOwn(moment, question);
  };

  const addOwn = (moment: number, question: string): void => {
    const words = questionWords(question);
    const { shared, lanes } = get().chosen;
    const own = [...(readAsked(shared.asked ?? "") ?? []), { moment, words }];
    set({ chosen: { shared: withValue(streamTable, shared, "asked", writeAsked(own)), lanes } });
  };

  function receive(event: EngineEvent): void {
    // Once something else is shown, what the engine still reports about a stream is ignored.
    if ("run" in event && event.run !== null && traces.request() === null) return;
    switch (event.type) {
      case "loading":
        set({ loadedBytes: event.loadedBytes, totalBytes: event.totalBytes, isChecking: false });
        break;
      case "checking":
        set({ isChecking: true });
        break;
      case "ready": {
        set({ engine: { model: event.model, backend: event.backend, check: event.check } });
        heldNotice = event.notice;
        const wish = waiting;
        waiting = null;
        if (wish !== null) begin(wish);
        break;
      }
      case "streamStarted":
        if (traces.begin(event.lane, event.header)) {
          set({ status: "running" });
          traces.show();
        }
        break;
      case "watched":
        traces.append(event);
        if (event.answers.length === 0) {
          traces.showSoon();
          break;
        }
        remember(event.answers[0].asked);
        traces.show();
        set({ isAsking: false });
        break;
      case "refused":
        set({ isAsking: false });
        tell("warning", event.message);
        break;
      case "paused":
        if (pacer.isOn()) pacer.engineRested();
        else {
          traces.show();
          set({ status: "paused" });
        }
        break;
      case "resumed":
        set({ status: "running" });
        break;
      case "streamEnded":
        traces.finish(event.end);
        pacer.end();
        traces.show();
        set({ status: "ended" });
        if (event.end === "whole") traces.checkPromised();
        break;
      case "memory":
        traces.changeMemory(event.lane, event.memory);
        break;
      case "backendChanged": {
        const { engine: loaded } = get();
        if (loaded !== null) set({ engine: { ...loaded, backend: event.backend, check: event.check } });
        tell("warning", event.reason);
        break;
      }
      case "failed":
        if (event.run === null) loading = null;
        pacer.end();
        if (isUnasked) break;
        tell("error", event.message);
        // Something else has been opened since: it has not failed.
        if (waiting === null && traces.request() === null) break;
        waiting = null;
        traces.show();
        set({ status: "failed", isAsking: false });
        break;
      default: // of runs of text
    }
  }

  const actions: LiveStreamActions = {
    prepare() {
      if (loading !== null) return;
      isUnasked = true;
      load(sharedInForce(get().chosen.shared).backend);
    },
    run,
    pause() {
      if (pacer.end()) {
        traces.show();
        set({ status: "paused" });
      } else engine?.pause();
    },
    resume() {
      set({ view: { ...get().view, isFollowing: true, isPlaying: false, frame: null, seen: traces.arrived() } });
      if (Number.isFinite(get().framesPerSecond)) {
        set({ status: "running" });
        pacer.begin(true);
      } else engine?.resume();
    },
    stepBlock() {
      const request = traces.request();
      if (request === null || !isUnderWay(get().status)) {
        run("step");
        return;
      }
      pacer.end();
      set({ view: { ...get().view, isFollowing: true, isPlaying: false, frame: null } });
      engine?.advance(widestBlock(request));
    },
    finish() {
      pacer.end();
      if (isUnderWay(get().status)) engine?.resume();
      else run("atOnce");
    },
    stop: () => engine?.stop(),
    ask(question) {
      const { status, origin, view } = get();
      const isLive = origin === "live" && (isUnderWay(status) || status === "ended");
      if (isLive) {
        set({ isAsking: true });
        engine?.ask(markedQuestion(question));
        return;
      }
      addOwn(view.seen, question);
      run("atOnce");
    },
    setPace(framesPerSecond) {
      const wasPaced = pacer.isOn();
      set({ framesPerSecond });
      if (get().status !== "running" || wasPaced === Number.isFinite(framesPerSecond)) return;
      if (wasPaced) {
        pacer.end();
        engine?.resume();
      } else {
        pacer.begin(false);
        engine?.pause();
      }
    },
    advanceClock(elapsedMs) {
      const { framesPerSecond, view, arrived } = get();
      pacer.tick(elapsedMs, framesPerSecond);
      playback.tick(elapsedMs, view, Number.isFinite(framesPerSecond) ? framesPerSecond : FAST_PLAY, arrived);
    },
    loseDevice: () => engine?.loseDevice(),
  };

  const playback = createPlayback((seen, isPlaying) => set({ view: { ...get().view, seen, isPlaying } }));

  return {
    actions,
    leave() {
      pacer.end();
      waiting = null;
      if (isUnderWay(get().status) || get().status === "loading") engine?.stop();
      traces.leave();
      set({ isAsking: false });
    },
    waitFor: traces.waitFor,
    startIfCheap() {
      try {
        if (isCheap(streamRequest(get().chosen))) run("atOnce");
        else tell("info", "The link’s stream is a long one, so it did not start by itself. Press Run to watch it.");
      } catch (error) {
        tell("warning", errorMessage(error));
      }
    },
  };
}

/** Frames a second of a stream that is watched again where no pace is set. */
const FAST_PLAY = 30;

/** Plays through a stream that has been watched, frame by frame, to its end. */
function createPlayback(move: (seen: number, isPlaying: boolean) => void) {
  let dueFrames = 0;
  return {
    tick(elapsedMs: number, { isPlaying, seen }: StreamsState["view"], framesPerSecond: number, last: number): void {
      if (!isPlaying) {
        dueFrames = 0;
        return;
      }
      dueFrames += (elapsedMs / 1000) * framesPerSecond;
      const whole = Math.floor(dueFrames);
      if (whole === 0) return;
      dueFrames -= whole;
      const next = Math.min(last, seen + whole);
      move(next, next < last);
    },
  };
}

function widestBlock({ lanes }: StreamRequest): number {
  return Math.max(...lanes.map(({ choices }) => choices.blockFrames));
}
