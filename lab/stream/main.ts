// npm run stream-eval -- --policy tar+van --cap 8: how often a model is right about frame streams under a cap.
import { InputError } from "../../src/lib/errors";
import { createProgress } from "../eval/report";
import { openModel } from "../openModel";
import { findStreams } from "./askedStreams";
import { parseStreamOptions, usage, type StreamEvalOptions } from "./options";
import { streamLine, summariseStreams, summaryLines } from "./summary";
import { watchStream, type WatchedStream } from "./watchStream";

/** Exit codes: 0 = done, 2 = the command could not be carried out. */
export async function main(argv: string[]): Promise<number> {
  try {
    const options = parseStreamOptions(argv);
    if (options === null) console.log(usage);
    else await runStreams(options);
    return 0;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    if (!error.message.includes("Usage:")) console.error("npm run stream-eval -- --help lists the options.");
    return 2;
  }
}

async function runStreams(options: StreamEvalOptions): Promise<void> {
  const { modelFolder, backend, choices, policyId, source, output } = options;
  const streams = await findStreams(options);
  const opened = await openModel(modelFolder, backend);
  const progress = createProgress(streams.length, policyId);
  const watched: WatchedStream[] = [];
  for (const stream of streams) {
    watched.push(await watchStream(opened, stream, { policyId, choices }));
    progress.advance();
  }
  progress.finish();
  const summary = summariseStreams(watched);
  if (output === "text") {
    const idWidth = Math.max(...watched.map(({ id }) => id.length));
    for (const one of watched) console.log(streamLine(one, idWidth));
    console.log("");
  }
  const { capFrames, keepFrames, blockFrames } = choices;
  const cap = capFrames === null ? "" : `, |M| ${capFrames} and |C| ${keepFrames} frames, blocks of ${blockFrames}`;
  console.log(`model                ${opened.summary.label}, ${opened.summary.digest.slice(0, 16)}`);
  console.log(`policy               ${policyId}${cap}`);
  for (const line of summaryLines(summary)) console.log(line);
  console.log("");
  const { id, digest } = opened.summary;
  console.log(JSON.stringify({ model: { id, digest }, backend, source, policy: policyId, choices, ...summary }));
}
