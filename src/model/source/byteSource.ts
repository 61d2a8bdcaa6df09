// A file of any size, read piece by piece: in memory, a Blob or File of the visitor, or whatever else can give ranges.

import { errorMessage, InputError } from "../../lib/errors";

export interface ByteSource {
  /** What the user knows it by: a file name, an address or a path, for messages. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /**
   * Exactly `length` bytes from `offset`. The array may be a view: do not write to it, and do not keep it, as the next read
   * may use its memory again. One read at a time. Rejects with InputError if the range does not lie inside the file, or if
   * the file cannot be read any more.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}

export function memoryBytes(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    // In a promise, so that a range outside the file rejects, as it does elsewhere.
    read: (offset, length) =>
      new Promise((resolve) => {
        checkRange({ name, size: bytes.length }, offset, length);
        resolve(bytes.subarray(offset, offset + length));
      }),
  };
}

/** A Blob, or a File that was picked or dropped: read from disk when asked for, never as a whole. */
export function blobBytes(name: string, blob: Blob): ByteSource {
  return {
    name,
    size: blob.size,
    read: async (offset, length) => {
      checkRange({ name, size: blob.size }, offset, length);
      try {
        return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
      } catch (error) {
        // NotReadableError: the file was changed, moved or deleted after it was chosen.
        throw new InputError(`${name}: could not be read (${errorMessage(error)}); choose the file again`);
      }
    },
  };
}

/** Every implementation asks this first. Rejects like a failed read. */
export function checkRange({ name, size }: Pick<ByteSource, "name" | "size">, offset: number, length: number): void {
  if (offset >= 0 && length >= 0 && offset + length <= size) return;
  throw new InputError(
    `${name}: has ${size} bytes, expected at least ${offset + length}; the file is cut short: download it again`,
  );
}
