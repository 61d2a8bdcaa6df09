// A saved run of either kind: of text (runFile.ts) or of a stream of frames (stream/streamFile.ts), told apart by the entries of
// its file. The code of streams loads when a stream is met.
import type { StreamTrace } from "../stream/streamTrace";
import type { Trace } from "../trace";
import { decodeRunFile, encodeRunFile } from "./runFile";
import { STREAM_HEAD } from "./runFileHead";
import { zipNames } from "./zip";

export type SavedTrace = Trace | StreamTrace;

export function isStreamTrace(trace: SavedTrace): trace is StreamTrace {
  return "blocks" in trace;
}

export async function encodeSavedRun(trace: SavedTrace): Promise<Uint8Array> {
  if (!isStreamTrace(trace)) return encodeRunFile(trace);
  const { encodeStreamFile } = await import("../stream/streamFile");
  return encodeStreamFile(trace);
}

/** Throws InputError, which names the file, for anything that is not exactly one run. */
export async function decodeSavedRun(bytes: Uint8Array, fileName: string): Promise<SavedTrace> {
  if (!hasStream(bytes, fileName)) return decodeRunFile(bytes, fileName);
  const { decodeStreamFile } = await import("../stream/streamFile");
  return decodeStreamFile(bytes, fileName);
}

function hasStream(bytes: Uint8Array, fileName: string): boolean {
  const isZip = new TextDecoder("latin1").decode(bytes.subarray(0, 2)) === "PK";
  return isZip && zipNames(bytes, fileName).includes(STREAM_HEAD);
}
