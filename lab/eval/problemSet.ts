// The problems of an evaluation: lines of a file, or drawn from a family.

import { readFile } from "node:fs/promises";
import type { EvalProblem } from "./evalProblem";
import { parseEvalProblems } from "./evalProblem";
import { errorMessage, InputError } from "../../src/lib/errors";
import type { MeasuringModel } from "./openModel";

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

/** Prompt and reference trace of each problem, in tokens; without those that this model has no tokens for. */
export function fullLengths(problems: readonly EvalProblem[], model: MeasuringModel): number[] {
  return problems.flatMap(({ prompt, trace }) => {
    try {
      return [model.tokenCount(prompt) + model.tokenCount(trace)];
    } catch (error) {
      if (error instanceof InputError) return []; // it will be named as failed
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
