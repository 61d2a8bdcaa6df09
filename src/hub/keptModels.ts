// The models that this browser keeps: a record of each in a database, its files in the origin's private file system. That a
// file exists proves nothing: only a record whose files are all whole makes a model that can be run.

import type { DBSchema, IDBPDatabase } from "idb";
import { openDB } from "idb";
import { InputError } from "../lib/errors";
import { sha256 } from "../lib/sha256";
import { emptyPart, type PartRecord } from "./download";

/** Where a kept model came from. */
export type ModelOrigin =
  | { readonly type: "hub"; readonly hub: string; readonly repository: string; readonly commit: string }
  /** `sha256` identifies the model (modelFiles.ts): two files of one name and size are two models. */
  | { readonly type: "disk"; readonly sha256: string };

export interface KeptFile {
  readonly path: string;
  readonly bytes: number;
  /** What the hub or the catalogue promises; null where nobody knew it beforehand. */
  readonly sha256: string | null;
  readonly part: PartRecord;
  /** "whole": every byte has come, and the digest is the promised one if there was a promise. */
  readonly state: "partial" | "whole" | "damaged";
  /** Of what has come, once that is everything. */
  readonly digest: string | null;
}

export interface KeptModel {
  readonly key: string;
  readonly label: string;
  readonly origin: ModelOrigin;
  readonly files: readonly KeptFile[];
  readonly licence: string | null;
  readonly addedAtMs: number;
}

export interface WantedModel {
  readonly label: string;
  readonly origin: ModelOrigin;
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string | null }[];
  readonly licence: string | null;
}

const DATABASE = "winnow-models";
const FOLDER = "models";
/** Other tabs and documents of the page hear on it that the list has changed. */
export const KEPT_CHANNEL = "winnow-models";

interface ModelsSchema extends DBSchema {
  models: { key: string; value: KeptModel };
}

let opened: Promise<IDBPDatabase<ModelsSchema>> | null = null;

function database(): Promise<IDBPDatabase<ModelsSchema>> {
  opened ??= openDB<ModelsSchema>(DATABASE, 1, {
    upgrade: (fresh) => void fresh.createObjectStore("models", { keyPath: "key" }),
    terminated: () => (opened = null),
    blocking: (_, __, event) => (event.target as IDBDatabase).close(),
  }).catch((error: unknown) => {
    opened = null;
    throw storageError(error);
  });
  return opened;
}

/** The same model from the same place has the same key: a download that stopped goes on under it. */
export async function keyOf({ origin, files }: WantedModel): Promise<string> {
  const text = JSON.stringify([origin, files.map(({ path, bytes, sha256: digest }) => [path, bytes, digest])]);
  return (await sha256(new TextEncoder().encode(text))).slice(0, 24);
}

/** The record of a model as it was left the last time; null where there is none. */
export async function findModel(wanted: WantedModel): Promise<KeptModel | null> {
  return (await (await database()).get("models", await keyOf(wanted))) ?? null;
}

/** The same, or a fresh one. */
export async function beginModel(wanted: WantedModel): Promise<KeptModel> {
  const key = await keyOf(wanted);
  const known = await findModel(wanted);
  if (known !== null) return known;
  const files = wanted.files.map((file) => ({ ...file, part: emptyPart, state: "partial", digest: null }) as const);
  const fresh: KeptModel = { ...wanted, key, files, addedAtMs: Date.now() };
  await saveModel(fresh);
  return fresh;
}

export async function saveModel(model: KeptModel): Promise<void> {
  await (await database()).put("models", model);
}

export async function keptModels(): Promise<readonly KeptModel[]> {
  const all = await (await database()).getAll("models");
  return all.toSorted((one, other) => other.addedAtMs - one.addedAtMs);
}

export function isWhole({ files }: KeptModel): boolean {
  return files.every(({ state }) => state === "whole");
}

export function bytesOfModel({ files }: Pick<KeptModel, "files">): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

export function bytesThere({ files }: KeptModel): number {
  return files.reduce((sum, { state, bytes, part }) => sum + (state === "partial" ? part.bytesSafe : bytes), 0);
}

/** Deletes record and files. Rejects with InputError while a tab writes or reads them. */
export async function forgetModel(key: string): Promise<void> {
  const folder = await modelsFolder();
  await navigator.locks.request(writerLock(key), { ifAvailable: true }, async (lock) => {
    if (lock === null) throw inUse();
    for await (const name of folder.keys()) {
      if (name.startsWith(`${key}.`)) await folder.removeEntry(name).catch(removalFailed);
    }
    await (await database()).delete("models", key);
  });
  announceKept();
}

/** Who holds the lock of this name may write or delete the model. */
export function writerLock(key: string): string {
  return `winnow-model-${key}`;
}

/** Tells all tabs and documents of the page that the list has changed. */
export function announceKept(): void {
  const channel = new BroadcastChannel(KEPT_CHANNEL);
  channel.postMessage("changed");
  channel.close();
}

function removalFailed(error: unknown): void {
  if (error instanceof DOMException && error.name === "NotFoundError") return;
  throw inUse();
}

function inUse(): InputError {
  return new InputError("The files are in use by this page or another tab of it; let it finish, then delete again.");
}

/** The files of a model that is whole, by path. Throws InputError for one that is not, or has lost a file since. */
export async function openModel(key: string): Promise<{ readonly model: KeptModel; readonly files: readonly File[] }> {
  const model = await (await database()).get("models", key);
  if (model === undefined) throw new InputError("This model is no longer in this browser; download it again.");
  if (!isWhole(model)) throw new InputError(`${model.label} has not come as a whole yet; go on with its download.`);
  const folder = await modelsFolder();
  const files: File[] = [];
  for (const [place, { path, bytes }] of model.files.entries()) {
    const file = await folder.getFileHandle(storedName(key, place)).then(
      (handle) => handle.getFile(),
      () => null,
    );
    if (file === null || file.size !== bytes) {
      throw new InputError(`${model.label}: ${path} is no longer as it was stored; delete the model and get it again.`);
    }
    files.push(file);
  }
  return { model, files };
}

export async function modelsFolder(): Promise<FileSystemDirectoryHandle> {
  // Not there on pages without https, and in private windows of some browsers.
  const manager = navigator.storage as StorageManager | undefined;
  if (manager?.getDirectory === undefined) throw storageError(null);
  try {
    return await (await manager.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
  } catch (error) {
    throw storageError(error);
  }
}

export function storedName(key: string, place: number): string {
  return `${key}.${place}`;
}

/** Deletes files that no record names: those of a model that was deleted while it was written. */
export async function sweepFiles(): Promise<void> {
  const known = new Set((await keptModels()).map(({ key }) => key));
  const folder = await modelsFolder();
  for await (const name of folder.keys()) {
    if (!known.has(name.split(".")[0])) await folder.removeEntry(name).catch(() => undefined);
  }
}

/** Free room in this browser; null where it does not say. */
export async function freeBytes(): Promise<number | null> {
  const manager = navigator.storage as StorageManager | undefined;
  const { quota, usage } = (await manager?.estimate?.().catch(() => null)) ?? {};
  return quota === undefined || usage === undefined ? null : Math.max(0, quota - usage);
}

/** Asks the browser not to clear the storage by itself; nothing depends on the answer. */
export function askToPersist(): void {
  void (navigator.storage as StorageManager | undefined)?.persist?.().catch(() => false);
}

function storageError(error: unknown): InputError {
  const reason = error instanceof Error ? ` (${error.message})` : "";
  return new InputError(
    `This browser keeps no large files for this page${reason}; that is so in private windows. Open the model from disk instead.`,
  );
}
