// The runs on the page's clock: one per lane, one of them on the stage. A lane that ended before the clock's step is
// shown at its end.
import type { RunEndReason, Trace } from "../trace/trace";
import type { PageState } from "./pageState";

/** What a lane has left behind, as far as the page has shown it. */
export interface LaneRun {
  readonly trace: Trace;
  /** Steps that the page knows of; a live trace is the same object while it grows. */
  readonly stepCount: number;
  readonly end: RunEndReason | null;
}

/** A trace as it stands now. */
export function laneRunOf(trace: Trace): LaneRun {
  return { trace, stepCount: trace.steps.length, end: trace.end };
}

/** The lanes and how far the clock goes with them: to the end of the longest. */
export function onClock(lanes: readonly LaneRun[]): Pick<PageState, "lanes" | "stepCount"> {
  return { lanes, stepCount: lanes.reduce((most, { stepCount }) => Math.max(most, stepCount), 0) };
}

/** The lane on the stage; null while nothing is there. */
export function laneOnStage({ lanes, stageLane }: Pick<PageState, "lanes" | "stageLane">): LaneRun | null {
  return lanes.at(stageLane) ?? null;
}

/** The step of a lane that the clock shows. */
export function laneStep({ stepCount }: LaneRun, shownStep: number): number {
  return Math.min(shownStep, stepCount - 1);
}
