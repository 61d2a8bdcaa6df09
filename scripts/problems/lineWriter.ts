// Lines to a stream in large chunks: a line at a time would cost more than drawing the problem.

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import process from "node:process";
import type { Writable } from "node:stream";
import { errorMessage, InputError } from "../../src/lib/errors";

const CHUNK_CHARACTERS = 1 << 16;

export interface LineWriter {
  /** False once nobody reads any more (a closed pipe): the writer may then stop. */
  write(line: string): Promise<boolean>;
  /** Writes what is left. */
  end(): Promise<void>;
}

/** Throws InputError, at the latest from `end`, when the file cannot be written. */
export function createLineWriter(file: string | null): LineWriter {
  const stream: Writable = file === null ? process.stdout : createWriteStream(file);
  let failure: NodeJS.ErrnoException | null = null;
  stream.on("error", (error) => (failure = error));
  let waiting = "";

  const flush = async (): Promise<boolean> => {
    const chunk = waiting;
    waiting = "";
    if (failure === null && chunk !== "") {
      await new Promise<void>((resolve) => stream.write(chunk, () => resolve()));
    }
    if (failure === null) return true;
    if (failure.code === "EPIPE") return false;
    throw new InputError(`${file ?? "standard output"} cannot be written: ${errorMessage(failure)}`);
  };

  return {
    write: async (line) => {
      waiting += `${line}\n`;
      return waiting.length < CHUNK_CHARACTERS ? failure === null : flush();
    },
    end: async () => {
      const isOpen = await flush();
      if (file === null || !isOpen) return;
      const closed = once(stream, "close");
      stream.end();
      await closed;
    },
  };
}
