// A file on disk as a ByteSource, for scripts and tests in Node.

import { closeSync, fstatSync, openSync, read } from "node:fs";
import { promisify } from "node:util";
import { errorMessage, InputError } from "../src/lib/errors";
import { checkRange, type ByteSource } from "../src/model/source/byteSource";

/** Reads up to this size share one array, so that they leave no garbage. */
const SHARED_BYTES = 8 * 2 ** 20;

const readInto = promisify(read);

/** Stays open until `close`, or until the process ends. */
export function fileBytes(file: string): ByteSource & { close(): void } {
  const failed = (error: unknown): InputError =>
    new InputError(`${file}: could not be read (${errorMessage(error)}); check the path`);
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch (error) {
    throw failed(error);
  }
  const { size } = fstatSync(descriptor);
  let shared = new Uint8Array(0);
  return {
    name: file,
    size,
    read: async (offset, length) => {
      checkRange({ name: file, size }, offset, length);
      if (length > shared.length && length <= SHARED_BYTES) shared = new Uint8Array(length);
      const bytes = length <= SHARED_BYTES ? shared.subarray(0, length) : new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const { bytesRead } = await readInto(descriptor, bytes, done, length - done, offset + done).catch(
          (error: unknown) => {
            throw failed(error);
          },
        );
        if (bytesRead === 0) throw failed("it became shorter");
        done += bytesRead;
      }
      return bytes;
    },
    close: () => closeSync(descriptor),
  };
}
