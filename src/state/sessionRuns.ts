// What ended live runs of this visit left, for the score card: a few numbers and the text of each, not the trace.
import type { OwnRun } from "../experiment/ownRuns";
import { bytesInUseAfterSteps, generatedText, speedFigures } from "../trace/figures";
import type { Problem } from "../problems/problem";
import type { Trace } from "../trace/trace";
import type { LaneRun, ShownRunsState } from "./shownRuns";

export interface SessionRunsState {
  /** In the order in which they ended. */
  readonly sessionRuns: readonly OwnRun[];
}

export const initialSessionRuns: SessionRunsState = { sessionRuns: [] };

const MOST_RUNS = 400;

type OnScreen = Pick<ShownRunsState, "lanes" | "problem" | "origin"> & SessionRunsState;

/** With the lanes that have just ended; null where none has. A continued run replaces itself. */
export function withEndedRuns(
  before: OnScreen,
  { lanes, problem, origin, sessionRuns }: OnScreen,
): SessionRunsState | null {
  if (before.lanes === lanes || origin !== "live" || problem === null) return null;
  const hadEnded = ({ trace, end }: LaneRun): boolean =>
    before.lanes.some((lane) => lane.trace === trace && lane.end === end);
  const ended = lanes.filter((lane) => lane.end !== null && !hadEnded(lane));
  if (ended.length === 0) return null;
  const headers = ended.map(({ trace }) => trace.header);
  const others = sessionRuns.filter(({ header }) => !headers.includes(header));
  return { sessionRuns: [...others, ...ended.map(({ trace }) => ownRun(trace, problem))].slice(-MOST_RUNS) };
}

function ownRun(trace: Trace, problem: Problem): OwnRun {
  const { steps, header } = trace;
  const speed = speedFigures(trace, steps.length - 1);
  const agreed = steps.filter(({ comparison }) => comparison?.isTopAgreed === true).length;
  return {
    ...{ header, problem, text: generatedText(trace, steps.length - 1) },
    ms: speed.prefillMs + speed.decodeMs + speed.eventMs + speed.readBackMs,
    heldBytes: Math.max(...bytesInUseAfterSteps(trace)),
    fed: header.isForced === true ? { agreed, positions: steps.length } : null,
  };
}
