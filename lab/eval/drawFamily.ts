// Problems of a family from a seed, the same that `npm run problems` writes for it.

import { InputError } from "../../src/lib/errors";
import type { KnobRange } from "../../src/problems/dial";
import { maxDifficulty } from "../../src/problems/dial";
import { problemFamilies } from "../../src/problems/families";
import type { Problem, ProblemFamily } from "../../src/problems/problem";
import { drawNumbered } from "../../scripts/problems";
import { parseOptions } from "../../scripts/problems/options";

export interface FamilyRequest {
  readonly family: ProblemFamily;
  /** Lowest and highest, 0 … 10. */
  readonly difficulty: KnobRange;
  /** Instead of the dial. */
  readonly knobs: Readonly<Record<string, KnobRange>> | null;
  /** Of the first problem; each further one has the next. */
  readonly seed: number;
  readonly count: number;
}

/** Throws InputError for knobs that no problem fulfils. */
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

/** As the command line names it, with the rules of `npm run problems`. Without a difficulty: full. */
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
