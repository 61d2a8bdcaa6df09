// The command line of `npm run pitfalls`, parsed into a record.

import os from "node:os";
import { parseArgs } from "node:util";
import { shippedFolder } from "../../scripts/shippedFolder";
import type { PitfallsMode } from "../../src/experiment/pitfalls";
import { errorMessage, InputError } from "../../src/lib/errors";
import { parseCount, parseSeed } from "../eval/options";
import { parseDate, parseName, storedCommand } from "../storedResult";
import type { PitfallsColumn } from "./grid";
import { otherModes, pitfallsColumns, pitfallsModes, pitfallsProblemCount, pitfallsRatios, pitfallsSeed } from "./grid";

export interface PitfallsOptions {
  readonly name: string;
  readonly date: string;
  /** The command as typed, without the flags that do not change a figure. */
  readonly command: string;
  readonly modelFolder: string;
  readonly columns: readonly PitfallsColumn[];
  readonly ratios: readonly number[];
  readonly modes: readonly PitfallsMode[];
  readonly schedule: "once" | "decoding";
  readonly problemCount: number;
  readonly seed: number;
  readonly jobs: number;
  readonly resultFile: string;
  readonly outFolder: string;
}

const flags = {
  name: { type: "string" },
  date: { type: "string" },
  model: { type: "string", default: shippedFolder },
  policy: { type: "string" },
  ratio: { type: "string" },
  mode: { type: "string" },
  schedule: { type: "string", default: "once" },
  count: { type: "string", default: String(pitfallsProblemCount) },
  seed: { type: "string", default: String(pitfallsSeed) },
  jobs: { type: "string" },
  resume: { type: "string" },
  out: { type: "string", default: "public/results/pitfalls" },
  help: { type: "boolean", default: false },
} as const;

export const pitfallsUsage = `Usage: npm run pitfalls -- --name NAME --date YYYY-MM-DD …
  --name NAME      the sweep is written to public/results/pitfalls/NAME.json
  --date DATE      written into it: the day it is made
  --model DIR      folder in Hugging Face layout (${flags.model.default})
  --policy P,P     a part of the policies: ${pitfallsColumns.map(({ id }) => id).join(", ")}
  --ratio R,R      a part of the shares evicted: ${pitfallsRatios.join(", ")}; nothing evicted is always run
  --mode M,M       a part of the remedies: ${pitfallsModes.join(", ")}; or besides ${otherModes.join(", ")} (the paper's rules)
  --schedule S     once: after the prompt, as in the paper; decoding: every 16 steps (${flags.schedule.default})
  --count N        problems (${flags.count.default}); a larger count continues a smaller one
  --seed N         from where problems with a secret are looked for (${flags.seed.default})
  --jobs J         processes (as many as cores)
  --resume FILE    keeps a result per line; what stands there is not run again (.cache/pitfalls-NAME.jsonl)
  --out DIR        folder of the sweep (${flags.out.default})
The grid is in lab/pitfalls/grid.ts.`;

/** Null when help was asked for. Throws InputError for anything it does not know. */
export function parsePitfallsOptions(argv: readonly string[]): PitfallsOptions | null {
  const values = parseFlags(argv);
  if (values.help) return null;
  const name = parseName(values.name ?? "");
  const { schedule } = values;
  if (schedule !== "once" && schedule !== "decoding") {
    throw new InputError(`--schedule is "${schedule}", expected once or decoding`);
  }
  return {
    name,
    date: parseDate(values.date),
    command: storedCommand("npm run pitfalls", argv),
    modelFolder: values.model,
    columns: chosen(
      "policy",
      values.policy,
      pitfallsColumns.map((column) => [column.id, column] as const),
    ),
    ratios: chosen(
      "ratio",
      values.ratio,
      pitfallsRatios.map((ratio) => [String(ratio), ratio] as const),
    ),
    modes: chosen(
      "mode",
      values.mode,
      [...pitfallsModes, ...otherModes].map((mode) => [mode, mode] as const),
      pitfallsModes,
    ),
    schedule,
    problemCount: parseCount(values.count, "count"),
    seed: parseSeed(values.seed),
    jobs: values.jobs === undefined ? os.availableParallelism() : parseCount(values.jobs, "jobs"),
    resultFile: values.resume ?? `.cache/pitfalls-${name}.jsonl`,
    outFolder: values.out,
  };
}

/** Those named of a list; of one left unnamed all, or what it says. */
function chosen<Item>(
  flag: string,
  text: string | undefined,
  known: readonly (readonly [string, Item])[],
  unasked: readonly Item[] = known.map(([, item]) => item),
): readonly Item[] {
  if (text === undefined) return unasked;
  return text.split(",").map((name) => {
    const found = known.find(([id]) => id === name);
    if (found !== undefined) return found[1];
    throw new InputError(`--${flag} is "${name}", expected ${known.map(([id]) => id).join(", ")}`);
  });
}

// The return type is what parseArgs makes of the flags.
function parseFlags(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: flags }).values;
  } catch (error) {
    throw new InputError(`${errorMessage(error)}\n${pitfallsUsage}`);
  }
}
