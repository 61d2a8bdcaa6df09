// The command line of `npm run problems`, parsed into a record.

import { parseArgs } from "node:util";
import { errorMessage, InputError } from "../../src/lib/errors";
import type { KnobRange } from "../../src/problems/dial";
import { maxDifficulty } from "../../src/problems/dial";
import { problemFamilies } from "../../src/problems/families";
import type { ProblemFamily } from "../../src/problems/problem";

export interface ProblemsOptions {
  /** Problem number i is of family i modulo their count. */
  readonly families: readonly ProblemFamily[];
  /** The seed draws within it. */
  readonly difficulty: KnobRange;
  /** Instead of the dial. */
  readonly knobs: Readonly<Record<string, KnobRange>> | null;
  /** Of the first problem; each further one has the next. */
  readonly seed: number;
  readonly count: number;
  readonly hasLinks: boolean;
  /** Null: standard output. */
  readonly file: string | null;
  /** Print the vocabulary instead of problems. */
  readonly isVocabulary: boolean;
}

const flags = {
  family: { type: "string", default: "all" },
  difficulty: { type: "string", default: String(maxDifficulty) },
  knobs: { type: "string" },
  seed: { type: "string", default: "1" },
  count: { type: "string", default: "10" },
  links: { type: "boolean", default: false },
  out: { type: "string" },
  vocabulary: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

export const usage = `Usage: npm run --silent problems -- [--family F] [--difficulty D] [--seed S] [--count N] …
  --family F       ${problemFamilies.join(", ")}, several with commas, or all in turn (${flags.family.default})
  --difficulty D   0 to ${maxDifficulty}, or a range such as 3-7 (${flags.difficulty.default})
  --knobs K        instead of the dial, numbers or ranges: rooms=4-6,steps=10-24 for walk (and tour=7) and diary,
                   people=5-8,distractors=1-3 for story
  --seed S         of the first problem; the next has the next seed (${flags.seed.default})
  --count N        how many (${flags.count.default})
  --links          with the facts of each text and what is read from them
  --out FILE       instead of standard output
  --vocabulary     prints the words, by token, as one JSON array and no problems
One JSON object a line: id, family, knobs, difficulty, prompt, answer, trace (and links). --silent keeps npm's own lines out.`;

const MAX_SEED = 2 ** 32 - 1;

/** Null when help was asked for. Throws InputError with the usage for anything it does not know. */
export function parseOptions(argv: readonly string[]): ProblemsOptions | null {
  const values = parseFlags(argv);
  if (values.help) return null;
  const seed = parseWhole(values.seed, "seed", MAX_SEED);
  const count = parseWhole(values.count, "count", MAX_SEED);
  if (seed + count > MAX_SEED + 1) throw new InputError(`seeds end at ${MAX_SEED}: lower --seed or --count`);
  const difficulty = parseRange(values.difficulty, "--difficulty");
  if (difficulty[1] > maxDifficulty) {
    throw new InputError(`--difficulty is "${values.difficulty}", expected 0 to ${maxDifficulty}`);
  }
  return {
    families: parseFamilies(values.family),
    difficulty,
    knobs: values.knobs === undefined ? null : parseKnobs(values.knobs),
    seed,
    count,
    hasLinks: values.links,
    file: values.out ?? null,
    isVocabulary: values.vocabulary,
  };
}

function parseFlags(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: flags }).values;
  } catch (error) {
    throw new InputError(`${errorMessage(error)}\n${usage}`);
  }
}

function parseFamilies(text: string): readonly ProblemFamily[] {
  if (text === "all") return problemFamilies;
  return text.split(",").map((name) => {
    const family = problemFamilies.find((known) => known === name);
    if (family !== undefined) return family;
    throw new InputError(`there is no family "${name}", expected ${problemFamilies.join(", ")} or all`);
  });
}

function parseWhole(text: string, flag: string, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= max) return value;
  throw new InputError(`--${flag} is "${text}", expected a whole number from 0 to ${max}`);
}

function parseRange(text: string, what: string): KnobRange {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  const [low, high] = match === null ? [1, 0] : [Number(match[1]), Number(match[2] ?? match[1])];
  if (low <= high) return [low, high];
  throw new InputError(`${what} is "${text}", expected a whole number or a range such as 3-7`);
}

function parseKnobs(text: string): Readonly<Record<string, KnobRange>> {
  const pairs = text.split(",").map((part) => {
    const [name, range, ...rest] = part.split("=");
    if (range === undefined || rest.length > 0) {
      throw new InputError(`--knobs has "${part}", expected NAME=NUMBER or NAME=LOW-HIGH`);
    }
    return [name, parseRange(range, `the knob ${name}`)] as const;
  });
  return Object.fromEntries(pairs);
}
