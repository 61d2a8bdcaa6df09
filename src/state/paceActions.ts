// Holding a live run and letting it go: by hand, token by token, or at the pace that was chosen for it.
import type { EngineClient } from "../engine/client";
import type { LiveRunActions } from "./liveRunActions";
import type { Pacer } from "./pacer";
import type { PageState } from "./pageState";
import type { PlaybackActions } from "./playback";

type PaceActions = Pick<
  LiveRunActions,
  "pause" | "resume" | "stepOnce" | "playPause" | "setSpeed" | "advanceClock" | "continueRun"
>;

interface PaceSurroundings {
  readonly set: (part: Partial<PageState>) => void;
  readonly get: () => PageState & PlaybackActions;
  readonly pacer: Pacer;
  /** Null before the first run. */
  readonly engine: () => EngineClient | null;
  /** Brings the page up to what the run has come to. */
  readonly showGrowth: () => void;
}

/** Otherwise a live run goes as fast as it can. */
export function isPaceChosen({ stepsPerSecond }: Pick<PageState, "stepsPerSecond">): boolean {
  return Number.isFinite(stepsPerSecond);
}

export function paceActions({ set, get, pacer, engine, showGrowth }: PaceSurroundings): PaceActions {
  const showHead = (): void => {
    set({ isFollowing: true, isPlaying: false, shownStep: Math.max(0, get().stepCount - 1) });
  };

  const actions: PaceActions = {
    pause() {
      // An engine that rests between two leaves has said so already; one at work says when it has stopped.
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
