// Run files that were dropped or chosen: the runs in those that can be read, and what is wrong with the others.
import { errorMessage, InputError } from "../../lib/errors";
import { openRunFile, type RunFileBlob } from "../../state/openFile";
import type { Trace } from "../../trace/trace";
import { checkLaneCount, checkRunTogether } from "./runTogether";

export interface OpenedFiles {
  /** Of one prompt, in the order of their files; empty where none can be shown. */
  readonly traces: readonly Trace[];
  /** In plain words. */
  readonly complaints: readonly string[];
}

export async function openRunFiles(files: readonly RunFileBlob[]): Promise<OpenedFiles> {
  if (files.length === 0) {
    return refused("There is no file in what was dropped; drop run files (.winnow) from your computer.");
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

/** Our own mistakes are not the file's: they pass. */
function wordsOf(error: unknown): string {
  if (!(error instanceof InputError)) throw error;
  return errorMessage(error);
}
