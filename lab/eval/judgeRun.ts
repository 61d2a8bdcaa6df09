// From what a run wrote to what it was worth.

import { problemFamilies } from "../../src/problems/families";
import { judgeAnswer, judgeOrders, judgeTrace } from "../../src/problems/judge";
import type { Problem } from "../../src/problems/problem";
import { tokensOf } from "../../src/problems/problem";
import type { EvalProblem } from "./problemSet";
import type { FirstWrong, ProblemResult } from "../../src/experiment/results";

/** Raised when the same text may be judged in another way: results judged before are then done again. */
export const judgeVersion = 1;

/** What a run of one problem left, before anyone judges it. */
export interface RunReport {
  /** Everything generated, special tokens written out. */
  readonly text: string;
  readonly promptTokens: number;
  readonly tokens: number;
  readonly tokensDigest: string;
  readonly retained: number;
  readonly peakSlots: number;
  readonly decodeMs: number;
}

export function judgeRun(problem: EvalProblem, { text, ...figures }: RunReport): ProblemResult {
  const answer = judgeAnswer(text, problem.answer);
  const { isExact, firstWrong } = judgeWords(problem, text);
  const parts = judgeParts(problem, text);
  return {
    id: problem.id,
    isRight: answer === "right",
    isExact,
    hasAnswer: answer !== "unfinished",
    firstWrong,
    ...(Object.keys(parts).length > 0 ? { parts } : {}),
    ...figures,
    failure: null,
  };
}

/** Families that are not ours have no checker: their texts are right word for word or not. */
function judgeWords(problem: EvalProblem, text: string): { isExact: boolean; firstWrong: FirstWrong | null } {
  if (!isOfKnownFamily(problem)) {
    return { isExact: tokensOf(text).join(" ") === tokensOf(problem.trace).join(" "), firstWrong: null };
  }
  const { isExact, firstFault } = judgeTrace(problem, text);
  if (firstFault === null) return { isExact, firstWrong: null };
  const { step, position, kind } = firstFault;
  return { isExact, firstWrong: { step, position, kind } };
}

/** Each order by its type; an order without an answer is not kept. */
function judgeParts(problem: EvalProblem, text: string): Record<string, boolean> {
  if (problem.family !== "orders") return {};
  const parts: Record<string, boolean> = {};
  for (const { order, verdict } of judgeOrders(problem.prompt, text)) {
    parts[order.type] = verdict === "kept" && (parts[order.type] ?? true);
  }
  return parts;
}

/** Lines of a file are taken at their word: what a checker then cannot read fails by itself. */
function isOfKnownFamily(problem: EvalProblem): problem is EvalProblem & Problem {
  return problemFamilies.some((family) => family === problem.family);
}
