// Run files in the origin's private file system, one file per run. A file appears whole or not at all: what is written goes
// to a copy, which takes the file's name when it is closed.

const FOLDER = "runs";
const PROBE = "probe";

export interface FileBodies {
  /** Rejects with the browser's DOMException; nothing is left behind then. */
  write(id: string, bytes: Uint8Array): Promise<void>;
  /** Null where there is none. */
  read(id: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Null where there is none. */
  size(id: string): Promise<number | null>;
  remove(id: string): Promise<void>;
  /** Removes files that no entry names and that nobody can still be writing. */
  sweep(isKnown: (id: string) => boolean, olderThanMs: number): Promise<void>;
}

/** Null where the browser has no such file system, or one that only workers may write to. */
export async function openFileBodies(
  getDirectory: (() => Promise<FileSystemDirectoryHandle>) | undefined,
): Promise<FileBodies | null> {
  if (getDirectory === undefined) return null;
  try {
    const folder = await (await getDirectory()).getDirectoryHandle(FOLDER, { create: true });
    const probe = await folder.getFileHandle(PROBE, { create: true });
    const isWritable = "createWritable" in probe;
    await folder.removeEntry(PROBE);
    return isWritable ? fileBodies(folder) : null;
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

function fileBodies(folder: FileSystemDirectoryHandle): FileBodies {
  const fileOf = async (id: string): Promise<File | null> =>
    orNull(async () => (await folder.getFileHandle(fileName(id))).getFile());
  const remove = async (id: string): Promise<void> => {
    await orNull(() => folder.removeEntry(fileName(id)));
  };
  return {
    async write(id, bytes) {
      const handle = await folder.getFileHandle(fileName(id), { create: true });
      try {
        const stream = await handle.createWritable();
        try {
          await stream.write(bytes as Uint8Array<ArrayBuffer>);
          await stream.close();
        } catch (error) {
          await stream.abort().catch(() => undefined); // it may have failed for good already
          throw error;
        }
      } catch (error) {
        await remove(id);
        throw error;
      }
    },
    async read(id) {
      const file = await fileOf(id);
      return file && new Uint8Array(await file.arrayBuffer());
    },
    size: async (id) => (await fileOf(id))?.size ?? null,
    remove,
    async sweep(isKnown, olderThanMs) {
      for await (const name of folder.keys()) {
        const id = name.replace(/\.winnow$/, "");
        if (isKnown(id)) continue;
        const file = await fileOf(id);
        if (file !== null && file.lastModified < olderThanMs) await remove(id);
      }
    },
  };
}

function fileName(id: string): string {
  return `${id}.winnow`;
}

async function orNull<Result>(act: () => Promise<Result>): Promise<Result | null> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotFoundError") return null;
    throw error;
  }
}
