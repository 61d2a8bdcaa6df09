// Runs that were on screen before, kept for this visit: undoing settings shows the run that belonged to them.
import { traceBytes } from "../trace/traceMemory";
import type { ChosenState } from "./choices";
import { areAskedFor } from "./recipe";
import { onClock, type LaneRun, type ShownRunsState } from "./shownRuns";

type OnScreen = Pick<ShownRunsState, "lanes" | "stageLane" | "problem" | "origin"> & {
  readonly recordedId: string | null;
  readonly shownStep: number;
};

/** The newest runs, as far as their traces are small: those on screen may take much more. */
const MOST_RUNS = 4;
const MOST_BYTES = 64e6;

export interface PastRuns {
  /** Called at every change of the page: keeps a run that has ended and now leaves the screen. */
  readonly note: (before: OnScreen, after: OnScreen) => void;
  /** What to show again under these settings; null where the run on screen is theirs, or theirs is not kept. */
  readonly runOf: (asked: ChosenState & OnScreen) => Shown | null;
}

/** A run shown again is like a recorded one: the engine cannot continue it. */
function shownAgain({ lanes, stageLane, problem, recordedId, shownStep }: OnScreen) {
  return {
    ...onClock(lanes),
    ...{ stageLane, problem, recordedId, shownStep },
    origin: "recorded",
    runStatus: "none",
    isContinued: false,
    isFollowing: false,
    isPlaying: false,
  } as const;
}

type Shown = ReturnType<typeof shownAgain>;

export function createPastRuns(): PastRuns {
  let kept: readonly OnScreen[] = []; // newest first
  return {
    note(before, after) {
      if (before.lanes === after.lanes || !haveEnded(before.lanes)) return;
      if (before.lanes[0].trace === after.lanes.at(0)?.trace) return;
      const { lanes, stageLane, problem, origin, shownStep } = before;
      const recordedId = origin === "recorded" ? before.recordedId : null;
      const run = { lanes, stageLane, problem, origin, recordedId, shownStep };
      const others = kept.filter((other) => other.lanes[0].trace !== lanes[0].trace);
      kept = withinBytes([run, ...others].slice(0, MOST_RUNS));
    },
    runOf(now) {
      if (isOf(now, now)) return null;
      const run = kept.find((one) => isOf(one, now));
      return run === undefined ? null : shownAgain(run);
    },
  };
}

/** The newest that fit together. */
function withinBytes(runs: readonly OnScreen[]): readonly OnScreen[] {
  let bytes = 0;
  return runs.filter(({ lanes }) => {
    bytes += lanes.reduce((sum, { trace }) => sum + traceBytes(trace), 0);
    return bytes <= MOST_BYTES;
  });
}

function haveEnded(lanes: readonly LaneRun[]): boolean {
  return lanes.length > 0 && lanes.every(({ end }) => end !== null);
}

function isOf({ lanes, problem }: OnScreen, { choices, comparison }: ChosenState): boolean {
  const headers = lanes.map(({ trace }) => trace.header);
  return lanes.length > 0 && areAskedFor(headers, problem?.id ?? null, { choices, comparison });
}
