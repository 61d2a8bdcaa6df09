// The edge to the browser's storage: the only file of the library that reads `indexedDB` and `navigator.storage`.

import type { LibraryStorage } from "./runLibrary";

export function browserStorage(): LibraryStorage {
  // Not there on pages without https, whatever the types say.
  const manager = navigator.storage as StorageManager | undefined;
  return {
    indexedDb: allowedIndexedDb(),
    getDirectory: manager?.getDirectory && (() => manager.getDirectory()),
    manager: manager?.estimate && manager,
    now: () => Date.now(),
    newId: () => [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join(""),
  };
}

/** Merely reading it throws in a frame without an origin of its own. */
function allowedIndexedDb(): IDBFactory | undefined {
  try {
    return globalThis.indexedDB;
  } catch {
    return undefined;
  }
}
