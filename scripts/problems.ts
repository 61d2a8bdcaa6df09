// npm run problems -- --family walk --difficulty 10 --seed 1 --count 100: problems as JSON lines, for training,
// experiments and people. The page draws from the same generators.

import { errorMessage, InputError } from "../src/lib/errors";
import { hashWords, randomStream } from "../src/lib/random";
import { drawProblem, drawWithKnobs, problemFamilies } from "../src/problems/families";
import { problemLinks } from "../src/problems/factLinks";
import type { Problem, ProblemFamily } from "../src/problems/problem";
import { defaultKnobs } from "../src/problems/stream/streamProblem";
import { streamVocabulary } from "../src/problems/stream/streamWords";
import { vocabulary } from "../src/problems/vocabulary";
import { streamLine, type StreamLineOptions } from "./streamLines";
import { parseArgs } from "node:util";
import type { KnobRange } from "../src/problems/dial";
import { maxDifficulty } from "../src/problems/dial";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import process from "node:process";
import type { Writable } from "node:stream";

/** Exit codes: 0 = written, or the reader closed the pipe; 2 = the command could not be carried out. */
export async function main(argv: string[]): Promise<number> {
  try {
    const options = isOfStreams(argv) ? parseStreamOptions(argv) : parseOptions(argv);
    if (options === null) console.log(usage);
    else await writeLines(options);
    return 0;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    if (!error.message.includes("Usage:")) console.error("npm run problems -- --help lists the options.");
    return 2;
  }
}

async function writeLines(options: ProblemsOptions | StreamOptions): Promise<void> {
  const writer = createLineWriter(options.file);
  const isStream = "camera" in options;
  if (options.isVocabulary) await writer.write(JSON.stringify(isStream ? streamVocabulary : vocabulary));
  else {
    for (let index = 0; index < options.count; index++) {
      const line = isStream ? streamLine(options, index) : problemLine(drawNumbered(options, index), options.hasLinks);
      if (!(await writer.write(line))) break;
    }
  }
  await writer.end();
}

function problemLine(problem: Problem, hasLinks: boolean): string {
  return JSON.stringify(hasLinks ? { ...problem, links: problemLinks(problem) } : problem);
}

/** Problem number `index` of a series. It depends only on its seed, family and ranges. */
export function drawNumbered(
  { families, difficulty, knobs, seed: firstSeed }: ProblemsOptions,
  index: number,
): Problem {
  const family = families[index % families.length];
  const seed = firstSeed + index;
  // A stream of its own: the problem's draws start from the seed itself.
  const stream = randomStream(hashWords(seed, 0x64726177));
  if (knobs === null) return drawProblem(family, stream.integer(...difficulty), seed);
  const drawn = Object.entries(knobs).map(([name, range]) => [name, stream.integer(...range)] as const);
  try {
    return drawWithKnobs(family, Object.fromEntries(drawn), seed);
  } catch (error) {
    throw new InputError(`--knobs: ${errorMessage(error)}`);
  }
}

export interface ProblemsOptions {
  /** Problem number i is of family i modulo their count. */
  readonly families: readonly ProblemFamily[];
  /** The seed draws within it. */
  readonly difficulty: KnobRange;
  /** Instead of the dial. */
  readonly knobs: Readonly<Record<string, KnobRange>> | null;
  /** Of the first problem; each later problem has the next seed. */
  readonly seed: number;
  readonly count: number;
  readonly hasLinks: boolean;
  /** Null: standard output. */
  readonly file: string | null;
  /** Print the vocabulary instead of problems. */
  readonly isVocabulary: boolean;
}

/** Streams have questions in place of one answer, and other knobs. */
type StreamOptions = Omit<ProblemsOptions, "families"> & StreamLineOptions;

const flags = {
  family: { type: "string", default: "all" },
  difficulty: { type: "string", default: String(maxDifficulty) },
  knobs: { type: "string" },
  seed: { type: "string", default: "1" },
  count: { type: "string", default: "10" },
  links: { type: "boolean", default: false },
  out: { type: "string" },
  vocabulary: { type: "boolean", default: false },
  questions: { type: "string", default: "6" },
  moments: { type: "string", default: "end" },
  camera: { type: "string", default: defaultKnobs.camera },
  help: { type: "boolean", default: false },
} as const;

