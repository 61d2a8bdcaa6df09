// Pausing, stepping and resuming a live run by hand, and holding it to a pace that the eye can follow: the engine may
// generate a few tokens at a time and rests in between. A slow engine is never pushed: it gets its next allowance when it
// has used up the last.
import type { EngineClient } from "../engine/client";
import type { ClockActions, ClockState } from "./clock";
import type { ShownRunsState } from "./shownRuns";

export interface Pacer {
  /** The run is driven by the clock. */
  readonly isOn: () => boolean;
  /** The clock drives the run from now on; call `engineRested` each time that the engine waits. */
  readonly begin: (isEngineResting: boolean) => void;
  /** The clock no longer drives the run; true if the engine rests, false if it is at work or was not driven. */
  readonly end: () => boolean;
  readonly engineRested: () => void;
  /** So much time has passed. */
  readonly tick: (elapsedMs: number, stepsPerSecond: number) => void;
}

/** Tokens of one allowance: with more, Pause would feel slow. */
const MOST_PER_ALLOWANCE = 4;

export function createPacer(advance: (stepCount: number) => void): Pacer {
  let isOn = false;
  let isResting = false;
  let dueSteps = 0;
  return {
    isOn: () => isOn,
    begin(isEngineResting) {
      isOn = true;
      isResting = isEngineResting;
      dueSteps = 1;
    },
    end() {
      const wasResting = isOn && isResting;
      isOn = false;
      return wasResting;
    },
    engineRested() {
      isResting = true;
    },
    tick(elapsedMs, stepsPerSecond) {
      if (!isOn) return;
      dueSteps = Math.min(MOST_PER_ALLOWANCE, dueSteps + (elapsedMs / 1000) * stepsPerSecond);
      const whole = Math.floor(dueSteps);
      if (!isResting || whole === 0) return;
      dueSteps -= whole;
      isResting = false;
      advance(whole);
    },
  };
}

export interface PaceActions {
  readonly pause: () => void;
  readonly resume: () => void;
  /** One more token of a paused run. */
  readonly stepOnce: () => void;
  /** Pauses or resumes whatever moves the page: the live run at its newest step, else the playback. */
  readonly playPause: () => void;
  readonly continueRun: (extraTokens: number) => void;
  /** Steps per second at which runs play and live runs go; Infinity lets a live run go as fast as it can. */
  readonly setSpeed: (stepsPerSecond: number) => void;
  /** Called for each frame of the page: so much time has passed. */
  readonly advanceClock: (elapsedMs: number) => void;
}

interface PaceSurroundings {
  readonly set: (change: Partial<ClockState & ShownRunsState>) => void;
  readonly get: () => ClockState & ShownRunsState & ClockActions;
  readonly pacer: Pacer;
  /** Null before the first run. */
  readonly engine: () => EngineClient | null;
  /** Shows all that the run has generated so far. */
  readonly showGrowth: () => void;
}

/** Otherwise a live run goes as fast as it can. */
export function isPaceChosen({ stepsPerSecond }: Pick<ClockState, "stepsPerSecond">): boolean {
  return Number.isFinite(stepsPerSecond);
}

export function paceActions({ set, get, pacer, engine, showGrowth }: PaceSurroundings): PaceActions {
  const showHead = (): void => {
    set({ isFollowing: true, isPlaying: false, shownStep: Math.max(0, get().stepCount - 1) });
  };

  const actions: PaceActions = {
    pause() {
      // An engine that rests between two allowances has said so already; one at work says when it has stopped.
      if (pacer.end()) {
        showGrowth();
        set({ runStatus: "paused" });
      } else engine()?.pause();
    },
    resume() {
      showHead();
      if (isPaceChosen(get())) {
        set({ runStatus: "running" });
        pacer.begin(true);
      } else engine()?.resume();
    },
    stepOnce() {
      showHead();
      engine()?.advance(1);
    },
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
      if (get().runStatus !== "running" || wasPaced === isPaceChosen(get())) return;
      if (wasPaced) {
        pacer.end();
        engine()?.resume();
      } else {
        pacer.begin(false);
        engine()?.pause();
      }
    },
    advanceClock(elapsedMs) {
      pacer.tick(elapsedMs, get().stepsPerSecond);
      get().advancePlayback(elapsedMs);
    },
    continueRun(extraTokens) {
      showHead();
      engine()?.continueRun(extraTokens);
      if (!isPaceChosen(get())) return;
      // The engine goes on by itself; held, it waits for the clock.
      pacer.begin(false);
      engine()?.pause();
    },
  };
  return actions;
}
