// Finds case files on disk: every *.json below the given folders that declares a kind.
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { errorMessage, InputError } from "../../src/lib/errors";
import { kindOf } from "./runCase";

export interface CaseFile {
  readonly file: string;
  /** "unreadable" if the file isn't JSON. */
  readonly kind: string;
  readonly json: unknown;
  /** Why the file could not be parsed. */
  readonly problem: string | null;
}

/** Cases in order of path. JSON that declares no kind (an index, say) is skipped; a file that isn't JSON is a failed case. */
export async function findCases(places: readonly string[]): Promise<CaseFile[]> {
  const files = (await Promise.all(places.map(jsonFilesBelow))).flat();
  const cases = await Promise.all([...new Set(files)].sort().map(readCase));
  return cases.filter((found) => found !== null);
}

/** Reads what a case names, from the folder that the case lies in. */
export function beside(file: string): (name: string) => Promise<unknown> {
  return async (name) => {
    const place = path.join(path.dirname(file), `${name}.json`);
    const found = path.basename(name) === name ? await readCase(place) : null;
    if (found === null || found.problem !== null) throw new InputError(`${place} cannot be read; the case needs it`);
    return found.json;
  };
}

async function jsonFilesBelow(place: string): Promise<string[]> {
  const found = await stat(place).catch(() => null);
  if (found === null) throw new InputError(`${place}: there is no such file or folder; give a folder of case files`);
  if (found.isFile()) return [place];
  const names = await readdir(place, { recursive: true });
  return names
    .filter((name) => name.endsWith(".json") && path.basename(name) !== "index.json")
    .map((name) => path.join(place, name));
}

async function readCase(file: string): Promise<CaseFile | null> {
  try {
    const json: unknown = JSON.parse(await readFile(file, "utf8"));
    const kind = kindOf(json);
    return kind === null ? null : { file, kind, json, problem: null };
  } catch (error) {
    return { file, kind: "unreadable", json: null, problem: errorMessage(error) };
  }
}
