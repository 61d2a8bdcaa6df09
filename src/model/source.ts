// Where a model's files come from: a folder on a server, on disk, or in memory. The rest reads through this.

import { InputError } from "../lib/errors";
import type { ByteSource } from "./source/byteSource";

export type ReadProgress = (loadedBytes: number, totalBytes: number | null) => void;

export interface ModelSource {
  /** What the user knows it by: an address or a path, for messages. */
  readonly name: string;
  /** The bytes of a file of the model's folder, or null when there is no such file. */
  read(fileName: string, onProgress?: ReadProgress): Promise<Uint8Array | null>;
  /** Of a model in GGUF: its parts in order, read by ranges. Absent: a folder in Hugging Face layout. */
  openGguf?(): Promise<readonly ByteSource[]>;
}

/** Files that are already in memory, by name: tests, and files dropped on the page. */
export function memorySource(name: string, files: Readonly<Record<string, Uint8Array>>): ModelSource {
  const byName = new Map(Object.entries(files));
  return {
    name,
    read: (fileName, onProgress) => {
      const bytes = byName.get(fileName) ?? null;
      if (bytes) onProgress?.(bytes.length, bytes.length);
      return Promise.resolve(bytes);
    },
  };
}

/** A file that must exist. */
export async function readRequired(
  source: ModelSource,
  fileName: string,
  onProgress?: ReadProgress,
): Promise<Uint8Array> {
  const bytes = await source.read(fileName, onProgress);
  if (bytes) return bytes;
  throw new InputError(
    `${source.name}/${fileName}: expected a file, found none; give the folder of a model in Hugging Face layout`,
  );
}
