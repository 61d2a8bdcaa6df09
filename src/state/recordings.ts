// Runs that were not made here and now: the recorded ones, the first of them on load, and those out of files. What a
// person opens brings its settings along, so that Run makes it again.
import { errorMessage } from "../lib/errors";
import type { Problem } from "../problems/problem";
import type { Trace } from "../trace/trace";
import { settingTable } from "../settings/settings";
import type { ChoiceActions } from "./choiceActions";
import { laneRunOf, onClock } from "./laneRun";
import type { Notice, PageState } from "./pageState";
import { problemOf } from "./problem";
import type { RecordedRun } from "./recordedRun";
import { onMachineOf, stateOfRuns } from "./runChoices";
import { recordedMoment } from "./wantedMoment";

export interface RecordingActions {
  /** Reads the list of recorded runs and shows the first. */
  readonly openRecordedRuns: () => Promise<void>;
  /** Shows a recorded run from its start; a live run under way is stopped. */
  readonly showRecordedRun: (id: string) => Promise<void>;
  /** Shows runs of one prompt that were read from somewhere else side by side, at most MOST_LANES; a live run under way is stopped. */
  readonly showTraces: (traces: readonly Trace[]) => void;
  readonly showTrace: (trace: Trace) => void;
}

/** Where recorded runs come from. */
export interface Recordings {
  readonly list: () => Promise<readonly RecordedRun[]>;
  readonly load: (run: RecordedRun) => Promise<readonly Trace[]>;
}

interface RecordingSurroundings {
  readonly set: (part: Partial<PageState>) => void;
  readonly get: () => PageState & Pick<ChoiceActions, "chooseState">;
  readonly recordings: Recordings;
  readonly isMotionWelcome: boolean;
  readonly tell: (tone: Notice["tone"], text: string) => void;
  readonly leaveLiveRun: () => void;
}

export function recordingActions(surroundings: RecordingSurroundings): RecordingActions {
  const { set, get, recordings, isMotionWelcome, tell, leaveLiveRun } = surroundings;

  const show = async (run: RecordedRun, isStillWanted: () => boolean): Promise<readonly Trace[]> => {
    const traces = await recordings.load(run);
    if (!isStillWanted()) return [];
    put(traces, run);
    return traces;
  };

  /** `run` is null where no recorded run of the page is shown. */
  const put = (traces: readonly Trace[], run: RecordedRun | null): void => {
    leaveLiveRun();
    const clock = onClock(traces.map(laneRunOf));
    set({
      ...clock,
      stageLane: 0,
      problem: run === null ? problemAsked(traces[0]) : problemOfRecording(run),
      origin: "recorded",
      recordedId: run?.id ?? null,
      runStatus: "none",
      isFollowing: false,
      isContinued: false,
      verdicts: [],
      isPlaying: isMotionWelcome,
      shownStep: isMotionWelcome ? 0 : clock.stepCount - 1,
      pinnedPosition: null,
      hover: null,
    });
    const moment = recordedMoment(get());
    if (moment !== null) set(moment);
  };

  const showTraces = (traces: readonly Trace[]): void => {
    put(traces, null);
    chooseRuns(traces);
  };

  const chooseRuns = (traces: readonly Trace[]): void => {
    const { choices: before, problem, chooseState } = get();
    const { choices, comparison } = stateOfRuns(
      traces.map(({ header }) => header),
      problem?.id ?? null,
    );
    chooseState({ choices: onMachineOf(before, choices), comparison });
  };

  /** The problem whose prompt that is, among those that the page knows of. */
  const problemAsked = ({ header }: Trace): Problem | null => {
    const { choices, recordedRuns, problem } = get();
    const ids = [choices.problem ?? settingTable.problem.default, ...recordedRuns.map(({ problemId }) => problemId)];
    const known = [problem, ...ids.map(problemOrNull)];
    return known.find((one) => one?.prompt === header.promptText) ?? null;
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
        chooseRuns(await show(run, () => true));
      } catch (error) {
        tell("warning", `The recorded run could not be shown: ${withoutStop(errorMessage(error))}.`);
      }
      set({ isRecordedRunLoading: false });
    },
    showTraces,
    showTrace: (trace) => showTraces([trace]),
  };
}

/** An index that names what cannot be drawn costs the judgement of the reasoning, not the recording. */
function problemOfRecording({ problemId }: RecordedRun): Problem | null {
  return problemOrNull(problemId);
}

function problemOrNull(id: string | null): Problem | null {
  try {
    return id === null ? null : problemOf(id);
  } catch {
    return null;
  }
}

/** A sentence to go on after: some messages end with a full stop. */
function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, "");
}
