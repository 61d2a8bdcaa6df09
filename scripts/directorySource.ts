// Reads a model's files from a folder on disk, for scripts and tests in Node.

import { readFile } from "node:fs/promises";
import path from "node:path";
import { errorMessage, InputError } from "../src/lib/errors";
import type { ModelSource } from "../src/model/source";

export function directorySource(folder: string): ModelSource {
  return {
    name: folder,
    read: async (fileName, onProgress) => {
      try {
        const bytes = await readFile(path.join(folder, fileName));
        onProgress?.(bytes.length, bytes.length);
        return bytes;
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
        throw new InputError(`${path.join(folder, fileName)}: could not be read (${errorMessage(error)})`);
      }
    },
  };
}
