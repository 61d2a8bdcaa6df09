// The clock: which step is shown, and moving through the trace on screen: play, steps, events, ends, the range that
// repeats, and back to the newest step of a live run. A live run that is followed moves it too (liveRun.ts), and so does
// the moment of a link (openedLink.ts).
import type { Way } from "../settings/linkContent";
import { isUnderWay, laneOnStage, type ShownRunsState } from "./shownRuns";
import { contains, rangeBetween, stepsIn, type StepRange } from "./timeAxis";
import { advancedMoment, neighbouringMoment, tellsDecision, watchCourse, type WatchCourse } from "./watchClock";

export type PlayDirection = -1 | 1;

export interface ClockState {
  readonly shownStep: number;
  /** The step on show moves along with the live run. */
  readonly isFollowing: boolean;
  readonly isPlaying: boolean;
  readonly playDirection: PlayDirection;
  /** The steps that playing repeats; null plays to the end. */
  readonly loopRange: StepRange | null;
  /** The steps that the time axis shows; null for all. */
  readonly visibleSteps: StepRange | null;
  /** Pace of playing and of a live run; Infinity = as fast as the engine goes. */
  readonly stepsPerSecond: number;
  /** On its way to a step, at a pace of its own, while it plays; null where it plays as usual. */
  readonly glide: Glide | null;
  /** How far the decision of the step on show has been told in Watch, 0 … 1; 1 wherever nothing is being told. */
  readonly decisionPhase: number;
  /** Watch slows at each event and tells its decision. */
  readonly isSlowAtDecisions: boolean;
  /** Playing waits, because someone looks at the decision. */
  readonly isHeld: boolean;
}

interface Glide {
  readonly from: number;
  readonly to: number;
  readonly lastsMs: number;
  readonly passedMs: number;
}

/** What the clock reads of the page: Watch has a pace of its own. */
type ClockSurroundings = ShownRunsState & { readonly way: Way };

export interface ClockActions {
  readonly moveTo: (step: number) => void;
  readonly moveBy: (steps: number) => void;
  /** To the next or previous event, or to the end of the trace if there is none. */
  readonly moveToEvent: (direction: -1 | 1) => void;
  readonly play: (direction?: PlayDirection) => void;
  readonly pausePlayback: () => void;
  /** Plays backwards, or pauses if it plays backwards already. */
  readonly reversePause: () => void;
  /** Plays to a step, forwards or backwards, in so much time, and stops there. */
  readonly glideTo: (step: number, lastsMs: number) => void;
  /** Moves playback on by that much time. */
  readonly advancePlayback: (elapsedMs: number) => void;
  readonly backToLive: () => void;
  /** Playing repeats these steps; null plays to the end again. */
  readonly loopSteps: (range: StepRange | null) => void;
  /** One end of the range that repeats becomes the step on show. */
  readonly loopFromHere: (end: "from" | "to") => void;
  /** Repeats the steps from the event before to the next one; a second call ends that. */
  readonly loopInterval: () => void;
  /** The steps that the time axis shows; null for all. */
  readonly showSteps: (range: StepRange | null) => void;
  /** Tells the decision of a step from its start. */
  readonly playDecision: (step: number) => void;
  readonly slowAtDecisions: (isSlow: boolean) => void;
  readonly hold: (isHeld: boolean) => void;
}

export const initialClock: ClockState = {
  shownStep: 0,
  isFollowing: false,
  isPlaying: false,
  playDirection: 1,
  loopRange: null,
  visibleSteps: null,
  stepsPerSecond: 30,
  glide: null,
  decisionPhase: 1,
  isSlowAtDecisions: true,
  isHeld: false,
};

/** Steps per second at which a finished run plays when a live one would go as fast as it can. */
const FASTEST_PLAYBACK = 240;

