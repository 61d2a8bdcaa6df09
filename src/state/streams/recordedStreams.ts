// The streams that ship with the page: a first look without an engine.
import { InputError } from "../../lib/errors";
import { decodeStreamFile } from "../../trace/stream/streamFile";
import type { StreamTrace } from "../../trace/stream/streamTrace";

export interface RecordedStream {
  readonly id: string;
  /** One for each lane. */
  readonly files: readonly string[];
}

const FOLDER = "streams";

/** The lanes of the first one. Throws where it cannot be had. */
export async function loadFirstStream(): Promise<readonly StreamTrace[]> {
  const index = (await (await fetched("index.json")).json()) as readonly RecordedStream[];
  const [first] = index;
  return Promise.all(
    first.files.map(async (file) => decodeStreamFile(new Uint8Array(await (await fetched(file)).arrayBuffer()), file)),
  );
}

async function fetched(file: string): Promise<Response> {
  const response = await fetch(`${FOLDER}/${file}`);
  if (!response.ok) throw new InputError(`${FOLDER}/${file} could not be fetched: HTTP ${response.status}`);
  return response;
}
