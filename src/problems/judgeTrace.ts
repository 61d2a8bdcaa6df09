// Where a generated reasoning first goes wrong, and in what way. The reasoning of every problem is determined word for word,
// so the first word that differs from the reference is the first mistake; what follows it is only consequence.

import type { Problem } from "./problem";
import { tokensOf } from "./problem";
import { roomNames } from "./walk";
import type { TraceFaultKind, TraceRole } from "./traceRoles";
import { faultKinds, traceRoles } from "./traceRoles";

export interface TraceFault {
  /** Which sentence, from 0: a step of a walk; of a story the plan, then each of Solve and Check; the answer comes last. */
  readonly step: number;
  /** Of the wrong token, counted from the prompt's first. */
  readonly position: number;
  /** `unfinished`: the text ends before it is complete, and is right as far as it goes. */
  readonly kind: TraceFaultKind | "unfinished";
  readonly role: TraceRole;
  /** Null for what comes after the end. */
  readonly expected: string | null;
  /** Null for nothing. */
  readonly given: string | null;
}

export interface TraceVerdict {
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

/** A word of another sort than the one expected is a fault of form, wherever it stands. */
function faultKind(role: TraceRole, expected: string | undefined, given: string): TraceFaultKind {
  // Orders decide over words of any sort.
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