export function clockActions(
  set: (change: Partial<ClockState>) => void,
  get: () => ClockState & ClockSurroundings,
): ClockActions {
  /** Part of a step that has passed on the clock but isn't shown yet. */
  let passedSteps = 0;
  /** The same in Watch, whose steps differ in length. */
  let passedMs = 0;

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

  const courseOfWatch = (direction: PlayDirection): WatchCourse =>
    watchCourse(laneOnStage(get())?.trace ?? null, {
      direction,
      lastStep: lastStep(),
      isSlow: get().isSlowAtDecisions,
    });

  const advanceWatch = (elapsedMs: number): void => {
    const { shownStep, decisionPhase, playDirection, isHeld, runStatus } = get();
    if (isHeld) return;
    passedMs += elapsedMs;
    const course = courseOfWatch(playDirection);
    const { step, phase, hasArrived } = advancedMoment({ step: shownStep, phase: decisionPhase }, passedMs, course);
    // Within a word nothing changes on the page.
    if (step === shownStep && !hasArrived && !tellsDecision(course, step)) return;
    passedMs = 0;
    set({
      shownStep: step,
      decisionPhase: phase,
      ...(hasArrived && { isPlaying: false, isFollowing: playDirection === 1 && isUnderWay(runStatus) }),
    });
  };

  const loopBetween = (one: number, other: number): void => set({ loopRange: rangeBetween(one, other, lastStep()) });

  const actions: ClockActions = {
    moveTo,
    moveBy(steps) {
      const { way, shownStep, decisionPhase } = get();
      if (way !== "watch" || (steps !== 1 && steps !== -1)) {
        moveTo(shownStep + steps);
        return;
      }
      const from = { step: shownStep, phase: decisionPhase };
      const { step, phase } = neighbouringMoment(from, steps, courseOfWatch(steps));
      moveTo(step);
      set({ decisionPhase: phase });
    },
    moveToEvent(direction) {
      const { shownStep } = get();
      const steps = eventSteps(get());
      const found =
        direction === 1 ? steps.find((step) => step > shownStep) : steps.findLast((step) => step < shownStep);
      moveTo(found ?? (direction === 1 ? lastStep() : 0));
    },
    play(direction = 1) {
      passedSteps = 0;
      passedMs = 0;
      const before = get();
      const shownStep = firstPlayedStep(before.shownStep, course(direction));
      const decisionPhase = shownStep === before.shownStep ? before.decisionPhase : 1;
      set({ isPlaying: true, isFollowing: false, playDirection: direction, shownStep, decisionPhase, glide: null });
    },
    glideTo(step, lastsMs) {
      const from = get().shownStep;
      const to = Math.min(lastStep(), Math.max(0, Math.round(step)));
      if (from === to) moveTo(to);
      else {
        const glide: Glide = { from, to, lastsMs, passedMs: 0 };
        set({ isPlaying: true, isFollowing: false, playDirection: to > from ? 1 : -1, glide });
      }
    },
    pausePlayback: () => set({ isPlaying: false }),
    reversePause() {
      const { isPlaying, playDirection } = get();
      if (isPlaying && playDirection === -1) actions.pausePlayback();
      else actions.play(-1);
    },
    advancePlayback(elapsedMs) {
      const { isPlaying, playDirection, stepsPerSecond, runStatus, glide } = get();
      if (!isPlaying) return;
      if (glide !== null) {
        const passedMs = glide.passedMs + elapsedMs;
        if (passedMs >= glide.lastsMs) moveTo(glide.to);
        else set({ glide: { ...glide, passedMs }, shownStep: glideStep({ ...glide, passedMs }) });
        return;
      }
      if (tellsDecisions(get().way)) {
        advanceWatch(elapsedMs);
        return;
      }
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
    playDecision(step) {
      moveTo(step);
      set({ decisionPhase: 0 });
      actions.play();
    },
    slowAtDecisions: (isSlowAtDecisions) => set({ isSlowAtDecisions }),
    hold(isHeld) {
      if (isHeld !== get().isHeld) set({ isHeld });
    },
  };
  return actions;
}

/** Steps of the events on the stage that the page knows of. */
function eventSteps(state: Pick<ShownRunsState, "lanes" | "stageLane">): readonly number[] {
  const lane = laneOnStage(state);
  return lane?.trace.events.map(({ step }) => step).filter((step) => step < lane.stepCount) ?? [];
}

/** Watch and Present slow at each event. */
function tellsDecisions(way: Way): boolean {
  return way === "watch" || way === "present";
}

/** Slow at both ends. */
function glideStep({ from, to, lastsMs, passedMs }: Glide): number {
  const part = passedMs / lastsMs;
  return Math.round(from + (to - from) * part * part * (3 - 2 * part));
}

interface PlayCourse {
  readonly direction: PlayDirection;
  /** The steps that playing repeats; null plays to the end. */
  readonly loop: StepRange | null;
  readonly lastStep: number;
}

/** The step from which playing begins: outside its range, or at the end of the run, it starts over. */
function firstPlayedStep(step: number, { direction, loop, lastStep }: PlayCourse): number {
  const { from, to } = loop ?? { from: 0, to: lastStep };
  const isOver = loop === null && (direction === 1 ? step >= lastStep : step <= 0);
  if (!isOver && contains({ from, to }, step)) return step;
  return direction === 1 ? from : to;
}

/** The step after that many more, and whether the run has come to its end in that direction. */
function playedStep(step: number, bySteps: number, course: PlayCourse): { step: number; hasArrived: boolean } {
  const { direction, loop, lastStep } = course;
  if (loop !== null) {
    if (!contains(loop, step)) return { step: firstPlayedStep(step, course), hasArrived: false };
    const count = stepsIn(loop);
    const place = (step - loop.from + direction * bySteps) % count;
    return { step: loop.from + ((place + count) % count), hasArrived: false };
  }
  const wanted = step + direction * bySteps;
  return {
    step: Math.min(lastStep, Math.max(0, wanted)),
    hasArrived: direction === 1 ? wanted >= lastStep : wanted <= 0,
  };
}

/**
 * Adds to a change of the page: another run is shown whole, without a loop and forwards; a step that is moved to is shown
 * with its decision told; a step outside the part of the axis in sight turns the page.
 */
export function withClock<Change extends Partial<ClockState & ShownRunsState>>(
  before: ClockState & ShownRunsState,
  wanted: Change,
): Change & Partial<ClockState> {
  const isTold = before.decisionPhase === 1 || wanted.shownStep === undefined || wanted.decisionPhase !== undefined;
  const change = isTold ? wanted : { ...wanted, decisionPhase: 1 };
  if (change.lanes !== undefined && change.lanes.at(0)?.trace !== before.lanes.at(0)?.trace) {
    return { loopRange: null, visibleSteps: null, playDirection: 1, glide: null, ...change };
  }
  const { shownStep } = change;
  const visible = before.visibleSteps;
  if (shownStep === undefined || visible === null || "visibleSteps" in change || contains(visible, shownStep)) {
    return change;
  }
  const span = visible.to - visible.from;
  const margin = Math.round(span / 10);
  const from = shownStep > visible.to ? shownStep - margin : shownStep - span + margin;
  return { ...change, visibleSteps: { from: Math.max(0, from), to: Math.max(0, from) + span } };
}
