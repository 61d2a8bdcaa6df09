// Records the streams that ship with the page, on the CPU backend: node scripts/run.mjs scripts/recordStreams.ts
// Writes public/streams/*.winnow, a file for each lane, and public/streams/index.json. The first one plays when Streams is opened.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { openModel } from "../lab/openModel";
import { recordStream } from "../lab/stream/recordStream";
import { InputError } from "../src/lib/errors";
import type { StreamChosen } from "../src/settings/streamSettings";
import { firstStream } from "../src/settings/streamSettings";
import { shippedStreamModel } from "../src/settings/shippedModels";
import { streamRequest } from "../src/state/streams/streamRecipe";
import type { RecordedStream } from "../src/state/streams/recordedStreams";
import { encodeStreamFile, streamFileStem } from "../src/trace/stream/streamFile";

const FOLDER = "public/streams";
/** It should arrive before a visitor has looked around. */
const LARGEST_FILE_BYTES = 1_500_000;

const recordings: readonly { readonly id: string; readonly chosen: StreamChosen }[] = [
  { id: "all-day", chosen: firstStream },
];

export async function main(): Promise<number> {
  const { id, label } = shippedStreamModel;
  const opened = await openModel(path.join("public/models", id), "cpu", { id, label });
  await mkdir(FOLDER, { recursive: true });
  const index: RecordedStream[] = [];
  for (const { id: recordingId, chosen } of recordings) {
    const request = streamRequest(chosen);
    const files: string[] = [];
    for (const recipe of request.lanes) {
      const trace = await recordStream(opened, recipe, request);
      const bytes = await encodeStreamFile(trace);
      if (bytes.length > LARGEST_FILE_BYTES) {
        throw new InputError(`${recordingId} takes ${bytes.length} bytes, more than ${LARGEST_FILE_BYTES}`);
      }
      const file = `${streamFileStem(trace)}.winnow`;
      await writeFile(path.join(FOLDER, file), bytes);
      files.push(file);
      const right = trace.answers.filter(({ isRight }) => isRight === true).length;
      console.log(`${file}: ${bytes.length} bytes, ${right} of ${trace.answers.length} answers right`);
    }
    index.push({ id: recordingId, files });
  }
  await writeFile(path.join(FOLDER, "index.json"), `${JSON.stringify(index, null, 2)}\n`);
  return 0;
}
