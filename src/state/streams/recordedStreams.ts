// The streams that ship with the page: a first look without an engine.
import { decodeStreamFile } from "../../trace/stream/streamFile";
import type { StreamTrace } from "../../trace/stream/streamTrace";
import { fetchStored } from "../storedFile";

export interface RecordedStream {
  readonly id: string;
  /** One for each lane. */
  readonly files: readonly string[];
}

/** The lanes of the first one. Throws where it cannot be had. */
export async function loadFirstStream(): Promise<readonly StreamTrace[]> {
  const [first] = (await (await fetchStored("streams/index.json")).json()) as readonly RecordedStream[];
  return Promise.all(first.files.map(loadLane));
}

async function loadLane(file: string): Promise<StreamTrace> {
  const response = await fetchStored(`streams/${file}`);
  return decodeStreamFile(new Uint8Array(await response.arrayBuffer()), file);
}
