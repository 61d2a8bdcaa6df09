// From what a run wrote to what it was worth.

import { judgeAnswer } from "../problems/judge";
import type { EvalProblem } from "./evalProblem";
import type { ProblemResult } from "./problemResult";

/** What a run of one problem left, before anyone judges it. */
export interface RunReport {
  /** Everything generated, special tokens written out. */
  readonly text: string;
  readonly promptTokens: number;
  readonly tokens: number;
  readonly retained: number;
  readonly peakSlots: number;
  readonly decodeMs: number;
}

export function judgeRun(problem: EvalProblem, { text, ...figures }: RunReport): ProblemResult {
  const verdict = judgeAnswer(text, problem.answer);
  return {
    id: problem.id,
    isRight: verdict === "right",
    isExact: words(text) === words(problem.trace),
    hasAnswer: verdict !== "unfinished",
    firstWrong: null,
    ...figures,
    failure: null,
  };
}

function words(text: string): string {
  return text.split(/\s+/).filter(Boolean).join(" ");
}
