// The answer verdict of a run up to a step: the answer, the first mistake of the reasoning, each order by itself.
import { unreachable } from "../../lib/errors";
import type { TraceFault } from "../../problems/judge";
import { givenAnswer, judgeAnswer, judgeOrders, judgeTrace } from "../../problems/judge";
import type { Order } from "../../problems/orders";
import { tokensOf, type Problem } from "../../problems/problem";
import type { LaneRun } from "../../state/shownRuns";
import { generatedText } from "../../trace/figures";
import type { Trace } from "../../trace/trace";

export interface Mistake {
  readonly text: string;
  /** Position of its token; null if the text ended there or the model's tokens are not words. */
  readonly position: number | null;
}

export interface OrderMark {
  readonly text: string;
  readonly verdict: "kept" | "broken" | "open";
}

/** The answer verdict, and what became of the reasoning and the orders on the way. */
export type RunVerdict =
  | {
      readonly type: "right" | "wrong" | "open";
      readonly expected: string;
      readonly given: string | null;
      /** The whole text is right, word for word. */
      readonly isExact: boolean;
      readonly mistake: Mistake | null;
      readonly orders: readonly OrderMark[];
    }
  /** The right answer is not known. */
  | { readonly type: "unknown" };

interface ShownRun {
  readonly trace: Trace;
  readonly step: number;
  /** The run is over: whatever is missing counts as wrong. */
  readonly isEnd: boolean;
}

/** The verdict of a lane at a step. */
export function laneVerdict({ trace, stepCount, end }: LaneRun, step: number, problem: Problem | null): RunVerdict {
  return runVerdict({ trace, step, isEnd: end !== null && step === stepCount - 1 }, problem);
}

/** `problem`: what the run was asked, if known; without it only the answer is judged. */
export function runVerdict({ trace, step, isEnd }: ShownRun, problem: Problem | null): RunVerdict {
  const { expectedAnswer, promptText, promptTokens } = trace.header;
  if (expectedAnswer === null) return { type: "unknown" };
  const text = generatedText(trace, step);
  const answer = judgeAnswer(text, expectedAnswer);
  const judged = problem?.prompt === promptText ? judgeTrace(problem, text) : null;
  const fault = judged?.firstFault ?? null;
  const isShown = fault !== null && (isEnd || fault.kind !== "unfinished");
  const hasWordTokens = promptTokens.length === tokensOf(promptText).length;
  return {
    type: answer === "unfinished" ? (isEnd ? "wrong" : "open") : answer,
    expected: expectedAnswer,
    given: givenAnswer(text),
    isExact: judged?.isExact ?? false,
    mistake: isShown
      ? { text: faultText(fault), position: hasWordTokens && fault.given !== null ? fault.position : null }
      : null,
    orders: judgeOrders(promptText, text).map(({ order, verdict }) => ({
      text: orderText(order),
      verdict: verdict === "unfinished" ? (isEnd ? "broken" : "open") : verdict,
    })),
  };
}

/** "first mistake in sentence 7: misread rule or fact, “gain” for “lose”" */
function faultText({ step, kind, expected, given }: TraceFault): string {
  const sentence = `sentence ${step + 1}`;
  if (kind === "unfinished") return `cut off in ${sentence}, right so far`;
  if (expected === null) return "the text goes on after its end";
  return `first mistake in ${sentence}: ${faultNames[kind]}, “${given ?? ""}” for “${expected}”`;
}

const faultNames = {
  rule: "misread rule or fact",
  value: "misread value",
  arithmetic: "wrong arithmetic",
  order: "order not followed",
  format: "broken form",
} as const;

function orderText(order: Order): string {
  switch (order.type) {
    case "begin":
      return `begin with ${order.word}`;
    case "end":
      return `end with ${order.word}`;
    case "never":
      return `${order.instead}, not ${order.word}`;
    case "secret":
      return `keep ${order.number} secret`;
    case "unit":
      return `use ${order.word}`;
    default:
      return unreachable(order);
  }
}
