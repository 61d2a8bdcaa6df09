// A run file holds one trace: encodeRunFile and decodeRunFile are exact inverses. Layout: docs/run-file.md.

import { InputError } from "../lib/errors";
import type { Trace } from "./trace";

/** The bytes of a run file. */
export function encodeRunFile(_trace: Trace): Promise<Uint8Array> {
  return Promise.reject(new Error("being written"));
}

/** The trace in a run file; anything that is not exactly one gets an InputError that names the file. */
export function decodeRunFile(_bytes: Uint8Array, fileName: string): Promise<Trace> {
  return Promise.reject(new InputError(`${fileName}: being written`));
}
