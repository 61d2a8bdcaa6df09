// Needles: places in a problem's text where one word, or two, can only be written by somebody who has read a certain earlier
// span, the needle. A copied answer stands in its needle word for word ("surface"); a derived one is nowhere in it and has to
// be worked out ("logic"). The roles of heads are measured on them (lab/roles).

import { assert } from "../lib/errors";
import { problemLinks } from "./factLinks";
import type { FactLink, ReadLink } from "./linkedText";
import { linkedText } from "./linkedText";
import type { Problem } from "./problem";
import { traceRoles } from "./traceRoles";

export const needleKinds = ["surface", "logic"] as const;
export type NeedleKind = (typeof needleKinds)[number];

interface TaskWords {
  readonly kind: NeedleKind;
  readonly label: string;
  /** The needle in brackets, the answer after the arrow. */
  readonly example: string;
}

export const needleTasks = {
  rule: { kind: "surface", label: "a room's rule", example: "[Barn: gain 2 ; even to hall ; …] … barn 10 → gain 2" },
  branch: { kind: "surface", label: "where a rule leads", example: "[Barn: … ; even to hall ; …] … even to → hall" },
  note: { kind: "surface", label: "a note in the diary", example: "[barn's 12 to den .] … recall → 12" },
  fact: { kind: "surface", label: "a fact of the story", example: "[Gus has 1 fewer than Eva's .] … with → 1 fewer" },
  reference: {
    kind: "surface",
    label: "whom a fact refers to",
    example: "[Gus has 1 fewer than Eva's .] … Gus's → Eva's",
  },
  solved: {
    kind: "surface",
    label: "a number found before",
    example: "[Eva's : 36 with 4 more makes 40 .] … Eva's → 40",
  },
  order: { kind: "surface", label: "an order", example: "[Begin with Hello .] … Answer : → Hello" },
  sum: { kind: "logic", label: "a sum", example: "[10 gain 2] makes → 12" },
  parity: { kind: "logic", label: "even or odd", example: "makes [12] → even" },
  compare: { kind: "logic", label: "above or below", example: "makes [16 recall 12] → above" },
  count: { kind: "logic", label: "counting down", example: "[20 left] … → 19" },
  recall: { kind: "logic", label: "seen before?", example: "[barn's 12 to den .] … makes 16 → recall" },
} as const satisfies Record<string, TaskWords>;

export type NeedleTask = keyof typeof needleTasks;

export const needleTaskIds = Object.keys(needleTasks) as NeedleTask[];

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
