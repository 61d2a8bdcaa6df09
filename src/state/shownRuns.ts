// The runs on screen: one per lane, all on one clock, one of them on the stage. A lane that ended before the clock's step
// is shown at its end. The live run (liveRun.ts) and whatever opens recordings (recordings.ts) put runs here; the user
// chooses the lane.
import type { Problem } from "../problems/problem";
import type { RunEndReason, Trace } from "../trace/trace";

/** Where the runs on screen come from. */
export type TraceOrigin = "recorded" | "live";

export type RunStatus =
  /** No live run has been asked for. */
  | "none"
  /** The model or the run is on its way. */
  | "loading"
  | "running"
  | "paused"
  /** It came to an end, can be played and, mostly, continued. */
  | "ended"
  | "failed";

/** The trace of a lane, as far as the page has shown it. */
export interface LaneRun {
  readonly trace: Trace;
  /** Steps that the page knows of; a live trace is the same object while it grows. */
  readonly stepCount: number;
  readonly end: RunEndReason | null;
}

export interface ShownRunsState {
  /** The runs on the clock; none before the first trace. [lane] */
  readonly lanes: readonly LaneRun[];
  /** The lane that the panels of the stage show. */
  readonly stageLane: number;
  /** Steps on the clock: those of the longest lane. */
  readonly stepCount: number;
  /** What the runs on screen were asked; null for a text of the user's own. */
  readonly problem: Problem | null;
  readonly origin: TraceOrigin;
  readonly runStatus: RunStatus;
  /** The live run was continued beyond its end: its recipe alone does not give its tokens. */
  readonly isContinued: boolean;
}

export interface ShownRunsActions {
  /** Asks for runs that are yet to come: the answer says whether nothing else has been asked for since. */
  readonly claimScreen: () => () => boolean;
  /** Puts a lane of the run on screen on the stage. */
  readonly showLane: (lane: number) => void;
}

export const initialShownRuns: ShownRunsState = {
  lanes: [],
  stageLane: 0,
  stepCount: 0,
  problem: null,
  origin: "recorded",
  runStatus: "none",
  isContinued: false,
};

export function shownRunsActions(
  set: (change: Partial<ShownRunsState>) => void,
  get: () => ShownRunsState,
): ShownRunsActions {
  let claimCount = 0;
  return {
    claimScreen() {
      const claim = ++claimCount;
      return () => claim === claimCount;
    },
    showLane(lane) {
      if (lane >= 0 && lane < get().lanes.length) set({ stageLane: lane });
    },
  };
}

/** A trace as it stands now. */
export function laneRunOf(trace: Trace): LaneRun {
  return { trace, stepCount: trace.steps.length, end: trace.end };
}

/** The lanes and how far the clock goes with them: to the end of the longest. */
export function onClock(lanes: readonly LaneRun[]): Pick<ShownRunsState, "lanes" | "stepCount"> {
  return { lanes, stepCount: lanes.reduce((most, { stepCount }) => Math.max(most, stepCount), 0) };
}

/** The lane on the stage; null while nothing is there. */
export function laneOnStage({ lanes, stageLane }: Pick<ShownRunsState, "lanes" | "stageLane">): LaneRun | null {
  return lanes.at(stageLane) ?? null;
}

/** The step of a lane that the clock shows. */
export function laneStep({ stepCount }: LaneRun, shownStep: number): number {
  return Math.min(shownStep, stepCount - 1);
}

/** A run that the engine still works on, or would if it were not paused. */
export function isUnderWay(status: RunStatus): boolean {
  return status === "running" || status === "paused";
}
