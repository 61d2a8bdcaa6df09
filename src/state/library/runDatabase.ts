// The database of the library: entries of runs, and the files of those runs that could not go to the file system.
// An entry and a file are written in one transaction: both are there, or neither.

import type { DBSchema, IDBPDatabase, IDBPObjectStore } from "idb";
import { wrap } from "idb";
import { InputError } from "../../lib/errors";
import type { StoredRun } from "./libraryRun";

const NAME = "winnow-library";
const VERSION = 1;
/** A browser whose storage is broken may never answer. */
const PATIENCE_MS = 10_000;

interface LibrarySchema extends DBSchema {
  runs: { key: string; value: StoredRun };
  files: { key: string; value: Uint8Array<ArrayBuffer> };
}

export type RunDatabase = IDBPDatabase<LibrarySchema>;

/** Rejects with the browser's own DOMException, or an InputError where it does not answer. */
export async function openRunDatabase(indexedDb: IDBFactory): Promise<RunDatabase> {
  const request = indexedDb.open(NAME, VERSION);
  request.addEventListener("upgradeneeded", () => {
    request.result.createObjectStore("runs", { keyPath: "id" });
    request.result.createObjectStore("files");
  });
  const opened = wrap(request) as unknown as Promise<RunDatabase>;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new InputError("The library: the browser’s storage does not answer; save runs as files, or restart it."));
      // Should it answer after all, the database is closed again.
      void opened.then((database) => database.close()).catch(() => undefined);
    }, PATIENCE_MS);
  });
  try {
    const database = await Promise.race([opened, patience]);
    // A newer page in another tab may want to change the layout.
    database.addEventListener("versionchange", () => database.close());
    return database;
  } finally {
    clearTimeout(timer);
  }
}

type Store<Name extends "runs" | "files"> = IDBPObjectStore<LibrarySchema, ("runs" | "files")[], Name, "readwrite">;

/** All requests take effect, or none does. */
export async function inBothStores(
  database: RunDatabase,
  requests: (runs: Store<"runs">, files: Store<"files">) => readonly Promise<unknown>[],
): Promise<void> {
  const transaction = database.transaction(["runs", "files"] as ("runs" | "files")[], "readwrite");
  try {
    await Promise.all([
      ...requests(transaction.objectStore("runs"), transaction.objectStore("files")),
      transaction.done,
    ]);
  } catch (error) {
    // A request that an abort took along only says that; the transaction knows why.
    throw transaction.error ?? error;
  }
}
