// Judges the text that a run wrote.

import { problemFamilies } from "../../src/problems/families";
import { judgeAnswer, judgeOrders, judgeTrace } from "../../src/problems/judge";
import type { Problem } from "../../src/problems/problem";
import { tokensOf } from "../../src/problems/problem";
import type { EvalProblem } from "./problemSet";
import type { SecretMargins } from "./secretMargin";
import type { FirstWrong, ProblemResult } from "../../src/experiment/results";

/** Raise this when the same text may be judged differently: older results are then recomputed. */
export const judgeVersion = 1;

/** What a run of one problem leaves, before it is judged. */
export interface RunReport {
  /** Everything generated, special tokens written out. */
  readonly text: string;
  readonly promptTokens: number;
  readonly tokens: number;
  readonly tokensDigest: string;
  readonly retained: number;
  readonly peakSlots: number;
  readonly decodeMs: number;
  /** Of each instruction that the recipe names. */
  readonly keepRates?: readonly { readonly afterPrompt: number; readonly atEnd: number }[];
  readonly secretMargins?: SecretMargins;
}

export function judgeRun(problem: EvalProblem, { text, keepRates, ...figures }: RunReport): ProblemResult {
  const answer = judgeAnswer(text, problem.answer);
  const { isExact, firstWrong } = judgeWords(problem, text);
  const parts = judgeParts(problem, text);
  const leaked = judgeOrders(problem.prompt, text).find(({ order }) => order.type === "secret");
  return {
    id: problem.id,
    isRight: answer === "right",
    isExact,
    hasAnswer: answer !== "unfinished",
    firstWrong,
    ...(Object.keys(parts).length > 0 ? { parts } : {}),
    ...(leaked === undefined ? {} : { isLeaked: leaked.verdict === "broken" }),
    ...(keepRates === undefined ? {} : { keepRates: [...keepRates] }),
    ...figures,
    failure: null,
  };
}

/** Families that are not ours have no checker: their text either equals the trace word for word or it does not. */
function judgeWords(problem: EvalProblem, text: string): { isExact: boolean; firstWrong: FirstWrong | null } {
  if (!isOfKnownFamily(problem)) {
    return { isExact: tokensOf(text).join(" ") === tokensOf(problem.trace).join(" "), firstWrong: null };
  }
  const { isExact, firstFault } = judgeTrace(problem, text);
  if (firstFault === null) return { isExact, firstWrong: null };
  const { step, position, kind } = firstFault;
  return { isExact, firstWrong: { step, position, kind } };
}

/** Whether each type of order was kept; an order without an answer counts as broken. */
function judgeParts(problem: EvalProblem, text: string): Record<string, boolean> {
  if (problem.family !== "orders") return {};
  const parts: Record<string, boolean> = {};
  for (const { order, verdict } of judgeOrders(problem.prompt, text)) {
    parts[order.type] = verdict === "kept" && (parts[order.type] ?? true);
  }
  return parts;
}

/** Trusts the family that a file states: a text that its checker cannot read fails later, by itself. */
function isOfKnownFamily(problem: EvalProblem): problem is EvalProblem & Problem {
  return problemFamilies.some((family) => family === problem.family);
}
