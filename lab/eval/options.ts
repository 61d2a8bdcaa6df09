// The command line of `npm run eval`, parsed into a record.

import os from "node:os";
import { parseArgs } from "node:util";
import type { Budget } from "./budget";
import { parseBudget } from "./budget";
import { errorMessage, InputError } from "../../src/lib/errors";
import { policies, policyById } from "../../src/policy/policies";
import type { Policy, PolicyParameters } from "../../src/policy/policy";
import { parameterFlags, parametersFromFlags, parseNumber } from "../../scripts/decode/parameterFlags";
import { maxDifficulty } from "../../src/problems/dial";
import { problemFamilies } from "../../src/problems/families";
import type { FamilyRequest } from "./problemSet";
import { parseFamilyRequest } from "./problemSet";
import { shippedFolder } from "../../scripts/shippedFolder";

export interface EvalOptions {
  readonly modelFolder: string;
  readonly source: ProblemSource;
  readonly policy: Policy;
  /** Null: the policy's own. */
  readonly budget: Budget | null;
  /** The parameters in force under a budget of this many slots; null if none was given. Throws InputError. */
  readonly parametersAt: (budgetSlots: number | null) => PolicyParameters;
  readonly maxNewTokens: number | null;
  readonly backend: "cpu" | "gpu";
  readonly jobs: number;
  readonly resultFile: string | null;
  /** "text": a line per problem, a summary, the JSON object; "quiet": without the lines; "json": the object alone. */
  readonly output: "text" | "quiet" | "json";
}

export type ProblemSource =
  | ({ readonly type: "family" } & FamilyRequest)
  | {
      readonly type: "file";
      readonly file: string;
      /** Null: all families of the file. */
      readonly family: string | null;
      /** Null: all problems of the file. */
      readonly count: number | null;
    };

const DEFAULT_COUNT = 100;

const ownFlags = {
  model: { type: "string", default: shippedFolder },
  family: { type: "string" },
  problems: { type: "string" },
  difficulty: { type: "string" },
  knobs: { type: "string" },
  count: { type: "string" },
  seed: { type: "string", default: "1" },
  policy: { type: "string", default: "gkv" },
  "max-new": { type: "string" },
  backend: { type: "string", default: "cpu" },
  jobs: { type: "string" },
  resume: { type: "string" },
  json: { type: "boolean", default: false },
  quiet: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

const shownFlags = parameterFlags.map(({ flag, help }) => {
  const text = flag === "budget" ? "B: slots (96), or a share of the problems' mean full length (25% or 0.25)" : help;
  return `  ${`--${flag}`.padEnd(16)} ${text}`;
});

export const usage = `Usage: npm run eval -- --family F | --problems FILE.jsonl [--policy ID] [--budget B] …
  --family F       ${problemFamilies.join(", ")}; with --problems: only those of the file
  --problems FILE  one JSON object a line: id, family, prompt, answer, trace
  --difficulty D   of drawn problems: 0 to ${maxDifficulty}, or a range such as 3-7 (${maxDifficulty})
  --knobs K        instead, as npm run problems takes them: rooms=4-6,steps=10-24
  --count N        problems (${DEFAULT_COUNT}; of a file: all)
  --seed N         of random eviction and of the first problem drawn, the others follow (${ownFlags.seed.default}); training draws
                   its problems from seed 1000000 on
  --model PLACE    folder in Hugging Face layout, or a GGUF file (${ownFlags.model.default})
  --policy ID      ${policies.map(({ id }) => id).join(", ")}
${shownFlags.join("\n")}
  --max-new N      tokens to generate at most (a tenth more than the reference trace has, at least 32 more)
  --backend NAME   cpu or gpu (cpu)
  --jobs J         processes (as many as cores; 1 for gpu)
  --resume FILE    keeps a result per line; what stands there is not run again
  --json           only the JSON object, a record per problem in it     --quiet  no line per problem
The last line is one JSON object: right and exact are shares from 0 to 1, rightError and exactError their standard errors.`;

/** Null when help was asked for. Throws InputError for anything it does not know. */
export function parseOptions(argv: readonly string[]): EvalOptions | null {
  const texts = parseFlags(argv);
  if (texts.help === true) return null;
  const text = (flag: string): string | undefined => {
    const value = texts[flag];
    return typeof value === "string" ? value : undefined;
  };
  const count = (flag: keyof typeof ownFlags): number | null =>
    text(flag) === undefined ? null : parseCount(text(flag) ?? "", flag);
  const policy = policyById(text("policy") ?? "");
  const seed = parseSeed(text("seed") ?? "");
  const backend = parseBackend(text("backend"));
  const flags = Object.fromEntries(parameterFlags.map(({ flag }) => [flag, text(flag)]));
  const budget = flags.budget === undefined ? null : parseBudget(flags.budget);
  const parametersAt = (slots: number | null): PolicyParameters =>
    parametersFromFlags(policy, slots === null ? flags : { ...flags, budget: String(slots) }, seed);
  // A share becomes slots only once the problems are known; report every other mistake before that.
  if (budget?.type !== "ratio") parametersAt(null);
  else parametersFromFlags(policy, { ...flags, budget: "1000000" }, seed);
  return {
    modelFolder: text("model") ?? "",
    source: parseSource(text, { count: count("count"), seed }),
    policy,
    budget,
    parametersAt,
    maxNewTokens: count("max-new"),
    backend,
    jobs: count("jobs") ?? (backend === "gpu" ? 1 : os.availableParallelism()),
    resultFile: text("resume") ?? null,
    output: texts.json === true ? "json" : texts.quiet === true ? "quiet" : "text",
  };
}

function parseSource(
  text: (flag: string) => string | undefined,
  { count, seed }: { readonly count: number | null; readonly seed: number },
): ProblemSource {
  const family = text("family") ?? null;
  const file = text("problems");
  const difficulty = text("difficulty");
  const knobs = text("knobs");
  if (file !== undefined) {
    if (difficulty === undefined && knobs === undefined) return { type: "file", file, family, count };
    throw new InputError("--difficulty and --knobs are for problems drawn by --family, not for a file");
  }
  if (family === null) {
    throw new InputError(`give --family (${problemFamilies.join(", ")}) or --problems FILE\n${usage}`);
  }
  return { type: "family", ...parseFamilyRequest({ family, difficulty, knobs, seed, count: count ?? DEFAULT_COUNT }) };
}

function parseFlags(argv: readonly string[]): Readonly<Record<string, string | boolean | undefined>> {
  const parameters = Object.fromEntries(parameterFlags.map(({ flag }) => [flag, { type: "string" as const }]));
  try {
    return parseArgs({ args: [...argv], options: { ...parameters, ...ownFlags } }).values;
  } catch (error) {
    throw new InputError(`${errorMessage(error)}\n${usage}`);
  }
}

export function parseCount(text: string, flag: string): number {
  const value = parseNumber(text, flag);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InputError(`--${flag} is "${text}", expected a whole number from 1 on`);
}

export function parseSeed(text: string): number {
  const value = parseNumber(text, "seed");
  if (Number.isInteger(value) && value >= 0 && value < 2 ** 32) return value;
  throw new InputError(`--seed is "${text}", expected a whole number from 0 to ${2 ** 32 - 1}`);
}

export function parseBackend(name: string | undefined): "cpu" | "gpu" {
  if (name === "cpu" || name === "gpu") return name;
  throw new InputError(`--backend is "${String(name)}", expected cpu or gpu`);
}
