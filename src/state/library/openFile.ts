// Files that the user drops on the page, picks or saves: the run in a file, and a name for the file of a run.

import { InputError } from "../../lib/errors";
import type { SavedTrace } from "../../trace/file/savedRun";
import { LARGEST_RUN_BYTES } from "../../trace/file/zip";
import type { Trace } from "../../trace/trace";
import { decodeSaved } from "./decodeSaved";

/** What is read of a File. */
export type RunFileBlob = Pick<File, "name" | "size" | "arrayBuffer">;

const LONGEST_SHOWN_NAME = 80;
const LONGEST_NAME_PART = 60;

/** The run in a file. Throws InputError, which names the file, for anything that is not exactly one. */
export async function openRunFile(file: RunFileBlob): Promise<SavedTrace> {
  const name = shownName(file.name);
  // Before it is read: no run file is larger, since what it packs may not be.
  if (file.size > LARGEST_RUN_BYTES) {
    throw new InputError(
      `${name} has ${file.size} bytes and a run file at most ${LARGEST_RUN_BYTES}; choose a file that Winnow saved.`,
    );
  }
  return decodeSaved(await contentOf(file, name), name);
}

/** For a file of this run: winnow-walk-5x20-1-gkv-B64.winnow. `problemId` is null if the prompt is the user's own. */
export function runFileName(trace: Trace, problemId: string | null, extension = "winnow"): string {
  const { policyId, parameters, sampling } = trace.header;
  const hasBudget = policyId !== "fullCache" && parameters.budgetSlots !== undefined;
  const parts = [
    "winnow",
    problemId ?? "prompt",
    policyId,
    ...(hasBudget ? [`B${String(parameters.budgetSlots)}`] : []),
    ...(sampling.temperature > 0 ? [`seed${sampling.seed}`] : []),
  ];
  return `${parts.map(safePart).filter(Boolean).join("-")}.${extension}`;
}

async function contentOf(file: RunFileBlob, name: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    // A folder, a file moved or changed since it was chosen, a drive that was removed.
    if (error instanceof DOMException) {
      throw new InputError(`${name} cannot be read: it is a folder, or was moved or changed; choose it again.`);
    }
    throw error;
  }
}

/** Letters, digits, dot, dash and underscore work on any disk; anything else becomes one dash. */
function safePart(text: string): string {
  return text
    .replaceAll(/[^\w.-]+/g, "-")
    .replaceAll(/^[-.]+|[-.]+$/g, "")
    .slice(0, LONGEST_NAME_PART);
}

function shownName(name: string): string {
  if (name === "") return "The file";
  return name.length > LONGEST_SHOWN_NAME ? `${name.slice(0, LONGEST_SHOWN_NAME)}…` : name;
}
