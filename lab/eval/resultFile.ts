// A results file: a heading, then one line per finished problem; lines are only ever appended. The key of a line is a
// digest of everything that decides the result, so one file serves any number of experiments.
//
//   {"file":"winnow-results","version":1}
//   {"key":"9f86d081884c7d65","result":{…}}
//   {"key":"60303ae22b998861","resu                ← cut off: ignored, computed again

import { InputError, errorMessage } from "../../src/lib/errors";
import { plainSha256 } from "../../src/lib/sha256";
import type { ProblemResult } from "../../src/experiment/results";
import { parseProblemResult } from "../../src/experiment/results";
import { baseParameters } from "../../src/policy/parameters";
import { appendFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import process from "node:process";

const heading = '{"file":"winnow-results","version":1}';

export interface ResultLog {
  /** The last result of every key. Failures are left out, so that they are tried again. */
  readonly results: ReadonlyMap<string, ProblemResult>;
  /** Lines that cannot be read because a crash cut them off. */
  readonly unreadableCount: number;
  /** What must be written before the next line: the heading, or the end of a line that was cut off. */
  readonly lead: string;
}

/** Key of a result: 16 hexadecimal digits over a record's values, whatever the order of its fields. */
export function resultKey(facts: Readonly<Record<string, unknown>>): string {
  return plainSha256(new TextEncoder().encode(canonicalJson(facts))).slice(0, 16);
}

/**
 * The parameters that differ from the base values: a row that joins the parameter table at a neutral value changes no key. A base
 * value that changed would give old keys a new meaning; it needs a new results file.
 */
export function changedParameters(parameters: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const base: Readonly<Partial<Record<string, unknown>>> = baseParameters;
  return Object.fromEntries(Object.entries(parameters).filter(([name, value]) => value !== base[name]));
}

export function resultLine(key: string, result: ProblemResult): string {
  return `${JSON.stringify({ key, result })}\n`;
}

/** Throws InputError for a text that was never a results file. */
export function parseResultLog(text: string, file: string): ResultLog {
  const results = new Map<string, ProblemResult>();
  if (heading.startsWith(text)) {
    return { results, unreadableCount: 0, lead: `${heading.slice(text.length)}\n` };
  }
  const [first, ...lines] = text.split("\n");
  if (first !== heading) {
    throw new InputError(`${file} is not a results file: its first line is not ${heading}; name a new file`);
  }
  let unreadableCount = 0;
  for (const line of lines) {
    if (line === "") continue;
    const entry = parseLine(line);
    if (entry === null) unreadableCount++;
    else if (entry.result.failure === null) results.set(entry.key, entry.result);
  }
  return { results, unreadableCount, lead: text.endsWith("\n") ? "" : "\n" };
}

function parseLine(line: string): { key: string; result: ProblemResult } | null {
  try {
    const { key, result } = Object(JSON.parse(line)) as Record<string, unknown>;
    const parsed = parseProblemResult(result);
    return typeof key === "string" && parsed !== null ? { key, result: parsed } : null;
  } catch {
    return null;
  }
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)));
  });
}

export interface ResultFile {
  readonly results: ReadonlyMap<string, ProblemResult>;
  append(key: string, result: ProblemResult): void;
}

/** With null, nothing is stored. Throws InputError if the file is something else or cannot be written. */
export async function openResultFile(file: string | null): Promise<ResultFile> {
  if (file === null) return { results: new Map(), append: () => undefined };
  const log = parseResultLog(await readIfThere(file), file);
  if (log.unreadableCount > 0)
    process.stderr.write(`${file}: ${log.unreadableCount} lines were cut off and are computed again\n`);
  append(file, log.lead);
  return { results: log.results, append: (key, result) => append(file, resultLine(key, result)) };
}

/** Writes at once, so that a crash loses no finished result. */
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
