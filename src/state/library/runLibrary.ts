// The runs that a person has kept in this browser: entries in IndexedDB, files in the origin's file system where there is
// one, else in the database too. Nothing is shown as saved before all of it is; every failure is an InputError in plain words.

import { InputError } from "../../lib/errors";
import { encodeSavedRun, type SavedTrace } from "../../trace/file/savedRun";
import type { FileBodies } from "./fileBodies";
import { openFileBodies } from "./fileBodies";
import type { LibraryRun, StoredRun } from "./libraryRun";
import { parseStoredRun, storedRunOf, unreadableRun } from "./libraryRun";
import type { RunDatabase } from "./runDatabase";
import { decodeSaved } from "./decodeSaved";
import { inBothStores, openRunDatabase } from "./runDatabase";

/** What the library needs of a browser; whatever is undefined is not there. See browserStorage.ts. */
export interface LibraryStorage {
  readonly indexedDb: IDBFactory | undefined;
  readonly getDirectory: (() => Promise<FileSystemDirectoryHandle>) | undefined;
  readonly manager: Pick<StorageManager, "estimate" | "persist" | "persisted"> | undefined;
  readonly now: () => number;
  readonly newId: () => string;
}

export interface LibraryQuota {
  /** All that this page stores in the browser, as far as the browser tells. */
  readonly usedBytes: number;
  readonly quotaBytes: number;
  /** The browser has promised not to clear it by itself. */
  readonly isPersistent: boolean;
}

export interface RunLibrary {
  /** `fileBytes` are the trace's run file, where it has been made already. */
  save(run: { trace: SavedTrace; name: string; fileBytes?: Uint8Array }): Promise<LibraryRun>;
  /** Newest first, those that are lost included. */
  list(): Promise<LibraryRun[]>;
  rename(id: string, name: string): Promise<void>;
  open(id: string): Promise<SavedTrace>;
  /** The run file as it was saved. */
  readFile(id: string): Promise<Uint8Array>;
  remove(id: string): Promise<void>;
  /** Null where the browser does not tell. */
  quota(): Promise<LibraryQuota | null>;
  /** Asks the browser to keep what is stored; true when it does. */
  persist(): Promise<boolean>;
  close(): void;
}

const LONGEST_NAME = 120;
const GONE = "The run is no longer in the library; another tab may have deleted it.";
/** Longer than any page takes to write a file. */
const ORPHAN_AGE_MS = 3_600_000;

/** Throws InputError where the browser refuses this page its storage. */
export async function openRunLibrary(storage: LibraryStorage): Promise<RunLibrary> {
  const { indexedDb } = storage;
  if (indexedDb === undefined) {
    throw new InputError("The library: this browser gives the page no storage; save runs as files instead.");
  }
  const database = await withStorage("The library", () => openRunDatabase(indexedDb));
  const files = await openFileBodies(storage.getDirectory);
  await withStorage("The library", () => sweepOrphans(database, files, storage.now() - ORPHAN_AGE_MS));
  return runLibrary(storage, database, files);
}

