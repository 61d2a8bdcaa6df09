// What a generated text is worth: the answer verdict, one verdict per order, and the first mistake of the reasoning. The
// reasoning of every problem is determined word for word, so the first word that differs from the reference is the first
// mistake; what follows is only its consequence.

import { unreachable } from "../lib/errors";
import type { Order } from "./orders";
import { parseOrders } from "./orders";
import type { Problem } from "./problem";
import { tokensOf } from "./problem";
import type { TraceFaultKind, TraceRole } from "./traceRoles";
import { faultKinds, traceRoles } from "./traceRoles";
import { roomNames } from "./walk";

/** A text without an answer is unfinished. */
export type AnswerVerdict = "right" | "wrong" | "unfinished";

/**
 * Where the answer is: the number after the first `Answer :`, or in the answer to orders (Answer : Hello , the total is
 * 14 …) the one after `is`; null if there is none yet. `end` is exclusive.
 */
export function answerPlace(generatedText: string): { readonly start: number; readonly end: number } | null {
  const place = /\bAnswer\s*:\s*(?:[^.]*?\sis\s+)?(-?\d+)/d.exec(generatedText)?.indices?.[1];
  return place === undefined ? null : { start: place[0], end: place[1] };
}

export function givenAnswer(generatedText: string): string | null {
  const place = answerPlace(generatedText);
  return place === null ? null : generatedText.slice(place.start, place.end);
}

/** Whether two texts give the same answer, right or wrong. */
export function isSameAnswer(text: string, otherText: string): boolean {
  const [given, other] = [givenAnswer(text), givenAnswer(otherText)];
  return given !== null && other !== null && Number(given) === Number(other);
}

export function judgeAnswer(generatedText: string, expectedAnswer: string): AnswerVerdict {
  const given = givenAnswer(generatedText);
  if (given === null) return "unfinished";
  return Number(given) === Number(expectedAnswer) ? "right" : "wrong";
}

interface OrderVerdict {
  readonly order: Order;
  /** `unfinished`: no answer was given. */
  readonly verdict: "kept" | "broken" | "unfinished";
}

/** One verdict per order of the prompt, judged from the answer alone; empty if the prompt gives no orders. */
export function judgeOrders(prompt: string, generatedText: string): OrderVerdict[] {
  const words = answerWords(generatedText);
  return (parseOrders(prompt) ?? []).map((order) => ({
    order,
    verdict: words === null ? "unfinished" : isKept(order, words) ? "kept" : "broken",
  }));
}

/** The words between `Answer :` and the full stop; null if there is no such sentence. */
function answerWords(generatedText: string): string[] | null {
  const match = /(?:^|\s)Answer\s+:\s(.*?)\s\.(?:\s|$)/s.exec(generatedText);
  return match === null ? null : tokensOf(match[1]);
}

function isKept(order: Order, words: readonly string[]): boolean {
  switch (order.type) {
    case "begin":
      return words[0] === order.word;
    case "end":
      return words[words.length - 1] === order.word;
    case "never":
      return !words.includes(order.word) && words.includes(order.instead);
    case "secret":
      return !words.includes(String(order.number));
    case "unit":
      return words[words.indexOf("is") + 2] === order.word && words.includes("is");
    default:
      return unreachable(order);
  }
}

export interface TraceFault {
  /** Which sentence, from 0: a step of a walk; of a story the plan, then each of Solve and Check; the answer comes last. */
  readonly step: number;
  /** Position of the wrong token; the prompt's first token is 0. */
  readonly position: number;
  /** `unfinished`: the text ends too early, and is right as far as it goes. */
  readonly kind: TraceFaultKind | "unfinished";
  readonly role: TraceRole;
  /** Null if the text goes on after the reference has ended. */
  readonly expected: string | null;
  /** Null if the text has ended. */
  readonly given: string | null;
}

interface TraceVerdict {
  /** Word for word; the end token may be missing, since not every text of a run shows it. */
  readonly isExact: boolean;
  readonly firstFault: TraceFault | null;
}

/** `generatedText`: what follows the prompt. */
export function judgeTrace(problem: Problem, generatedText: string): TraceVerdict {
  const expected = tokensOf(problem.trace);
  const given = generatedText.trim() === "" ? [] : tokensOf(generatedText);
  const length = Math.max(expected.length, given.length);
  let wrong = 0;
  while (wrong < length && expected[wrong] === given[wrong]) wrong++;
  const lacksOnlyEnd = wrong === given.length && expected[wrong] === "<eos>";
  if (wrong === length || lacksOnlyEnd) return { isExact: true, firstFault: null };

  const role = traceRoles(problem)[wrong] ?? "frame";
  const word: string | undefined = given[wrong];
  const fault = {
    step: expected.slice(0, wrong).filter((token, at) => token === "." && at < expected.length - 2).length,
    position: tokensOf(problem.prompt).length + wrong,
    kind: word === undefined ? "unfinished" : faultKind(role, expected[wrong], word),
    role,
    expected: expected[wrong] ?? null,
    given: word ?? null,
  } as const;
  return { isExact: false, firstFault: fault };
}

/** A word of another sort than expected is a fault of form, whatever its role. */
function faultKind(role: TraceRole, expected: string | undefined, given: string): TraceFaultKind {
  // An order may ask for a word of any sort.
  if (role === "word") return "order";
  if (role === "number" && expected !== undefined && given === "secret") return "order";
  return wordSort(expected ?? "") === wordSort(given) ? faultKinds[role] : "format";
}

const sorts: readonly (readonly [RegExp, string])[] = [
  [/^\d+$/, "number"],
  [/^(gain|lose)$/, "verb"],
  [/^(more|fewer|coins)$/, "direction"],
  [/^(even|odd)$/, "parity"],
  [/^(above|below)$/, "comparison"],
  [/^(note|recall)$/, "memory"],
  [/^[A-Z][a-z]*'s$|^total$/, "person"],
];
const rooms: ReadonlySet<string> = new Set(roomNames.flatMap((room) => [room, `${room}'s`]));

/** Words that could stand in each other's place. Any other word is a sort of its own. */
function wordSort(word: string): string {
  if (rooms.has(word)) return word.endsWith("'s") ? "room's" : "room";
  return sorts.find(([pattern]) => pattern.test(word))?.[1] ?? word;
}
