// The command line of `npm run presets`, parsed into a record.

import os from "node:os";
import { parseArgs } from "node:util";
import { errorMessage, InputError } from "../../src/lib/errors";
import { shippedModels } from "../../src/settings/shippedModels";
import { parseCount } from "../eval/options";

export interface PresetsOptions {
  readonly type: "search" | "check";
  readonly file: string;
  readonly tableFile: string;
  /** Keeps what the search has run; what stands there is not run again. */
  readonly resultFile: string;
  readonly jobs: number;
}

const flags = {
  check: { type: "boolean", default: false },
  out: { type: "string", default: "public/presets.json" },
  table: { type: "string", default: `public/results/${shippedModels[0].id}.json` },
  resume: { type: "string", default: ".cache/results-presets.jsonl" },
  jobs: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

export const presetsUsage = `Usage: npm run presets [-- --check] …
  searches the problems of a table of results for comparisons that make the points of lab/presets/plans.ts,
  and writes them as links with their proofs
  --check        runs what is stored instead, and says whether every preset is what it claims
  --out FILE     the presets (${flags.out.default})
  --table FILE   the outcomes that the search reads (${flags.table.default})
  --resume FILE  keeps what the table lacks and the search had to run (${flags.resume.default})
  --jobs J       processes (as many as cores)`;

/** Null when help was asked for. Throws InputError for anything it does not know. */
export function parsePresetsOptions(argv: readonly string[]): PresetsOptions | null {
  const values = parseFlags(argv);
  if (values.help) return null;
  return {
    type: values.check ? "check" : "search",
    file: values.out,
    tableFile: values.table,
    resultFile: values.resume,
    jobs: values.jobs === undefined ? os.availableParallelism() : parseCount(values.jobs, "jobs"),
  };
}

// The return type is what parseArgs makes of the flags.
function parseFlags(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: flags }).values;
  } catch (error) {
    throw new InputError(`${errorMessage(error)}\n${presetsUsage}`);
  }
}