function runLibrary(storage: LibraryStorage, database: RunDatabase, files: FileBodies | null): RunLibrary {
  const entryOf = async (id: string): Promise<StoredRun> => {
    const entry = parseStoredRun(await database.get("runs", id));
    if (entry === null) throw new InputError(GONE);
    return entry;
  };

  const isLost = async ({ id, place, fileBytes }: StoredRun): Promise<boolean> => {
    if (place === "database") return (await database.getKey("files", id)) === undefined;
    return (await files?.size(id)) !== fileBytes;
  };

  const readFile = async (id: string): Promise<Uint8Array<ArrayBuffer>> => {
    const { name, place, fileBytes } = await entryOf(id);
    const bytes = place === "database" ? await database.get("files", id) : await files?.read(id);
    if (bytes?.length === fileBytes) return bytes;
    throw new InputError(`The file of “${name}” is gone: the browser has cleared it; delete the entry.`);
  };

  const put = async (entry: StoredRun, bytes: Uint8Array): Promise<void> => {
    if (files !== null && entry.place === "files") {
      await files.write(entry.id, bytes);
      try {
        await database.put("runs", entry);
      } catch (error) {
        await files.remove(entry.id);
        throw error;
      }
      return;
    }
    await inBothStores(database, (runs, bodies) => [
      bodies.put(bytes as Uint8Array<ArrayBuffer>, entry.id),
      runs.put(entry),
    ]);
  };

  return {
    async save({ trace, name, fileBytes }) {
      const bytes = fileBytes ?? (await encodeSavedRun(trace));
      const entry = storedRunOf(trace, {
        id: storage.newId(),
        name: usableName(name),
        savedAtMs: storage.now(),
        fileBytes: bytes.length,
        place: files === null ? "database" : "files",
      });
      await withStorage(`“${entry.name}” (${kilobytes(bytes.length)}) was not saved`, () => put(entry, bytes));
      return { ...entry, isLost: false };
    },
    list: () =>
      withStorage("The library", async () => {
        const keys = await database.getAllKeys("runs");
        const runs = await Promise.all(
          keys.map(async (id): Promise<LibraryRun> => {
            const entry = parseStoredRun(await database.get("runs", id));
            return entry === null ? unreadableRun(id) : { ...entry, isLost: await isLost(entry) };
          }),
        );
        return runs.sort((left, right) => right.savedAtMs - left.savedAtMs);
      }),
    rename: (id, name) =>
      withStorage("The run was not renamed", async () => {
        const transaction = database.transaction("runs", "readwrite");
        const entry = parseStoredRun(await transaction.store.get(id));
        if (entry === null) throw new InputError(GONE);
        await transaction.store.put({ ...entry, name: usableName(name) });
        await transaction.done;
      }),
    async open(id) {
      const { name } = await withStorage("The library", () => entryOf(id));
      return decodeSaved(await withStorage(`“${name}”`, () => readFile(id)), `“${name}”`);
    },
    readFile: (id) => withStorage("The library", () => readFile(id)),
    remove: (id) =>
      withStorage("The run was not deleted", async () => {
        // The entry first: a file without an entry is swept, an entry without a file would look lost.
        await inBothStores(database, (runs, bodies) => [runs.delete(id), bodies.delete(id)]);
        await files?.remove(id);
      }),
    quota: () =>
      withStorage("The library", async () => {
        const { usage, quota } = (await storage.manager?.estimate()) ?? {};
        if (usage === undefined || quota === undefined) return null;
        return { usedBytes: usage, quotaBytes: quota, isPersistent: (await storage.manager?.persisted()) ?? false };
      }),
    persist: () => withStorage("The library", async () => (await storage.manager?.persist()) ?? false),
    close: () => database.close(),
  };
}

/** Files of savings that a crash cut off between the file and its entry. */
async function sweepOrphans(database: RunDatabase, files: FileBodies | null, olderThanMs: number): Promise<void> {
  const known = new Set(await database.getAllKeys("runs"));
  await files?.sweep((id) => known.has(id), olderThanMs);
}

function usableName(name: string): string {
  const trimmed = name.trim().replaceAll(/\s+/g, " ").slice(0, LONGEST_NAME);
  return trimmed === "" ? "Unnamed run" : trimmed;
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1000).toLocaleString("en")} kB`;
}

/**
 * Acts on the browser's storage; `what` begins the message if that fails. Every failure of storage becomes an InputError in
 * plain words; our own mistakes pass as they are.
 */
async function withStorage<Result>(what: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    throw new InputError(`${what}: ${reason(error)}`);
  }
}

function reason({ name, message }: DOMException): string {
  switch (name) {
    case "QuotaExceededError":
      return "the storage that the browser gives this page is full; delete runs from the library, or save this one as a file.";
    case "SecurityError":
    case "InvalidStateError":
    case "NotAllowedError":
      return "the browser refuses this page its storage (a private window, or blocked site data); save runs as files instead.";
    case "NotFoundError":
      return "the browser has cleared it; delete the entry.";
    default:
      return `the browser’s storage failed (${name}: ${message.replace(/\.$/, "")}); save the run as a file.`;
  }
}
