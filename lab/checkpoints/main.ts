// npm run checkpoints -- training | stages | masks: how often checkpoints are right, in every family, at two budgets and with the full
// cache, on the same problems; stored next to the model that they belong to. What a results file holds is not run again.

import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import {
  checkpointCell,
  parseCheckpointResults,
  rightShare,
  type Checkpoint,
  type CheckpointResults,
} from "../../src/experiment/checkpointResults";
import { mean, outcomeLetters } from "../../src/experiment/results";
import { errorMessage, InputError } from "../../src/lib/errors";
import { effectiveParameters, policyById } from "../../src/policy/policies";
import { maxDifficulty } from "../../src/problems/dial";
import { problemFamilies } from "../../src/problems/families";
import { budgetSlots } from "../eval/budget";
import { evaluate, type Evaluation } from "../eval/evaluate";
import { parseCount, parseSeed } from "../eval/options";
import { drawFamily, fullLengths, openMeasuringModel } from "../eval/problemSet";
import { openResultFile } from "../eval/resultFile";
import { maskPlan, stagesPlan, trainingPlan, type PlannedCheckpoint } from "./plans";

const WINDOW_SLOTS = 16;
const INTERVAL_STEPS = 16;
const defaultShares = "0.15,0.25,full";

const flags = {
  count: { type: "string", default: "50" },
  seed: { type: "string", default: "960000" },
  budgets: { type: "string", default: defaultShares },
  run: { type: "string" },
  true: { type: "string" },
  lagging: { type: "string" },
  out: { type: "string" },
  jobs: { type: "string", default: "2" },
  resume: { type: "string", default: ".cache/checkpoints.jsonl" },
  help: { type: "boolean", default: false },
} as const;

const usage = `Usage: npm run checkpoints -- training [--run DIR]               the seven checkpoints of winnow-1m-distilled
       npm run checkpoints -- stages                          base, distilled and RL
       npm run checkpoints -- masks --true DIR --lagging DIR  two models that differ in the training mask only
  --run DIR        folder of the training run (lab/training/out/NAME), for its loss; without: as stored before
  --true, --lagging DIR  folders of the runs of lab/training/distil.py
  --count N        problems of each family (${flags.count.default})
  --seed N         of the first (${flags.seed.default})
  --budgets B      shares of the mean full length, and full (${defaultShares})
  --out FILE       (public/models/winnow-1m-distilled/training.json, stages.json, masks.json)
  --jobs J         processes (${flags.jobs.default})
  --resume FILE    results so far (${flags.resume.default})`;

/** Exit codes: 0 = done, 2 = the command could not be carried out. */
export async function main(argv: string[]): Promise<number> {
  try {
    return await run(argv);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    return 2;
  }
}

async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = readFlags(argv);
  const [name] = positionals;
  if (values.help || name === undefined) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  if (name !== "training" && name !== "stages" && name !== "masks") {
    throw new InputError(`"${name}" is no plan: expected training, stages or masks\n${usage}`);
  }
  const file = values.out ?? `public/models/winnow-1m-distilled/${name}.json`;
  const runFolder = (flag: "true" | "lagging"): string => {
    const folder = values[flag];
    if (folder === undefined) throw new InputError(`give --${flag} DIR, the folder of a training run\n${usage}`);
    return folder;
  };
  const plans = {
    training: trainingPlan,
    stages: stagesPlan,
    masks: () => maskPlan(runFolder("true"), runFolder("lagging")),
  };
  const plan = await plans[name]();
  const losses = name === "training" ? await lossesOf(values.run ?? null, file) : undefined;
  const budgetShares = values.budgets.split(",").map(parseShare);
  const [problemCount, seed] = [parseCount(values.count, "count"), parseSeed(values.seed)];
  const measured = await measure(plan, {
    ...{ budgetShares, problemCount, seed },
    jobs: parseCount(values.jobs, "jobs"),
    resume: values.resume,
  });
  const results: CheckpointResults = {
    version: 1,
    command: `npm run checkpoints -- ${shownCommand(name, values)}`,
    date: new Date().toISOString().slice(0, 10),
    policyId: "gkv",
    windowSlots: WINDOW_SLOTS,
    intervalSteps: INTERVAL_STEPS,
    difficulty: maxDifficulty,
    ...{ seed, problemCount, budgetShares },
    ...measured,
    ...(losses !== undefined && { losses }),
  };
  const text = fileText(results);
  parseCheckpointResults(text, file);
  await writeFile(file, text);
  console.log(`${summary(results)}\nwritten to ${file}`);
  return 0;
}

function readFlags(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: flags, allowPositionals: true });
  } catch (error) {
    throw new InputError(`${errorMessage(error)}\n${usage}`);
  }
}

function parseShare(text: string): number | null {
  if (text === "full") return null;
  const share = Number(text);
  if (share > 0 && share < 1) return share;
  throw new InputError(`--budgets has "${text}", expected shares between 0 and 1, and full`);
}

