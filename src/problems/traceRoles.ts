// The role of each word in a reference trace, which says what went wrong if a model writes another word there.

import { assert, unreachable } from "../lib/errors";
import type { Problem } from "./problem";
import { tokensOf } from "./problem";

/**
 * What a wrong word shows: a misread rule (or another fact of the prompt), a misread value from earlier in the reasoning, a
 * wrong calculation or comparison, an order not followed, or a sentence that lost its form.
 */
export type TraceFaultKind = "rule" | "value" | "arithmetic" | "order" | "format";

/** By role in the sentences below; `word` is what orders decide, `frame` is always the same. */
export const faultKinds = {
  count: "arithmetic",
  sum: "arithmetic",
  branch: "arithmetic",
  verb: "rule",
  amount: "rule",
  direction: "rule",
  reference: "rule",
  target: "rule",
  room: "value",
  person: "value",
  number: "value",
  memory: "value",
  note: "value",
  word: "order",
  frame: "format",
} as const satisfies Record<string, TraceFaultKind>;

export type TraceRole = keyof typeof faultKinds;

/** 4 left : cellar 10 gain 4 makes 14 even to barn . */
const walkStep = roles("count frame frame room number verb amount frame sum branch frame target frame");
/** 20 left : barn 14 gain 2 makes 16 recall 12 above to foyer . */
const recallStep = roles("count frame frame room number verb amount frame sum memory note branch frame target frame");
/** 36 left : barn 10 gain 2 makes 12 note barn's 12 to den . */
const noteStep = roles("count frame frame room number verb amount frame sum memory room number frame target frame");
/** Dan's : 35 with 1 more makes 36 . */
const solveSentence = roles("person frame number frame amount direction frame sum frame");
/** Gus's 39 is 1 fewer than 40 . — Hana's 35 is 35 coins in total . */
const checkSentence = roles("person number frame amount direction frame number frame");

/** One role per token of the problem's trace. */
export function traceRoles(problem: Problem): TraceRole[] {
  const tokens = tokensOf(problem.trace);
  const end = tokens.indexOf("</think>");
  const reasoning = reasoningRoles(problem, tokens.slice(0, end));
  assert(reasoning.length === end, `${problem.id} has a role for every word`);
  return [...reasoning, ...answerRoles(tokens.slice(end))];
}

function reasoningRoles(problem: Problem, tokens: readonly string[]): TraceRole[] {
  switch (problem.family) {
    case "walk":
      return walkRoles(tokens);
    case "diary":
      return diaryRoles(tokens);
    case "story":
      return storyRoles(tokens);
    case "orders":
      return problem.knobs.task === "walk" ? walkRoles(tokens) : storyRoles(tokens);
    default:
      return unreachable(problem);
  }
}

function walkRoles(tokens: readonly string[]): TraceRole[] {
  return tokens.map((_, at) => walkStep[at % walkStep.length]);
}

function diaryRoles(tokens: readonly string[]): TraceRole[] {
  return tokens.map((_, at) => {
    const place = at % recallStep.length;
    return (tokens[at - place + 9] === "note" ? noteStep : recallStep)[place];
  });
}

/** Plan : Name's … total . Solve : … Check : … */
function storyRoles(tokens: readonly string[]): TraceRole[] {
  const people = tokens.indexOf("total") - 2;
  const plan = Array.from({ length: people + 1 }, (): TraceRole => "reference");
  const repeat = (sentence: readonly TraceRole[]): TraceRole[] => Array.from({ length: people }, () => sentence).flat();
  return [
    ...roles("frame frame"),
    ...plan,
    ...roles("frame frame frame"),
    ...repeat(solveSentence),
    ...roles("frame frame"),
    ...repeat(checkSentence),
  ];
}

/** `</think> Answer : 14 . <eos>`, or the sentence in which orders are kept: there everything but the two numbers is up to them. */
function answerRoles(tokens: readonly string[]): TraceRole[] {
  const first = 3;
  const stop = tokens.length - 2;
  const isPlain = stop === first + 1;
  return tokens.map((token, at) => {
    if (at < first || at > stop || (isPlain && at === stop)) return "frame";
    return /^\d+$/.test(token) || isPlain ? "number" : "word";
  });
}

function roles(text: string): TraceRole[] {
  return text.split(" ") as TraceRole[];
}
