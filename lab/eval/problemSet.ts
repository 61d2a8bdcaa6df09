// The problems of an evaluation: lines of a file, or drawn from a family by seed, as `npm run problems` writes them.

import { readFile } from "node:fs/promises";
import { errorMessage, InputError } from "../../src/lib/errors";
import type { KnobRange } from "../../src/problems/dial";
import { maxDifficulty } from "../../src/problems/dial";
import { problemFamilies } from "../../src/problems/families";
import type { Problem, ProblemFamily } from "../../src/problems/problem";
import { drawNumbered, parseOptions } from "../../scripts/problems";
import { modelSummary } from "../../src/engine/traceRecords";
import type { ModelSummary } from "../../src/trace/trace";
import { modelName, readModel } from "../../scripts/readModel";

/** The problems of a file; `family` null for all, `count` null for as many as there are. */
export async function problemsOfFile(
  file: string,
  { family, count }: { readonly family: string | null; readonly count: number | null },
): Promise<EvalProblem[]> {
  const all = parseEvalProblems(await readText(file), file);
  const chosen = family === null ? all : all.filter((problem) => problem.family === family);
  if (chosen.length >= (count ?? 1)) return chosen.slice(0, count ?? undefined);
  const families = [...new Set(all.map((problem) => problem.family))].join(", ");
  const what = family === null ? "problems" : `problems of family ${family}`;
  throw new InputError(`${file} holds ${chosen.length} ${what}, ${count ?? 1} asked for; families in it: ${families}`);
}

/** Tokens of prompt and reference trace of each problem; problems that this model cannot tokenise are left out. */
export function fullLengths(problems: readonly EvalProblem[], model: MeasuringModel): number[] {
  return problems.flatMap(({ prompt, trace }) => {
    try {
      return [model.tokenCount(prompt) + model.tokenCount(trace)];
    } catch (error) {
      if (error instanceof InputError) return []; // reported later as failed
      throw error;
    }
  });
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new InputError(`${file} cannot be read: ${errorMessage(error)}`);
  }
}

export interface EvalProblem {
  readonly id: string;
  readonly family: string;
  readonly prompt: string;
  readonly answer: string;
  /** What a faultless run writes after the prompt, end token included. */
  readonly trace: string;
}

/**
 * Problems of a JSONL text, one object a line with id, family, prompt, answer and trace; other fields stay with the
 * problem. Throws InputError naming file and line.
 */
export function parseEvalProblems(text: string, file: string): EvalProblem[] {
  const problems = text
    .split("\n")
    .map((line, at) => (line.trim() === "" ? null : parseEvalProblem(line, `${file}, line ${at + 1}`)))
    .filter((problem) => problem !== null);
  if (problems.length === 0) throw new InputError(`${file} holds no problem; write one JSON object a line`);
  return problems;
}

function parseEvalProblem(line: string, where: string): EvalProblem {
  let fields: Record<string, unknown>;
  try {
    fields = Object(JSON.parse(line)) as Record<string, unknown>;
  } catch (error) {
    throw new InputError(`${where}: expected JSON (${errorMessage(error)})`);
  }
  const text = (name: string): string => {
    const value = fields[name];
    if (typeof value === "string") return value;
    if (typeof value === "number" && name === "answer") return String(value);
    throw new InputError(`${where}: expected a text in "${name}"; npm run problems writes such lines`);
  };
  return {
    ...fields,
    id: text("id"),
    family: text("family"),
    prompt: text("prompt"),
    answer: text("answer"),
    trace: text("trace"),
  };
}

export interface FamilyRequest {
  readonly family: ProblemFamily;
  /** Lowest and highest, 0 … 10. */
  readonly difficulty: KnobRange;
  /** Instead of the dial. */
  readonly knobs: Readonly<Record<string, KnobRange>> | null;
  /** Of the first problem; each later problem has the next seed. */
  readonly seed: number;
  readonly count: number;
}

/** Throws InputError for knobs that no problem satisfies. */
export function drawFamily(request: FamilyRequest): Problem[] {
  const options = { ...request, families: [request.family], hasLinks: false, file: null, isVocabulary: false };
  return Array.from({ length: request.count }, (_, index) => drawNumbered(options, index));
}

export interface FamilyTexts {
  readonly family: string;
  readonly difficulty: string | undefined;
  readonly knobs: string | undefined;
  readonly seed: number;
  readonly count: number;
}

/** Parses the texts of a command line, by the rules of `npm run problems`. The default is full difficulty. */
export function parseFamilyRequest({ family: text, difficulty, knobs, seed, count }: FamilyTexts): FamilyRequest {
  const family = parseFamily(text);
  const numbers = ["--seed", String(seed), "--count", String(count)];
  const dial = ["--difficulty", difficulty ?? String(maxDifficulty)];
  const parsed = parseOptions([...numbers, ...dial, ...(knobs === undefined ? [] : ["--knobs", knobs])]);
  if (parsed === null) throw new InputError("no problems were asked for");
  return { family, difficulty: parsed.difficulty, knobs: parsed.knobs, seed, count };
}

export function parseFamily(text: string): ProblemFamily {
  const family = problemFamilies.find((known) => known === text);
  if (family !== undefined) return family;
  throw new InputError(`--family is "${text}", expected ${problemFamilies.join(", ")}`);
}

export interface MeasuringModel {
  readonly folder: string;
  readonly summary: ModelSummary;
  /** Throws InputError for a text that the tokenizer has no tokens for. */
  tokenCount(text: string): number;
}

export async function openMeasuringModel(folder: string): Promise<MeasuringModel> {
  const loaded = await readModel(folder);
  const name = modelName(folder);
  // The same problems are measured for every configuration.
  const counts = new Map<string, number>();
  const tokenCount = (text: string): number => {
    const count = counts.get(text) ?? loaded.tokenizer.encode(text).length;
    counts.set(text, count);
    return count;
  };
  return {
    folder,
    summary: modelSummary({ id: name, label: name }, loaded),
    tokenCount,
  };
}