/** Folders are named by the run alone: where it lay says nothing. */
function shownCommand(name: string, values: ReturnType<typeof readFlags>["values"]): string {
  const shown = (["run", "true", "lagging"] as const).flatMap((flag) => {
    const folder = values[flag];
    return folder === undefined ? [] : [`--${flag} lab/training/out/${path.basename(path.resolve(folder))}`];
  });
  const numbers = (["count", "seed", "budgets"] as const).flatMap((flag) =>
    values[flag] === flags[flag].default ? [] : [`--${flag} ${values[flag]}`],
  );
  return [name, ...shown, ...numbers].join(" ");
}

interface MeasureOptions {
  readonly budgetShares: readonly (number | null)[];
  readonly problemCount: number;
  readonly seed: number;
  readonly jobs: number;
  readonly resume: string;
}

async function measure(
  plan: readonly PlannedCheckpoint[],
  { budgetShares, problemCount, seed, jobs, resume }: MeasureOptions,
): Promise<Pick<CheckpointResults, "families" | "checkpoints">> {
  const resultFile = await openResultFile(resume);
  const sets = problemFamilies.map((family) => {
    const difficulty: [number, number] = [maxDifficulty, maxDifficulty];
    return { family, problems: drawFamily({ family, difficulty, knobs: null, seed, count: problemCount }) };
  });
  let families: CheckpointResults["families"] = [];
  const checkpoints: Checkpoint[] = [];
  for (const { modelFolder, ...facts } of plan) {
    const model = await openMeasuringModel(modelFolder);
    families = sets.map(({ family, problems }) => ({
      family,
      meanFullLength: mean(fullLengths(problems, model)) ?? 0,
    }));
    const places = sets.flatMap(({ family, problems }) => {
      const lengths = fullLengths(problems, model);
      return budgetShares.map((budgetShare) => {
        const slots = budgetShare === null ? null : budgetSlots({ type: "ratio", ratio: budgetShare }, lengths);
        return { family, budgetShare, budgetSlots: slots, evaluation: evaluationOf(problems, slots) };
      });
    });
    console.error(`${facts.label}:`);
    const evaluations = places.map(({ evaluation }) => evaluation);
    const found = await evaluate(evaluations, { model, backend: "cpu", jobs, resultFile });
    const cells = places.map(({ family, budgetShare, budgetSlots: slots }, at) => {
      return { family, budgetShare, budgetSlots: slots, outcomes: outcomeLetters(found[at]) };
    });
    checkpoints.push({ ...facts, digest: model.summary.digest, cells });
  }
  return { families, checkpoints };
}

function evaluationOf(problems: Evaluation["problems"], slots: number | null): Evaluation {
  const policy = policyById(slots === null ? "fullCache" : "gkv");
  const choices =
    slots === null ? {} : { budgetSlots: slots, windowSlots: WINDOW_SLOTS, intervalSteps: INTERVAL_STEPS };
  return { problems, policy, parameters: effectiveParameters(policy, choices), maxNewTokens: null };
}

/** From the run's log; without one, those that the file had. */
async function lossesOf(runFolder: string | null, file: string): Promise<CheckpointResults["losses"]> {
  if (runFolder === null) {
    return existsSync(file) ? parseCheckpointResults(await readFile(file, "utf8"), file).losses : undefined;
  }
  const log = path.join(runFolder, "log.jsonl");
  try {
    return (await readFile(log, "utf8")).trim().split("\n").map(lossOf);
  } catch (error) {
    throw new InputError(
      `${log} cannot be read: ${errorMessage(error)}; give the folder of a run of lab/training/distil.py`,
    );
  }
}

function lossOf(line: string): NonNullable<CheckpointResults["losses"]>[number] {
  const entry = JSON.parse(line) as { step: number } & Record<string, { divergence?: number | null }>;
  const divergence = problemFamilies.map((family) => [family, entry[family].divergence ?? null]);
  return { step: entry.step, divergence: Object.fromEntries(divergence) as Record<string, number | null> };
}

/** One cell and one loss a line: a diff shows which changed. */
function fileText({ checkpoints, losses, ...rest }: CheckpointResults): string {
  const head = JSON.stringify(rest, null, 2).replace(/\n\}$/, "");
  const shown = checkpoints.map(({ cells, ...facts }) => {
    const start = JSON.stringify(facts).slice(0, -1);
    return `    ${start}, "cells": [\n${cells.map((cell) => `      ${JSON.stringify(cell)}`).join(",\n")}\n    ]}`;
  });
  const tail =
    losses === undefined
      ? ""
      : `,\n  "losses": [\n    ${losses.map((loss) => JSON.stringify(loss)).join(",\n    ")}\n  ]`;
  return `${head},\n  "checkpoints": [\n${shown.join(",\n")}\n  ]${tail}\n}\n`;
}

function summary({ checkpoints, families, budgetShares }: CheckpointResults): string {
  const lines = checkpoints.flatMap((checkpoint) =>
    budgetShares.map((budget) => {
      const shares = families.map(({ family }) => {
        const { share, error } = rightShare(checkpointCell(checkpoint, family, budget));
        return `${family} ${(100 * share).toFixed(0)} ± ${(100 * error).toFixed(0)}`;
      });
      const at = budget === null ? "full" : `${100 * budget} %`;
      return `${checkpoint.label.padEnd(24)} ${at.padEnd(5)} ${shares.join("   ")}`;
    }),
  );
  return lines.join("\n");
}
