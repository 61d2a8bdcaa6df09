// Needles: places in a problem's text where one word, or two, can only be written by somebody who has read a certain earlier
// span, the needle. A copied answer stands in its needle word for word ("surface"); a derived one is nowhere in it and has to
// be worked out ("logic"). The roles of heads are measured on them (lab/roles).

import { assert } from "../lib/errors";
import { problemLinks } from "./factLinks";
import type { FactLink, ReadLink } from "./linkedText";
import { linkedText } from "./linkedText";
import type { Problem } from "./problem";
import { traceRoles } from "./traceRoles";
import { needleTasks, type NeedleTask } from "./needleTasks";

/** Positions count tokens from the prompt's first. */
export interface Needle {
  readonly task: NeedleTask;
  /** The needle's words: [start, end). */
  readonly start: number;
  readonly end: number;
  /** Of the answer's first word. */
  readonly answerAt: number;
  /** Words of the answer. */
  readonly answerCount: number;
}

/** All needles of the problem's prompt and reference trace, in the order of their answers. */
export function problemNeedles(problem: Problem): Needle[] {
  const { tokens, promptCount } = linkedText(problem);
  const links = problemLinks(problem);
  const facts = new Map(links.flatMap((link) => (link.type === "fact" ? [[link.summary, link] as const] : [])));
  const reads = links.filter((link) => link.type === "read");
  const needles = [
    ...reads.flatMap((read) => factNeedle(read, facts, problem)),
    ...reasonedNeedles(tokens, promptCount, traceRoles(problem)),
  ];
  return needles.filter(isOfItsKind(tokens)).sort((one, other) => one.answerAt - other.answerAt);
}

/** A copied answer stands in its needle, a derived one does not: 8 lose 4 makes 4 could be either. */
function isOfItsKind(tokens: readonly string[]): (needle: Needle) => boolean {
  return ({ task, start, end, answerAt, answerCount }) => {
    const words = new Set(tokens.slice(start, end));
    const answer = tokens.slice(answerAt, answerAt + answerCount);
    return needleTasks[task].kind === "surface"
      ? answer.every((word) => words.has(word))
      : answer.every((word) => !words.has(word));
  };
}

/** The fact's words up to its full stop. */
function factNeedle(
  { position, role, fact: summary }: ReadLink,
  facts: ReadonlyMap<number, FactLink>,
  { family }: Problem,
): Needle[] {
  const fact = facts.get(summary);
  assert(fact !== undefined, "a read names its fact");
  const task = taskOf(role, fact, family);
  if (task === null) return [];
  const start = Math.min(...Object.values(fact.parts));
  const answerCount = role === "verb" || (role === "amount" && task === "fact") ? 2 : 1;
  return [{ task, start, end: summary + 1, answerAt: position, answerCount }];
}

/** Null for what is read next to where it stands, and for the second word of an answer. */
function taskOf(role: string, { parts }: FactLink, family: Problem["family"]): NeedleTask | null {
  const isRule = "verb" in parts;
  if (isRule) {
    if (role === "verb") return "rule";
    return role === "amount" ? null : "branch";
  }
  if (family === "diary" && "note" in parts) return role === "note" ? "note" : role === "header" ? "recall" : null;
  if ("reference" in parts) return role === "amount" ? "fact" : role === "reference" ? "reference" : null;
  if ("person" in parts && role === "number") return "solved";
  return family === "orders" && "header" in parts && role !== "number" && role !== "room" ? "order" : null;
}

/** What the reasoning works out from words that it wrote itself. */
function reasonedNeedles(tokens: readonly string[], promptCount: number, roles: readonly string[]): Needle[] {
  const newestBefore = (role: string, at: number): number => {
    const found = roles.slice(0, at - promptCount).lastIndexOf(role);
    return found < 0 ? -1 : promptCount + found;
  };
  return roles.flatMap((role, at): Needle[] => {
    const answerAt = promptCount + at;
    const needle = (task: NeedleTask, start: number, end: number): Needle[] =>
      start < 0 ? [] : [{ task, start, end, answerAt, answerCount: 1 }];
    if (role === "sum") return needle("sum", newestBefore("number", answerAt), answerAt - 1);
    if (role === "count") {
      const before = newestBefore("count", answerAt);
      return needle("count", before, before + 2);
    }
    if (role !== "branch") return [];
    const isParity = tokens[answerAt] === "even" || tokens[answerAt] === "odd";
    return needle(isParity ? "parity" : "compare", newestBefore("sum", answerAt), answerAt);
  });
}
