// A model that was dropped on the page: a file, the parts of one, or a folder.
import { InputError } from "../../lib/errors";
import type { Brought } from "../../state/brought";
import type { PageStore } from "../../state/pageStore";
import type { DroppedFiles } from "../library/DropTarget";
import { bringFiles, type NamedBlobs } from "./bringModel";

/** A folder of a model has a dozen files; a drop of a whole disk ends here. */
const MOST_FILES = 2000;

export async function bringDrop(store: PageStore, dropped: DroppedFiles): Promise<void> {
  const { tell } = store.getState();
  const files = await filesOfDrop(dropped);
  tell("info", "Reading the model: its SHA-256 is computed first.");
  try {
    const model = await bringFiles(store, files, {
      onProgress: () => undefined,
      signal: new AbortController().signal,
    });
    tell("info", chosenWords(model));
  } finally {
    const reading = store.getState().notices.find(({ text }) => text.startsWith("Reading the model:"));
    if (reading !== undefined) store.getState().dismiss(reading.id);
  }
}

/** What the page says of a model from disk that was just chosen. */
export function chosenWords({ label }: Brought): string {
  return `${label} is chosen. Nothing was copied: it is read where it lies. Models can keep it in this browser.`;
}

/** With their paths within a folder that was dropped. */
export async function filesOfDrop({ files, entries }: DroppedFiles): Promise<NamedBlobs> {
  if (!entries.some(({ isDirectory }) => isDirectory)) return files.map((blob) => ({ path: blob.name, blob }));
  const found: { path: string; blob: Blob }[] = [];
  const walk = async (entry: FileSystemEntry, folder: string): Promise<void> => {
    if (found.length > MOST_FILES)
      throw new InputError(`This folder holds more than ${MOST_FILES} files; drop the folder of one model.`);
    const path = `${folder}${entry.name}`;
    if (entry.isFile) found.push({ path, blob: await fileOf(entry as FileSystemFileEntry) });
    else for (const child of await childrenOf(entry as FileSystemDirectoryEntry)) await walk(child, `${path}/`);
  };
  for (const entry of entries) await walk(entry, "");
  return found;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** Browsers give a hundred at a time. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}
