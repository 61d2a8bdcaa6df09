// Moving through the trace on screen: the play clock, steps, events, ends, the range that repeats, and back to the
// head of a live run.
import { laneOnStage } from "./laneRun";
import { isUnderWay, type PageState } from "./pageState";
import { firstPlayedStep, playedStep, type PlayCourse, type PlayDirection } from "./playedStep";
import { rangeBetween, type StepRange } from "./timeAxis";

export interface PlaybackActions {
  readonly moveTo: (step: number) => void;
  readonly moveBy: (steps: number) => void;
  /** To the next or previous eviction, or the end of the trace where there is none. */
  readonly moveToEvent: (direction: -1 | 1) => void;
  readonly play: (direction?: PlayDirection) => void;
  readonly pausePlayback: () => void;
  /** Plays backwards, or holds what plays backwards. */
  readonly reversePause: () => void;
  /** What plays moves on by that much time. */
  readonly advancePlayback: (elapsedMs: number) => void;
  readonly backToLive: () => void;
  /** Playing repeats these steps; null plays to the end again. */
  readonly loopSteps: (range: StepRange | null) => void;
  /** One end of the range that repeats becomes the step on show. */
  readonly loopFromHere: (end: "from" | "to") => void;
  /** Repeats the steps from the event before to the next one; a second time lets them go. */
  readonly loopInterval: () => void;
  /** The steps that the time axis shows; null for all. */
  readonly showSteps: (range: StepRange | null) => void;
}

type SetState = (part: Partial<PageState>) => void;

/** Steps per second at which a finished run plays when a live one would go as fast as it can. */
const FASTEST_PLAYBACK = 240;

export function playbackActions(set: SetState, get: () => PageState): PlaybackActions {
  /** Part of a step that has passed on the clock and is not shown yet. */
  let passedSteps = 0;

  const lastStep = (): number => Math.max(0, get().stepCount - 1);
  const course = (direction: PlayDirection): PlayCourse => ({
    direction,
    loop: get().loopRange,
    lastStep: lastStep(),
  });

  const moveTo = (step: number): void => {
    const shownStep = Math.min(lastStep(), Math.max(0, Math.round(step)));
    set({ shownStep, isPlaying: false, isFollowing: isUnderWay(get().runStatus) && shownStep === lastStep() });
  };

  const loopBetween = (one: number, other: number): void => set({ loopRange: rangeBetween(one, other, lastStep()) });

  const actions: PlaybackActions = {
    moveTo,
    moveBy: (steps) => moveTo(get().shownStep + steps),
    moveToEvent(direction) {
      const { shownStep } = get();
      const steps = eventSteps(get());
      const found =
        direction === 1 ? steps.find((step) => step > shownStep) : steps.findLast((step) => step < shownStep);
      moveTo(found ?? (direction === 1 ? lastStep() : 0));
    },
    play(direction = 1) {
      passedSteps = 0;
      const shownStep = firstPlayedStep(get().shownStep, course(direction));
      set({ isPlaying: true, isFollowing: false, playDirection: direction, shownStep });
    },
    pausePlayback: () => set({ isPlaying: false }),
    reversePause() {
      const { isPlaying, playDirection } = get();
      if (isPlaying && playDirection === -1) actions.pausePlayback();
      else actions.play(-1);
    },
    advancePlayback(elapsedMs) {
      const { isPlaying, playDirection, stepsPerSecond, runStatus } = get();
      if (!isPlaying) return;
      passedSteps += (elapsedMs / 1000) * Math.min(stepsPerSecond, FASTEST_PLAYBACK);
      const whole = Math.floor(passedSteps);
      if (whole === 0) return;
      passedSteps -= whole;
      const { step, hasArrived } = playedStep(get().shownStep, whole, course(playDirection));
      set({
        shownStep: step,
        ...(hasArrived && { isPlaying: false, isFollowing: playDirection === 1 && isUnderWay(runStatus) }),
      });
    },
    backToLive: () => set({ isFollowing: true, isPlaying: false, shownStep: lastStep() }),
    loopSteps(range) {
      if (range === null) set({ loopRange: null });
      else loopBetween(range.from, range.to);
    },
    loopFromHere(end) {
      const { shownStep, loopRange } = get();
      const { from, to } = loopRange ?? { from: 0, to: lastStep() };
      if (end === "from") loopBetween(shownStep, to > shownStep ? to : lastStep());
      else loopBetween(from < shownStep ? from : 0, shownStep);
    },
    loopInterval() {
      const { shownStep, loopRange } = get();
      const steps = eventSteps(get());
      const from = steps.findLast((step) => step <= shownStep) ?? 0;
      const to = steps.find((step) => step > shownStep) ?? lastStep();
      if (loopRange?.from === from && loopRange.to === to) set({ loopRange: null });
      else loopBetween(from, to);
    },
    showSteps: (visibleSteps) => set({ visibleSteps }),
  };
  return actions;
}

/** Steps of the events on the stage that the page knows of. */
function eventSteps(state: PageState): readonly number[] {
  const lane = laneOnStage(state);
  return lane?.trace.events.map(({ step }) => step).filter((step) => step < lane.stepCount) ?? [];
}
