// The recorded runs that ship with the page, read before any engine is asked for. Addresses are relative, so that the
// page works from any folder of any host.
import { InputError } from "../lib/errors";
import { MOST_LANES } from "../engine/protocol";
import { decodeRunFile } from "../trace/file/runFile";
import type { Trace } from "../trace/trace";

export interface RecordedRun {
  readonly id: string;
  readonly title: string;
  /** One; several of one prompt are lanes side by side. */
  readonly files: readonly string[];
  /** Id of the problem that was asked, where the index says. */
  readonly problemId: string | null;
}

/** The list in runs/index.json; the first one plays on load. Throws in plain words. */
export async function loadRecordedRuns(): Promise<readonly RecordedRun[]> {
  return parseRunIndex(await (await fetchFile("runs/index.json")).json());
}

export function loadRecordedRun({ files }: RecordedRun): Promise<readonly Trace[]> {
  return Promise.all(files.map(loadFile));
}

async function loadFile(file: string): Promise<Trace> {
  const response = await fetchFile(`runs/${file}`);
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
  // Files of the folder itself, nothing else.
  const isFolders = names.length === files.length && names.every((name) => /^[\w.-]+$/.test(name));
  const isShowable = names.length >= 1 && names.length <= MOST_LANES;
  return isFolders && isShowable ? [{ id, title, files: names, problemId: textOf(problem, "id") }] : [];
}

function textOf(record: unknown, field: string): string | null {
  const value = (Object(record) as Partial<Record<string, unknown>>)[field];
  return typeof value === "string" ? value : null;
}

async function fetchFile(path: string): Promise<Response> {
  const response = await fetch(path);
  if (!response.ok) throw new InputError(`${path} could not be loaded (HTTP ${response.status})`);
  return response;
}
