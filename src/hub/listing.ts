// What a hub says about a repository: its commit, its files, and which of them make a model. Everything that it answers is
// untrusted and checked here.

import { InputError } from "../lib/errors";
import { shortened } from "../lib/shortened";
import type { Hub } from "./hubs";
import { isFolderFile, isHelper, isWeightFile, splitGgufName } from "./modelFiles";

export interface HubFile {
  readonly path: string;
  readonly bytes: number;
  /** Of its content; null for small files, which a hub keeps without one. */
  readonly sha256: string | null;
}

export interface Listing {
  readonly commit: string;
  readonly files: readonly HubFile[];
}

/** Files that make a model together. */
export interface ModelChoice {
  readonly label: string;
  readonly files: readonly HubFile[];
  readonly bytes: number;
}

/** Asks the hub; rejects with InputError for what is no answer. */
export type Ask = (address: string) => Promise<Response>;

const MOST_PAGES = 50;
const MOST_FILES = 20_000;
const MOST_ANSWER_BYTES = 8 * 2 ** 20;

const repositoryName = /^[\w][\w.-]{0,95}\/[\w][\w.-]{0,95}$/;
const revisionName = /^[\w][\w./-]{0,99}$/;
const filePath = /^[\w][\w.+ -]*(?:\/[\w][\w.+ -]*)*$/;

/** OWNER/NAME from what somebody typed or pasted: with a hub's address before it, or with a path behind it. */
export function parseRepository(text: string): string {
  const bare = text
    .trim()
    .replace(/^https?:\/\/[^/]+\//, "")
    .replace(/[?#].*$/, "");
  const name = bare.split("/").slice(0, 2).join("/");
  if (repositoryName.test(name) && !name.includes("..")) return name;
  throw new InputError(
    `“${shortened(text)}”: expected the name of a repository, such as Qwen/Qwen3-0.6B-GGUF; copy it from the head of its page`,
  );
}

export function isCommit(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

export function isSha256(text: unknown): text is string {
  return typeof text === "string" && /^[0-9a-f]{64}$/.test(text);
}

/** Address of a file: small ones are there, large ones are sent on to a file host for a short time. */
export function fileAddress(hub: Hub, repository: string, commit: string, path: string): string {
  return `${hub.origin}/${repository}/resolve/${commit}/${path.split("/").map(encodeURIComponent).join("/")}`;
}

/** The commit that a revision names at present, and the files of that commit. */
export async function listRepository(hub: Hub, repository: string, revision: string, ask: Ask): Promise<Listing> {
  if (!repositoryName.test(repository) || !revisionName.test(revision)) {
    throw new InputError(`${shortened(repository)}: expected OWNER/NAME and a revision; check the name`);
  }
  const api = `${hub.origin}/api/models/${repository}`;
  const named = await askJson(`${api}/revision/${encodeURIComponent(revision)}`, ask);
  const commit = (named.value as { readonly sha?: unknown } | null)?.sha;
  if (typeof commit !== "string" || !isCommit(commit)) {
    throw new InputError(`${hub.label}: expected the commit of ${repository}, found none; try again later`);
  }
  const files: HubFile[] = [];
  let page: string | null = `${api}/tree/${commit}?recursive=true`;
  for (let pageCount = 0; page !== null; pageCount++) {
    if (pageCount >= MOST_PAGES || files.length > MOST_FILES) {
      throw new InputError(`${repository}: has more files than this page reads; name a smaller repository`);
    }
    const { value, next } = await askJson(page, ask);
    if (!Array.isArray(value)) throw new InputError(`${hub.label}: expected a list of files of ${repository}`);
    for (const entry of value) {
      const file = parseEntry(entry);
      if (file !== null) files.push(file);
    }
    // A page elsewhere is none of this hub's.
    page = next !== null && new URL(next, page).origin === hub.origin ? new URL(next, page).href : null;
  }
  return { commit, files };
}

interface Answer {
  readonly value: unknown;
  /** Address of the next page of a list. */
  readonly next: string | null;
}

async function askJson(address: string, ask: Ask): Promise<Answer> {
  const response = await ask(address);
  const text = await textWithin(response, MOST_ANSWER_BYTES);
  const next = /<([^>]+)>\s*;\s*rel="?next"?/.exec(response.headers.get("link") ?? "")?.[1] ?? null;
  try {
    return { value: JSON.parse(text) as unknown, next };
  } catch {
    throw new InputError(`${address}: expected JSON, found ${shortened(text) || "nothing"}; is this a hub?`);
  }
}

async function textWithin(response: Response, mostBytes: number): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    bytes += part.value.length;
    if (bytes > mostBytes) {
      await reader?.cancel();
      throw new InputError(`${response.url}: the answer is longer than ${mostBytes} bytes; is this a hub?`);
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}

/** Null for a folder, and for an entry that makes no sense. */
function parseEntry(entry: unknown): HubFile | null {
  if (typeof entry !== "object" || entry === null) return null;
  const { type, path, size, lfs } = entry as Record<string, unknown>;
  if (type !== "file" || typeof path !== "string" || !filePath.test(path) || path.length > 300) return null;
  const large = typeof lfs === "object" && lfs !== null ? (lfs as Record<string, unknown>) : {};
  const bytes = large.size ?? size;
  if (typeof bytes !== "number" || !Number.isSafeInteger(bytes) || bytes < 0) return null;
  return { path, bytes, sha256: isSha256(large.oid) ? large.oid : null };
}

/** The models among the files of a repository, smallest first. */
export function modelChoices(files: readonly HubFile[]): readonly ModelChoice[] {
  const choices: ModelChoice[] = [];
  const add = (label: string, parts: readonly HubFile[]): number =>
    choices.push({ label, files: parts, bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0) });
  const splits = new Map<string, HubFile[]>();
  for (const file of files) {
    if (!/\.gguf$/i.test(file.path) || isHelper(file.path)) continue;
    const split = splitGgufName.exec(file.path);
    if (split === null) add(file.path, [file]);
    else {
      const key = `${split[1]} of ${split[3]}`;
      splits.set(key, [...(splits.get(key) ?? []), file]);
    }
  }
  for (const parts of splits.values()) {
    const inOrder = parts.toSorted((one, other) => one.path.localeCompare(other.path));
    const match = splitGgufName.exec(inOrder[0].path);
    if (match !== null && inOrder.length === Number(match[3]))
      add(`${match[1]}.gguf, ${inOrder.length} parts`, inOrder);
  }
  const folder = files.filter(({ path }) => isFolderFile(path));
  const hasAll = ["config.json", "tokenizer.json"].every((name) => folder.some(({ path }) => path === name));
  const weights = folder.filter(({ path }) => isWeightFile(path));
  const beside = folder.filter(({ path }) => !isWeightFile(path));
  if (hasAll && weights.length > 0) add("safetensors", [...beside, ...weights]);
  return choices.toSorted((one, other) => one.bytes - other.bytes);
}
