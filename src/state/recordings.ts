// Recorded runs on screen: the first one on load, any other by choice.
import { errorMessage } from "../lib/errors";
import type { Problem } from "../problems/problem";
import type { Trace } from "../trace/trace";
import { laneRunOf, onClock } from "./laneRun";
import type { Notice, PageState } from "./pageState";
import { problemOf } from "./problem";
import type { RecordedRun } from "./recordedRun";

export interface RecordingActions {
  /** Reads the list of recorded runs and shows the first. */
  readonly openRecordedRuns: () => Promise<void>;
  /** Shows a recorded run from its start; a live run under way is stopped. */
  readonly showRecordedRun: (id: string) => Promise<void>;
  /** Shows a run that was read from somewhere else, from its start; a live run under way is stopped. */
  readonly showTrace: (trace: Trace) => void;
}

/** Where recorded runs come from. */
export interface Recordings {
  readonly list: () => Promise<readonly RecordedRun[]>;
  readonly load: (run: RecordedRun) => Promise<Trace>;
}

interface RecordingSurroundings {
  readonly set: (part: Partial<PageState>) => void;
  readonly get: () => PageState;
  readonly recordings: Recordings;
  readonly isMotionWelcome: boolean;
  readonly tell: (tone: Notice["tone"], text: string) => void;
  readonly leaveLiveRun: () => void;
}

export function recordingActions(surroundings: RecordingSurroundings): RecordingActions {
  const { set, get, recordings, isMotionWelcome, tell, leaveLiveRun } = surroundings;

  const show = async (run: RecordedRun, isStillWanted: () => boolean): Promise<void> => {
    const trace = await recordings.load(run);
    if (isStillWanted()) put(trace, run);
  };

  /** `run` is null where no recorded run of the page is shown. */
  const put = (trace: Trace, run: RecordedRun | null): void => {
    leaveLiveRun();
    set({
      ...onClock([laneRunOf(trace)]),
      stageLane: 0,
      problem: run === null ? null : problemOfRecording(run),
      origin: "recorded",
      recordedId: run?.id ?? null,
      runStatus: "none",
      isFollowing: false,
      isContinued: false,
      verdicts: [],
      isPlaying: isMotionWelcome,
      shownStep: isMotionWelcome ? 0 : trace.steps.length - 1,
      pinnedPosition: null,
      hover: null,
    });
  };

  return {
    async openRecordedRuns() {
      try {
        const recordedRuns = await recordings.list();
        set({ recordedRuns });
        // A live run that began in the meantime stays on screen.
        await show(recordedRuns[0], () => get().runStatus === "none");
      } catch (error) {
        tell(
          "warning",
          `No recorded run could be shown: ${withoutStop(errorMessage(error))}. Press Run for a live one.`,
        );
      }
      set({ isRecordedRunLoading: false });
    },
    async showRecordedRun(id) {
      const run = get().recordedRuns.find((candidate) => candidate.id === id);
      if (run === undefined) return;
      set({ isRecordedRunLoading: true });
      try {
        await show(run, () => true);
      } catch (error) {
        tell("warning", `The recorded run could not be shown: ${withoutStop(errorMessage(error))}.`);
      }
      set({ isRecordedRunLoading: false });
    },
    showTrace: (trace) => put(trace, null),
  };
}

/** An index that names what cannot be drawn costs the judgement of the reasoning, not the recording. */
function problemOfRecording({ problemId }: RecordedRun): Problem | null {
  try {
    return problemId === null ? null : problemOf(problemId);
  } catch {
    return null;
  }
}

/** A sentence to go on after: some messages end with a full stop. */
function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, "");
}
