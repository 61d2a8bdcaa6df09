// Problems of a family from a seed, as an evaluation draws them.

import type { EvalProblem } from "../../src/experiment/evalProblem";
import { hashWords, randomStream } from "../../src/lib/random";
import { drawWalk } from "../../src/problems/walk";

export const families: readonly string[] = ["walk"];

export interface FamilyRequest {
  readonly family: string;
  /** Null: full. */
  readonly difficulty: number | null;
  readonly seed: number;
  readonly count: number;
}

export function drawFamily({ seed, count }: FamilyRequest): EvalProblem[] {
  return Array.from({ length: count }, (_, index) => {
    const stream = randomStream(hashWords(seed, index));
    const knobs = { rooms: stream.integer(4, 6), steps: stream.integer(10, 24), tour: null };
    return drawWalk(knobs, hashWords(seed, index));
  });
}
