// Moving through the trace on screen: the play clock, steps, events, ends, and back to the head of a live run.
import { isUnderWay, type PageState } from "./pageState";

export interface PlaybackActions {
  readonly moveTo: (step: number) => void;
  readonly moveBy: (steps: number) => void;
  /** To the next or previous eviction, or the end of the trace where there is none. */
  readonly moveToEvent: (direction: -1 | 1) => void;
  readonly play: () => void;
  readonly pausePlayback: () => void;
  /** What plays moves on by that much time. */
  readonly advancePlayback: (elapsedMs: number) => void;
  readonly backToLive: () => void;
}

type SetState = (part: Partial<PageState>) => void;

/** Steps per second at which a finished run plays when a live one would go as fast as it can. */
const FASTEST_PLAYBACK = 240;

export function playbackActions(set: SetState, get: () => PageState): PlaybackActions {
  /** Part of a step that has passed on the clock and is not shown yet. */
  let passedSteps = 0;

  const moveTo = (step: number): void => {
    const { stepCount, runStatus } = get();
    const last = Math.max(0, stepCount - 1);
    const shownStep = Math.min(last, Math.max(0, Math.round(step)));
    set({ shownStep, isPlaying: false, isFollowing: isUnderWay(runStatus) && shownStep === last });
  };

  return {
    moveTo,
    moveBy: (steps) => moveTo(get().shownStep + steps),
    moveToEvent(direction) {
      const { trace, shownStep, stepCount } = get();
      const steps = trace?.events.map((event) => event.step) ?? [];
      const found =
        direction === 1 ? steps.find((step) => step > shownStep) : steps.findLast((step) => step < shownStep);
      moveTo(found ?? (direction === 1 ? stepCount - 1 : 0));
    },
    play() {
      const { shownStep, stepCount } = get();
      passedSteps = 0;
      set({ isPlaying: true, isFollowing: false, ...(shownStep >= stepCount - 1 && { shownStep: 0 }) });
    },
    pausePlayback: () => set({ isPlaying: false }),
    advancePlayback(elapsedMs) {
      const { isPlaying, shownStep, stepCount, stepsPerSecond, runStatus } = get();
      if (!isPlaying) return;
      passedSteps += (elapsedMs / 1000) * Math.min(stepsPerSecond, FASTEST_PLAYBACK);
      const whole = Math.floor(passedSteps);
      if (whole === 0) return;
      passedSteps -= whole;
      const last = stepCount - 1;
      const hasArrived = shownStep + whole >= last;
      set({
        shownStep: Math.min(last, shownStep + whole),
        ...(hasArrived && { isPlaying: false, isFollowing: isUnderWay(runStatus) }),
      });
    },
    backToLive: () => set({ isFollowing: true, isPlaying: false, shownStep: Math.max(0, get().stepCount - 1) }),
  };
}
