// Runs that were made elsewhere: the recordings that ship with the page, the first of which is shown on load, and runs from
// files. A run that the user opens brings its settings along, so that Run makes it again. Addresses are relative, so that the
// page works from any folder of any host.
import { errorMessage, InputError } from "../lib/errors";
import type { Problem } from "../problems/problem";
import type { Trace } from "../trace/trace";
import { settingTable } from "../settings/settings";
import type { ChoiceActions, ChoicesState } from "./choices";
import type { ClockState } from "./clock";
import { laneRunOf, onClock, type ShownRunsActions, type ShownRunsState } from "./shownRuns";
import { decidedFocus, isStreamInView, nothingSelected, type ViewState } from "./view";
import type { Tell } from "./notices";
import { problemOf } from "./problem";
import { onMachineOf, stateOfRuns } from "./recipe";
import { recordedMoment } from "./openedLink";
import { MOST_LANES } from "../engine/protocol";
import { decodeRunFile } from "../trace/file/runFile";
import { fetchStored } from "./storedFile";

export interface RecordedRun {
  readonly id: string;
  readonly title: string;
  /** One; several of one prompt are lanes side by side. */
  readonly files: readonly string[];
  /** Id of the problem, if the index names it. */
  readonly problemId: string | null;
}

export interface RecordingsState {
  /** The recorded runs there are, and which of them was shown last. */
  readonly recordedRuns: readonly RecordedRun[];
  readonly recordedId: string | null;
  readonly isRecordedRunLoading: boolean;
}

export const initialRecordings: RecordingsState = { recordedRuns: [], recordedId: null, isRecordedRunLoading: true };

export interface RecordingActions {
  /** Reads the list of recorded runs and shows the first, unless other runs are on screen or asked for by then. */
  readonly openRecordedRuns: () => Promise<void>;
  /** Shows a recorded run from its start, unless something else is asked for before it has come; a live run under way is stopped. */
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

type WrittenState = RecordingsState & ShownRunsState & ClockState & ViewState & ChoicesState;

interface RecordingSurroundings {
  readonly set: (change: Partial<WrittenState>) => void;
  readonly get: () => WrittenState & Pick<ChoiceActions, "chooseState"> & Pick<ShownRunsActions, "claimScreen">;
  readonly recordings: Recordings;
  readonly isMotionWelcome: boolean;
  readonly tell: Tell;
  readonly leaveLiveRun: () => void;
}

export function recordingActions(surroundings: RecordingSurroundings): RecordingActions {
  const { set, get, recordings, isMotionWelcome, tell, leaveLiveRun } = surroundings;
  let loadingCount = 0;

  /** Says that a recorded run is on its way while `act` works. */
  const whileLoading = async (act: () => Promise<void>): Promise<void> => {
    loadingCount++;
    set({ isRecordedRunLoading: true });
    await act();
    set({ isRecordedRunLoading: --loadingCount > 0 });
  };

  /** `run` is null if the traces are not a recorded run of the page. */
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
      // Where a stream is on screen, it would play unseen.
      isPlaying: isMotionWelcome && !isStreamInView(get()),
      shownStep: isMotionWelcome ? 0 : clock.stepCount - 1,
      ...nothingSelected,
      ...decidedFocus(traces[0].header.model, get()),
    });
    const moment = recordedMoment(get());
    if (moment !== null) set(moment);
  };

  const showTraces = (traces: readonly Trace[]): void => {
    get().claimScreen();
    set({ isWatchingStream: false });
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

  /** The problem with that prompt, among those that the page knows of. */
  const problemAsked = ({ header }: Trace): Problem | null => {
    const { choices, recordedRuns, problem } = get();
    const ids = [choices.problem ?? settingTable.problem.default, ...recordedRuns.map(({ problemId }) => problemId)];
    const known = [problem, ...ids.map(problemOrNull)];
    return known.find((one) => one?.prompt === header.promptText) ?? null;
  };

  return {
    openRecordedRuns: () =>
      whileLoading(async () => {
        try {
          const recordedRuns = await recordings.list();
          set({ recordedRuns });
          const traces = await recordings.load(recordedRuns[0]);
          const { lanes, runStatus } = get();
          if (lanes.length === 0 && runStatus === "none") put(traces, recordedRuns[0]);
        } catch (error) {
          tell(
            "warning",
            `No recorded run could be shown: ${withoutStop(errorMessage(error))}. Press Run for a live one.`,
          );
        }
      }),
    async showRecordedRun(id) {
      const run = get().recordedRuns.find((candidate) => candidate.id === id);
      if (run === undefined) return;
      const isWanted = get().claimScreen();
      set({ isWatchingStream: false });
      await whileLoading(async () => {
        try {
          const traces = await recordings.load(run);
          if (!isWanted()) return;
          put(traces, run);
          chooseRuns(traces);
        } catch (error) {
          if (isWanted()) tell("warning", `The recorded run could not be shown: ${withoutStop(errorMessage(error))}.`);
        }
      });
    },
    showTraces,
    showTrace: (trace) => showTraces([trace]),
  };
}

/** If the index names a problem that cannot be drawn, the recording is shown without a judgement of its reasoning. */
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

/** Without the full stop that some messages end with, so that the sentence can go on. */
function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, "");
}

/** The list in runs/index.json; the first one plays on load. Throws in plain words. */
export async function loadRecordedRuns(): Promise<readonly RecordedRun[]> {
  return parseRunIndex(await (await fetchStored("runs/index.json")).json());
}

export function loadRecordedRun({ files }: RecordedRun): Promise<readonly Trace[]> {
  return Promise.all(files.map(loadFile));
}

async function loadFile(file: string): Promise<Trace> {
  const response = await fetchStored(`runs/${file}`);
  return decodeRunFile(new Uint8Array(await response.arrayBuffer()), file);
}

/** An entry has a `file`, or a list of `files`; one that cannot be read is left out. */
export function parseRunIndex(index: unknown): readonly RecordedRun[] {
  const runs = Array.isArray(index) ? (index as unknown[]).flatMap((entry) => parseEntry(entry)) : [];
  if (runs.length === 0) throw new InputError("runs/index.json names no run file");
  return runs;
}

function parseEntry(entry: unknown): readonly RecordedRun[] {
  if (typeof entry !== "object" || entry === null) return [];
  const { id, title, file, files = [file], problem } = entry as Partial<Record<string, unknown>>;
  if (typeof id !== "string" || typeof title !== "string" || !Array.isArray(files)) return [];
  const names = (files as unknown[]).filter((name) => typeof name === "string");
  // Only files in the folder itself.
  const isFolders = names.length === files.length && names.every((name) => /^[\w.-]+$/.test(name));
  const isShowable = names.length >= 1 && names.length <= MOST_LANES;
  return isFolders && isShowable ? [{ id, title, files: names, problemId: textOf(problem, "id") }] : [];
}

function textOf(record: unknown, field: string): string | null {
  const value = (Object(record) as Partial<Record<string, unknown>>)[field];
  return typeof value === "string" ? value : null;
}
