// npm run pitfalls -- --name NAME --date DATE: which of two instructions is forgotten first, run and stored for the page.

import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { errorMessage, InputError } from "../../src/lib/errors";
import type { PitfallsCell, PitfallsFigure } from "../../src/experiment/pitfalls";
import { openMeasuringModel } from "../eval/problemSet";
import { openResultFile } from "../eval/resultFile";
import { storedJson } from "../storedResult";
import { parsePitfallsOptions, pitfallsUsage } from "./options";
import { runSweep } from "./runSweep";

/** Exit codes: 0 = done, 2 = the command could not be carried out. */
export async function main(argv: string[]): Promise<number> {
  try {
    const options = parsePitfallsOptions(argv);
    if (options === null) {
      console.log(pitfallsUsage);
      return 0;
    }
    const model = await openMeasuringModel(options.modelFolder);
    await mkdir(path.dirname(options.resultFile), { recursive: true });
    await mkdir(options.outFolder, { recursive: true });
    const resultFile = await openResultFile(options.resultFile);
    const sweep = await runSweep(options, { model, backend: "cpu", jobs: options.jobs, resultFile, hasMargins: true });
    const file = path.join(options.outFolder, `${options.name}.json`);
    const { cells, ...rest } = sweep;
    await writeFile(file, storedJson(rest, { cells }));
    for (const cell of sweep.cells) console.log(cellLine(cell));
    for (const { label, mode, ratio, reason } of sweep.leftOut) {
      console.log(`left out: ${label}, ${mode}, ${ratio} evicted: ${reason}`);
    }
    console.log(`written to ${file}`);
    return 0;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(errorMessage(error));
    if (!error.message.includes("Usage:")) console.error("npm run pitfalls -- --help lists the options.");
    return 2;
  }
}

function cellLine({ label, mode, ratio, isSecretFirst, secret, other, bias, leaked, ...cell }: PitfallsCell): string {
  return [
    `${label.padEnd(13)} ${mode.padEnd(9)} ${ratio.toFixed(1)} ${isSecretFirst ? "secret first" : "secret last "}`,
    `kept ${written(secret.keptAfterPrompt)} / ${written(other.keptAfterPrompt)}`,
    `bias ${written(bias)}`,
    `obeyed ${written(secret.obeyed)} / ${written(other.obeyed)}`,
    `leaked ${written(leaked)}`,
    `margin ${marginText(cell.forcedMargin)} own ${marginText(cell.ownMargin)}`,
  ].join("  ");
}

function marginText(margin: PitfallsFigure | null): string {
  return margin ? `${written(margin)} (${margin.count})` : "–";
}

function written({ mean, error }: PitfallsFigure): string {
  return `${mean.toFixed(2)} ± ${error.toFixed(2)}`;
}
