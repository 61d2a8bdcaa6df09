// npm run scorecard -- --date DATE: what EffiVLM-Bench's four figures need beyond the stored tables, run and stored.

import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ScoreCardFile } from "../../src/experiment/scoreCardFile";
import { InputError } from "../../src/lib/errors";
import { openMeasuringModel } from "../eval/problemSet";
import { openModel } from "../openModel";
import { storedJson } from "../storedResult";
import { gridSeed } from "../table/grid";
import { parseCardOptions, usage, type CardOptions } from "./options";
import { openRunLog, type RunLog } from "./runLog";
import { streamCells } from "./streamCells";
import { textCells } from "./textCells";

/** Exit codes: 0 = done, 2 = the command could not be carried out. */
export async function main(argv: string[]): Promise<number> {
  try {
    const options = parseCardOptions(argv);
    if (options === null) console.log(usage);
    else await makeCard(options);
    return 0;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    if (!error.message.includes("Usage:")) console.error("npm run scorecard -- --help lists the options.");
    return 2;
  }
}

async function makeCard(options: CardOptions): Promise<void> {
  await mkdir(path.dirname(options.logFile), { recursive: true });
  const log = openRunLog(options.logFile);
  const model = await openMeasuringModel(options.modelFolder);
  const opened = await openModel(options.modelFolder);
  const text = await textCells({ ...options, problemCount: options.count }, { model, opened, log });
  const streams = await streamsOf(options, log);
  const { id, digest, parameterCount } = model.summary;
  const rest: Omit<ScoreCardFile, "cells" | "refused"> = {
    ...{ version: 1, name: options.name, command: options.command, date: options.date },
    ...{ model: { id, digest, parameterCount }, seed: gridSeed },
    families: text.families,
    stream: streams.stream,
  };
  const cells = [...text.cells, ...streams.cells];
  const refused = [...text.refused, ...streams.refused];
  await mkdir(path.dirname(options.outFile), { recursive: true });
  await writeFile(options.outFile, storedJson(rest, { cells, refused }));
  console.log(`${cells.length} cells, ${refused.length} refused, written to ${options.outFile}`);
}

/** Nothing where there is no model for streams. */
async function streamsOf({ streamFolder, count, isFinishedOnly }: CardOptions, log: RunLog) {
  if (!existsSync(path.join(streamFolder, "config.json"))) return { stream: null, cells: [], refused: [] };
  return streamCells({ streamCount: count, isFinishedOnly }, { opened: await openModel(streamFolder), log });
}
