// The live stream: an engine of its own watches it, so that the model of the other views stays loaded. Its events grow the traces on
// screen; a pace holds the camera to so many frames a second.
import type { EngineClient } from "../../engine/client";
import type { BackendChoice, EngineEvent, StreamRequest } from "../../engine/protocol";
import { errorMessage } from "../../lib/errors";
import { judgeAnswer } from "../../problems/stream/watch";
import type { StreamPlace } from "../../settings/streamLink";
import { readAsked, sharedInForce, streamTable, withValue, writeAsked } from "../../settings/streamSettings";
import { checkStreamProof, parseStreamProof, type StreamVerdict } from "../../trace/stream/streamProof";
import {
  createStreamTraceBuilder,
  type StreamAnswer,
  type StreamTrace,
  type StreamTraceBuilder,
} from "../../trace/stream/streamTrace";
import { createPacer } from "../pace";
import { isUnderWay } from "../shownRuns";
import { expectedAnswer, isCheap, questionOf, streamRequest, wordsOf } from "./streamRecipe";
import type { LiveStreamActions, StreamMode, StreamsState, StreamSurroundings } from "./streamState";

interface Access {
  readonly set: (change: Partial<StreamsState>) => void;
  readonly get: () => StreamsState;
}

export interface LiveStream {
  readonly actions: LiveStreamActions;
  /** Ends it because something else is shown instead. */
  readonly leave: () => void;
  /** The moment of a link, until the stream has come that far. */
  readonly waitFor: (place: StreamPlace | null) => void;
  readonly startIfCheap: () => void;
}

interface Wish {
  readonly request: StreamRequest;
  readonly mode: StreamMode;
}

