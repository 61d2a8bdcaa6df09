// The results file on disk: read once, then a line appended as soon as a problem is done.

import { appendFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import process from "node:process";
import { errorMessage, InputError } from "../../src/lib/errors";
import type { ProblemResult } from "../../src/experiment/results";
import { parseResultLog, resultLine } from "./resultLog";

export interface ResultFile {
  readonly results: ReadonlyMap<string, ProblemResult>;
  append(key: string, result: ProblemResult): void;
}

/** Null as the file's name keeps nothing. Throws InputError for a file that is something else or cannot be written. */
export async function openResultFile(file: string | null): Promise<ResultFile> {
  if (file === null) return { results: new Map(), append: () => undefined };
  const log = parseResultLog(await readIfThere(file), file);
  if (log.unreadableCount > 0) process.stderr.write(`${file}: ${log.unreadableCount} lines cut off, done again\n`);
  append(file, log.lead);
  return { results: log.results, append: (key, result) => append(file, resultLine(key, result)) };
}

/** Written through at once: what has been computed survives whatever comes next. */
function append(file: string, text: string): void {
  try {
    appendFileSync(file, text);
  } catch (error) {
    throw new InputError(`the results file cannot be written: ${errorMessage(error)}`);
  }
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw new InputError(`the results file cannot be read: ${errorMessage(error)}`);
  }
}
