// npm run presets: finds the comparisons that make a point and stores them with their proofs; --check runs them again.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ResultTable } from "../../src/experiment/resultTable";
import { parseResultTable } from "../../src/experiment/resultTable";
import { errorMessage, InputError } from "../../src/lib/errors";
import type { PresetFile } from "../../src/settings/presets";
import { parsePresets } from "../../src/settings/presets";
import { openMeasuringModel } from "../eval/problemSet";
import { openResultFile } from "../eval/resultFile";
import { checkCounts, checkPreset } from "./checkPreset";
import { presetPlans, type PresetPlan } from "./plans";
import { openPlayer } from "./presetLink";
import { searchPresets } from "./searchPresets";
import { shippedFolder } from "../../scripts/shippedFolder";
import os from "node:os";
import { parseArgs } from "node:util";
import { shippedModels } from "../../src/settings/shippedModels";
import { parseCount } from "../eval/options";

const command = "npm run presets";

/** Exit codes: 0 = done, 1 = a preset is not what it claims, 2 = the command could not be carried out. */
export async function main(argv: string[]): Promise<number> {
  try {
    const options = parsePresetsOptions(argv);
    if (options === null) {
      console.log(presetsUsage);
      return 0;
    }
    const table = parseResultTable(await readText(options.tableFile), options.tableFile);
    return options.type === "check" ? await check(options, table) : await search(options, table);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    return 2;
  }
}

async function search({ file, resultFile, jobs, sought }: PresetsOptions, table: ResultTable): Promise<number> {
  const player = await openPlayer();
  requireModel(table.model.digest, player.summary.digest, "the table");
  await mkdir(path.dirname(resultFile), { recursive: true });
  const model = await openMeasuringModel(shippedFolder);
  const evaluation = { model, backend: table.backend, jobs, resultFile: await openResultFile(resultFile) };
  const found = await searchPresets(sought, { table, evaluation, player });
  const others = sought.length === presetPlans.length ? [] : parsePresets(await readText(file), file).presets;
  const presets = presetPlans.flatMap(({ id }) => [...found, ...others].find((preset) => preset.id === id) ?? []);
  const stored: PresetFile = { version: 1, command, modelDigest: player.summary.digest, presets };
  await writeFile(file, `${JSON.stringify(stored, null, 1)}\n`);
  for (const { title, sees, matters, link } of presets) {
    console.log(`${title} (${link.length} characters)\n  ${sees}\n  ${matters}`);
  }
  console.log(`\n${presets.length} presets written to ${file}`);
  return 0;
}

async function check({ file }: PresetsOptions, table: ResultTable): Promise<number> {
  const stored = parsePresets(await readText(file), file);
  const player = await openPlayer();
  requireModel(stored.modelDigest, player.summary.digest, file);
  let badCount = 0;
  for (const preset of stored.presets) {
    const complaints = [...checkCounts(preset, table), ...(await checkPreset(preset, player))];
    if (complaints.length > 0) badCount += 1;
    console.log(`${preset.id}: ${complaints.length === 0 ? "as claimed" : complaints.join("; ")}`);
  }
  console.log(`${stored.presets.length - badCount} of ${stored.presets.length} presets are what they claim`);
  return badCount > 0 ? 1 : 0;
}

function requireModel(expected: string, found: string, what: string): void {
  if (expected === found) return;
  throw new InputError(
    `${what} was made with a model of digest ${expected.slice(0, 16)}, ${shippedFolder} has ${found.slice(0, 16)}; ` +
      "make it again with this one",
  );
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new InputError(`${file} cannot be read: ${errorMessage(error)}`);
  }
}

export interface PresetsOptions {
  readonly type: "search" | "check";
  readonly file: string;
  readonly tableFile: string;
  /** Results of the search's own runs; what it holds is not run again. */
  readonly resultFile: string;
  /** Those that are searched for; the others stay as they are stored. */
  readonly sought: readonly PresetPlan[];
  readonly jobs: number;
}

const flags = {
  check: { type: "boolean", default: false },
  out: { type: "string", default: "public/presets.json" },
  table: { type: "string", default: `public/results/${shippedModels[0].id}.json` },
  resume: { type: "string", default: ".cache/results-presets.jsonl" },
  plan: { type: "string" },
  jobs: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

const presetsUsage = `Usage: npm run presets [-- --check] …
  searches the problems of a table of results for comparisons that make the points of lab/presets/plans.ts,
  and writes them as links with their proofs
  --check        runs what is stored instead, and says whether every preset is what it claims
  --out FILE     the presets (${flags.out.default})
  --table FILE   the outcomes that the search reads (${flags.table.default})
  --resume FILE  keeps what the table lacks and the search had to run (${flags.resume.default})
  --plan ID,ID   searches for these alone; the others stay as they are stored
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
    sought: values.plan === undefined ? presetPlans : parsePlans(values.plan),
    jobs: values.jobs === undefined ? os.availableParallelism() : parseCount(values.jobs, "jobs"),
  };
}

function parsePlans(text: string): readonly PresetPlan[] {
  const ids = text.split(",");
  const known = presetPlans.map(({ id }) => id);
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown !== undefined) throw new InputError(`--plan is "${unknown}", expected ${known.join(", ")}`);
  return presetPlans.filter(({ id }) => ids.includes(id));
}

// The return type is what parseArgs makes of the flags.
function parseFlags(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: flags }).values;
  } catch (error) {
    throw new InputError(`${errorMessage(error)}\n${presetsUsage}`);
  }
}