const usage = `Usage: npm run --silent problems -- [--family F] [--difficulty D] [--seed S] [--count N] …
  --family F       ${problemFamilies.join(", ")}, several with commas, or all in turn (${flags.family.default});
                   stream by itself: frames with several questions
  --difficulty D   0 to ${maxDifficulty}, or a range such as 3-7 (${flags.difficulty.default})
  --knobs K        instead of the dial, numbers or ranges: rooms=4-6,steps=10-24 for walk (and tour=7) and diary,
                   people=5-8,distractors=1-3 for story, frames=32-64,televisions=3 for stream
  --seed S         of the first problem; the next has the next seed (${flags.seed.default})
  --count N        how many (${flags.count.default})
  --links          with the facts of each text and what is read from them; with the patches that answers are read from
  --questions N    of each stream, by type in turn (${flags.questions.default})
  --moments M      end, or any: half of a stream's questions in its middle (${flags.moments.default})
  --camera C       still, some (half of the streams pan) or pans (${flags.camera.default})
  --out FILE       instead of standard output
  --vocabulary     prints the words, by token, as one JSON array and no problems
One JSON object a line: id, family, knobs, difficulty, prompt, answer, trace (and links).
A stream has id, family, knobs, stream and questions. --silent keeps npm's own lines out.`;

const MAX_SEED = 2 ** 32 - 1;

/** Null when help was asked for. Throws InputError with the usage for anything it does not know. */
export function parseOptions(argv: readonly string[]): ProblemsOptions | null {
  const values = parseFlags(argv);
  return values.help ? null : { families: parseFamilies(values.family), ...commonOptions(values) };
}

function isOfStreams(argv: readonly string[]): boolean {
  return parseFlags(argv).family === "stream";
}

function parseStreamOptions(argv: readonly string[]): StreamOptions | null {
  const values = parseFlags(argv);
  if (values.help) return null;
  const questions = {
    count: parseWhole(values.questions, "questions", 1000),
    moments: parseChoice(values.moments, "--moments", ["end", "any"]),
  };
  return {
    ...commonOptions(values),
    questions,
    camera: parseChoice(values.camera, "--camera", ["still", "some", "pans"]),
  };
}

function parseChoice<Choice extends string>(text: string, flag: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((known) => known === text);
  if (choice !== undefined) return choice;
  throw new InputError(`${flag} is "${text}", expected ${choices.join(", ")}`);
}

function commonOptions(values: ReturnType<typeof parseFlags>): Omit<ProblemsOptions, "families"> {
  const seed = parseWhole(values.seed, "seed", MAX_SEED);
  const count = parseWhole(values.count, "count", MAX_SEED);
  if (seed + count > MAX_SEED + 1) throw new InputError(`seeds end at ${MAX_SEED}: lower --seed or --count`);
  const difficulty = parseRange(values.difficulty, "--difficulty");
  if (difficulty[1] > maxDifficulty) {
    throw new InputError(`--difficulty is "${values.difficulty}", expected 0 to ${maxDifficulty}`);
  }
  return {
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

const CHUNK_CHARACTERS = 1 << 16;

interface LineWriter {
  /** False once the reader has closed the pipe: the writer may then stop. */
  write(line: string): Promise<boolean>;
  /** Writes what is left. */
  end(): Promise<void>;
}

/** Throws InputError, at the latest from `end`, when the file cannot be written. */
function createLineWriter(file: string | null): LineWriter {
  const stream: Writable = file === null ? process.stdout : createWriteStream(file);
  let failure: NodeJS.ErrnoException | null = null;
  stream.on("error", (error) => (failure = error));
  let waiting = "";

  const flush = async (): Promise<boolean> => {
    const chunk = waiting;
    waiting = "";
    if (failure === null && chunk !== "") {
      await new Promise<void>((resolve) => stream.write(chunk, () => resolve()));
    }
    if (failure === null) return true;
    if (failure.code === "EPIPE") return false;
    throw new InputError(`${file ?? "standard output"} cannot be written: ${errorMessage(failure)}`);
  };

  return {
    write: async (line) => {
      waiting += `${line}\n`;
      return waiting.length < CHUNK_CHARACTERS ? failure === null : flush();
    },
    end: async () => {
      const isOpen = await flush();
      if (file === null || !isOpen) return;
      const closed = once(stream, "close");
      stream.end();
      await closed;
    },
  };
}