export function createLiveStream(surroundings: StreamSurroundings, { set, get }: Access): LiveStream {
  const { model, createEngine, beforeNextFrame, tell } = surroundings;
  let engine: EngineClient | null = null;
  let loading: BackendChoice | null = null; // or loaded
  let waiting: Wish | null = null;
  let isUnasked = false;
  let builders: StreamTraceBuilder[] = []; // [lane]
  let request: StreamRequest | null = null; // of the stream that is watched
  let arrived = 0;
  let isFrameDue = false;
  let wantedPlace: StreamPlace | null = null;
  const pacer = createPacer((frameCount) => engine?.advance(frameCount));

  const load = (backend: BackendChoice): void => {
    engine ??= createEngine(receive);
    loading = backend;
    set({ engine: null });
    engine.load(model, backend);
  };

  const begin = ({ request: asked, mode }: Wish): void => {
    request = asked;
    builders = [];
    arrived = 0;
    pacer.end();
    set({ status: "loading", verdicts: [], isAsking: false });
    const isPaced = mode === "run" && Number.isFinite(get().framesPerSecond);
    engine?.startStream(asked, isPaced || mode === "step");
    if (mode === "step") engine?.advance(widestBlock(asked));
    if (isPaced) pacer.begin(false);
  };

  const run: LiveStreamActions["run"] = (mode) => {
    const { chosen } = get();
    let wish: Wish;
    try {
      wish = { request: streamRequest(chosen), mode };
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

  const traces = (): readonly StreamTrace[] | null =>
    request !== null && builders.length === request.lanes.length ? builders.map(({ trace }) => trace) : null;

  /** Brings the page up to the traces as they have grown. */
  const show = (): void => {
    isFrameDue = false;
    const lanes = traces();
    if (lanes === null) return;
    const isFirst = get().lanes[0] !== lanes[0];
    const { view } = get();
    const isFollowing = isFirst || view.isFollowing;
    const stageLane = Math.min(view.stageLane, lanes.length - 1);
    set({
      ...{ lanes, version: get().version + 1, origin: "live", arrived },
      view: {
        ...{ ...view, isFollowing, stageLane },
        ...(isFirst && { isPlaying: false, frame: null, look: null, head: headWithin(view.head, lanes[0]) }),
        ...(isFollowing && { seen: arrived }),
      },
    });
    const place = wantedPlace;
    if (place === null || (arrived <= place.seen && lanes[0].end === null)) return;
    wantedPlace = null;
    const { seen, lane, head } = place;
    set({
      view: {
        ...{ ...get().view, isFollowing: false, seen: Math.min(seen, arrived) },
        ...{ stageLane: Math.min(lane, lanes.length - 1), head: headWithin(head, lanes[0]) },
      },
    });
  };

  const showSoon = (): void => {
    if (isFrameDue) return;
    isFrameDue = true;
    beforeNextFrame(show);
  };

  /** What a visitor typed is judged by the frames seen. */
  const judged = (answer: StreamAnswer): StreamAnswer => {
    const { asked, words } = answer;
    if (asked.type !== null || asked.answer !== null || request === null) return answer;
    const frames = request.frames.map((tokens) => tokens.slice(1).map((word) => word.slice(1, -1)));
    const expected = expectedAnswer(frames, asked.moment, asked.question);
    if (expected === null) return answer;
    const { isRight } = judgeAnswer(expected, words);
    return { ...answer, asked: { ...asked, answer: expected }, isRight };
  };

  /** Asked by hand: the choices say so too, so that the same stream can be watched again. */
  const remember = ({ asked }: StreamAnswer): void => {
    const isPlanned = request?.lanes[0].questions.some(
      (one) => one.moment === asked.moment && one.question === asked.question,
    );
    if (isPlanned !== false) return;
    addOwn(asked.moment, asked.question);
  };

  const addOwn = (moment: number, question: string): void => {
    const words = wordsOf(question);
    const { shared, lanes } = get().chosen;
    const own = [...(readAsked(shared.asked ?? "") ?? []), { moment, words }];
    set({ chosen: { shared: withValue(streamTable, shared, "asked", writeAsked(own)), lanes } });
  };

  const checkPromised = (): void => {
    const lanes = traces() ?? [];
    const verdicts = lanes.map((trace, lane): StreamVerdict | null => {
      const text = get().promisedProofs.at(lane) ?? "";
      const proof = parseStreamProof(text);
      if (proof === null) return text === "" ? null : { type: "incomplete", reason: "damagedProof" };
      return checkStreamProof(proof, trace);
    });
    if (verdicts.some((verdict) => verdict !== null)) set({ verdicts });
  };

  function receive(event: EngineEvent): void {
    // Once something else is shown, what the engine still reports about a stream is ignored.
    if ("run" in event && event.run !== null && request === null) return;
    switch (event.type) {
      case "loading":
        set({ loadedBytes: event.loadedBytes, totalBytes: event.totalBytes });
        break;
      case "ready": {
        set({ engine: { model: event.model, backend: event.backend } });
        const wish = waiting;
        waiting = null;
        if (wish === null) break;
        if (event.notice !== null) tell("info", event.notice);
        begin(wish);
        break;
      }
      case "streamStarted":
        builders[event.lane] = createStreamTraceBuilder(event.header);
        if (traces() !== null) {
          set({ status: "running" });
          show();
        }
        break;
      case "watched":
        event.blocks.forEach((closed, lane) => {
          if (closed !== null) builders[lane].appendBlock(closed.block, closed.compression);
        });
        event.answers.map(judged).forEach((answer, lane) => builders[lane].appendAnswer(answer));
        arrived = event.framesShown;
        if (event.answers.length === 0) {
          showSoon();
          break;
        }
        remember(event.answers[0]);
        show();
        set({ isAsking: false });
        break;
      case "refused":
        set({ isAsking: false });
        tell("warning", event.message);
        break;
      case "paused":
        if (pacer.isOn()) pacer.engineRested();
        else {
          show();
          set({ status: "paused" });
        }
        break;
      case "resumed":
        set({ status: "running" });
        break;
      case "streamEnded":
        for (const builder of builders) builder.finish(event.end);
        pacer.end();
        show();
        set({ status: "ended" });
        if (event.end === "whole") checkPromised();
        break;
      case "memory":
        builders.at(event.lane)?.changeMemory(event.memory);
        break;
      case "backendChanged": {
        const { engine: loaded } = get();
        if (loaded !== null) set({ engine: { ...loaded, backend: event.backend } });
        tell("warning", event.reason);
        break;
      }
      case "failed":
        if (event.run === null) loading = null;
        waiting = null;
        pacer.end();
        if (isUnasked) break;
        show();
        set({ status: "failed", isAsking: false });
        tell("error", event.message);
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
        show();
        set({ status: "paused" });
      } else engine?.pause();
    },
    resume() {
      set({ view: { ...get().view, isFollowing: true, isPlaying: false, frame: null, seen: arrived } });
      if (Number.isFinite(get().framesPerSecond)) {
        set({ status: "running" });
        pacer.begin(true);
      } else engine?.resume();
    },
    stepBlock() {
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
        engine?.ask({ type: null, question: questionOf(question), answer: null });
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
      const { framesPerSecond, view, arrived: last } = get();
      pacer.tick(elapsedMs, framesPerSecond);
      playback.tick(elapsedMs, view, Number.isFinite(framesPerSecond) ? framesPerSecond : FAST_PLAY, last);
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
      request = null;
      builders = [];
    },
    waitFor(place) {
      wantedPlace = place;
    },
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

/** Plays a stream that is not live on, frame by frame, to its end. */
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

function headWithin(head: number | null, { header }: StreamTrace): number | null {
  const { layerCount, kvHeadCount } = header.model;
  return head !== null && head < layerCount * kvHeadCount ? head : null;
}
