// For tests of the library: browsers with IndexedDB and a private file system in memory, of any size, with anything missing.
import { IDBFactory } from "fake-indexeddb";
import type { LibraryStorage } from "./runLibrary";

export interface DrivenBrowser {
  readonly storage: LibraryStorage;
  /** Files of the private file system, by name. */
  readonly files: Map<string, DrivenFile>;
  /** Bytes that still fit into the file system. */
  roomBytes: number;
  nowMs: number;
}

export interface DrivenFile {
  readonly bytes: Uint8Array;
  readonly lastModified: number;
}

/** `hasFiles` false: a browser whose only storage is IndexedDB. */
export function driveBrowser({ hasFiles = true }: { hasFiles?: boolean } = {}): DrivenBrowser {
  let idCount = 0;
  const browser: DrivenBrowser = {
    files: new Map(),
    roomBytes: Infinity,
    nowMs: 1_000_000_000,
    storage: {
      indexedDb: new IDBFactory(),
      getDirectory: hasFiles ? () => Promise.resolve(directory(browser, "")) : undefined,
      manager: {
        estimate: () => Promise.resolve({ usage: 1234, quota: 5_000_000 }),
        persist: () => Promise.resolve(true),
        persisted: () => Promise.resolve(false),
      },
      now: () => browser.nowMs,
      newId: () => `run${idCount++}`,
    },
  };
  return browser;
}

function directory(browser: DrivenBrowser, path: string): FileSystemDirectoryHandle {
  const { files } = browser;
  const notFound = () => new DOMException("nothing of that name", "NotFoundError");
  const handle = {
    getDirectoryHandle: (name: string) => Promise.resolve(directory(browser, `${path}${name}/`)),
    getFileHandle(name: string, { create = false } = {}) {
      const key = path + name;
      if (!files.has(key) && !create) return Promise.reject(notFound());
      if (!files.has(key)) files.set(key, { bytes: new Uint8Array(0), lastModified: browser.nowMs });
      return Promise.resolve({ getFile: () => Promise.resolve(fileOf(files.get(key))), ...writable(browser, key) });
    },
    removeEntry: (name: string) => (files.delete(path + name) ? Promise.resolve() : Promise.reject(notFound())),
    async *keys() {
      for (const key of [...files.keys()]) yield await Promise.resolve(key.slice(path.length));
    },
  };
  return handle as unknown as FileSystemDirectoryHandle;
}

function writable(browser: DrivenBrowser, key: string) {
  return {
    createWritable() {
      let written = new Uint8Array(0);
      return Promise.resolve({
        write(bytes: Uint8Array) {
          if (bytes.length > browser.roomBytes) return Promise.reject(fullDisk());
          written = bytes.slice();
          return Promise.resolve();
        },
        close() {
          browser.roomBytes -= written.length;
          browser.files.set(key, { bytes: written, lastModified: browser.nowMs });
          return Promise.resolve();
        },
        abort: () => Promise.resolve(),
      });
    },
  };
}

export function fullDisk(): DOMException {
  return new DOMException("no room", "QuotaExceededError");
}

function fileOf(file: DrivenFile | undefined) {
  const { bytes, lastModified } = file ?? { bytes: new Uint8Array(0), lastModified: 0 };
  return { size: bytes.length, lastModified, arrayBuffer: () => Promise.resolve(bytes.slice().buffer) };
}
