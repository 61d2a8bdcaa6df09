// Run files that were dropped or chosen: shows the runs that can be read, and says what is wrong with the others. Runs share
// one clock, so there is a limit to their number and they must have the same prompt.

import { errorMessage, InputError } from "../../lib/errors";
import { MOST_LANES } from "../../settings/lanes";
import type { RunFileBlob } from "../../state/library/openFile";
import { openRunFile } from "../../state/library/openFile";
import type { PageStore } from "../../state/pageStore";
import { isStreamTrace, type SavedTrace } from "../../trace/file/savedRun";
import type { Trace } from "../../trace/trace";
import { prepareIndex } from "../../trace/traceIndex";

interface OpenedFiles {
  /** All of one prompt, or all of one stream, in the order of their files; empty if none can be shown. */
  readonly traces: readonly SavedTrace[];
  /** In plain words. */
  readonly complaints: readonly string[];
}

export async function openRunFiles(files: readonly RunFileBlob[]): Promise<OpenedFiles> {
  if (files.length === 0) {
    return refused("The drop held no file; drop run files (.winnow) from your computer.");
  }
  try {
    checkLaneCount(files.length);
  } catch (error) {
    return refused(wordsOf(error));
  }
  const opened = await Promise.allSettled(files.map((file) => openRunFile(file)));
  const read = opened.flatMap((result, place) =>
    result.status === "fulfilled" ? [{ trace: result.value, name: files[place].name }] : [],
  );
  const complaints = opened.flatMap((result) => (result.status === "rejected" ? [wordsOf(result.reason)] : []));
  try {
    const names = read.map(({ name }) => name);
    const traces = read.map(({ trace }) => trace);
    if (traces.length > 0) checkRunTogether(traces, names);
    return { traces, complaints };
  } catch (error) {
    return { traces: [], complaints: [...complaints, wordsOf(error)] };
  }
}

function refused(complaint: string): OpenedFiles {
  return { traces: [], complaints: [complaint] };
}

/** Rethrows our own mistakes, which are not the file's fault. */
function wordsOf(error: unknown): string {
  if (!(error instanceof InputError)) throw error;
  return errorMessage(error);
}

/** Throws InputError for more runs than lanes, or for different prompts or streams. `names`: of the runs, for messages. */
export function checkRunTogether(traces: readonly SavedTrace[], names: readonly string[]): void {
  checkLaneCount(traces.length);
  const [first, ...others] = traces;
  const other = others.findIndex((trace) => !isOfSame(trace, first));
  if (other < 0) return;
  const [one, what] = isStreamTrace(first)
    ? ["stream", "runs of the same stream"]
    : ["prompt", "runs with the same prompt"];
  throw new InputError(
    `${names[other + 1]} has a different ${one} from ${names[0]}; only ${what} can be shown side by side. Open it alone.`,
  );
}

function isOfSame(one: SavedTrace, other: SavedTrace): boolean {
  if (isStreamTrace(one)) {
    return isStreamTrace(other) && JSON.stringify(one.header.frames) === JSON.stringify(other.header.frames);
  }
  return !isStreamTrace(other) && isSamePrompt(one.header.promptTokens, other.header.promptTokens);
}

function checkLaneCount(count: number): void {
  if (count <= MOST_LANES) return;
  throw new InputError(`${count} runs were chosen, but at most ${MOST_LANES} can be shown side by side; choose fewer.`);
}

function isSamePrompt(one: Int32Array, other: Int32Array): boolean {
  return one.length === other.length && one.every((token, position) => token === other[position]);
}

/** Shows them unless something else is asked for before they are read. */
export async function showOpened(store: PageStore, files: readonly RunFileBlob[]): Promise<void> {
  const { tell, claimScreen } = store.getState();
  const isWanted = claimScreen();
  const words = `Opening ${files.map(({ name }) => name).join(", ")}…`;
  const timer = setTimeout(() => tell("info", words), FELT_MS);
  try {
    const { traces, complaints } = await openRunFiles(files);
    for (const complaint of complaints) tell("error", complaint);
    if (traces.length > 0) await showSaved(store, traces, isWanted);
  } catch (error) {
    tell("error", `The file could not be opened: ${errorMessage(error)}`);
  } finally {
    clearTimeout(timer);
    const { notices, dismiss } = store.getState();
    for (const { id } of notices.filter(({ text }) => text === words)) dismiss(id);
  }
}

/** A wait that calls for a word. */
const FELT_MS = 500;

/** Runs that were checked to go together; streams in their own view. `isWanted`: nothing else has been asked for since. */
export async function showSaved(
  store: PageStore,
  traces: readonly SavedTrace[],
  isWanted = store.getState().claimScreen(),
): Promise<void> {
  const { showTraces, openStreams, go, way } = store.getState();
  const streams = traces.filter(isStreamTrace);
  if (streams.length > 0) {
    const opened = await openStreams();
    if (!isWanted()) return;
    opened.getState().showStreams(streams);
    go("streams");
    return;
  }
  const runs = traces.filter((trace): trace is Trace => !isStreamTrace(trace));
  for (const run of runs) await prepareIndex(run, () => new Promise((resolve) => setTimeout(resolve)));
  if (!isWanted()) return;
  showTraces(runs);
  // Runs of text are not shown there.
  if (way === "streams") go("explore");
}
