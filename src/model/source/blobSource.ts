// A model's files as the visitor brought them: picked, dropped, or kept in this browser. Read from disk when asked for.

import { errorMessage, InputError } from "../../lib/errors";
import type { ModelSource } from "../source";
import { blobBytes } from "./byteSource";

export interface NamedBlob {
  /** Within the model's folder. */
  readonly path: string;
  readonly blob: Blob;
}

/** `name`: what the visitor knows the model by. */
export function blobSource(name: string, files: readonly NamedBlob[]): ModelSource {
  const parts = files.filter(({ path }) => path.endsWith(".gguf"));
  return {
    name,
    async read(fileName, onProgress) {
      if (files.length === 0) {
        throw new InputError(`${name} isn’t in this browser: open Models to download it, or drop its file on the page`);
      }
      const file = files.find(({ path }) => path === fileName);
      if (file === undefined) return null;
      try {
        const bytes = new Uint8Array(await file.blob.arrayBuffer());
        onProgress?.(bytes.length, bytes.length);
        return bytes;
      } catch (error) {
        // NotReadableError: it was changed, moved or deleted after it was chosen. NotFoundError: deleted from the storage.
        throw new InputError(`${name}/${fileName}: could not be read (${errorMessage(error)}); choose the model again`);
      }
    },
    ...(parts.length > 0 && { openGguf: () => Promise.resolve(parts.map(({ path, blob }) => blobBytes(path, blob))) }),
  };
}
