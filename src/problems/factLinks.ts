// Where the meaning of each word comes from, family by family: the facts that a text states, and the words of the
// reasoning that are read from them. Training draws hints from this; the analysis asks which cache entries mattered; the
// page says what a wrong word lacked.

import { unreachable } from "../lib/errors";
import type { Problem } from "./problem";
import type { FactLink, Link, LinkedText, ReadLink } from "./linkedText";
import { answerRead, fact, factNamed, linkedText, partsAt, read, ruleFacts } from "./linkedText";

/** Facts and reads of the prompt and its reference trace. */
export function problemLinks(problem: Problem): Link[] {
  const text = linkedText(problem);
  switch (problem.family) {
    case "walk":
      return walkLinks(text);
    case "diary":
      return diaryLinks(text);
    case "story":
      return storyLinks(text);
    case "orders":
      return ordersLinks(text);
    default:
      return unreachable(problem);
  }
}

// Room: gain A ; even to room ; odd to room .
const walkRuleParts = { header: 0, verb: 1, amount: 2, even: 6, odd: 10 };
const walkRuleLength = 12;
const walkStepLength = 13;

/** Rules, each gathered at its full stop; each step reads one rule three times. */
function walkLinks(text: LinkedText): Link[] {
  const { facts, reads, result } = walkReasoningLinks(text);
  return [...facts, ...reads, answerRead(text, result)];
}

/** Without the answer; `result` is the last step, where the answer stands. */
function walkReasoningLinks(text: LinkedText): { facts: FactLink[]; reads: ReadLink[]; result: FactLink } {
  const { tokens, promptCount } = text;
  const rules = ruleFacts(text, walkRuleParts, walkRuleLength);
  const end = tokens.indexOf("</think>");
  const reads: ReadLink[] = [];
  // K left : room V gain A makes V' even to room .
  for (let start = promptCount; start < end; start += walkStepLength) {
    const room = start + 3;
    const rule = factNamed(rules, tokens[room]);
    reads.push(read(start + 5, "verb", rule, room), read(start + 6, "amount", rule, room));
    reads.push(read(start + 11, tokens[start + 9], rule, room));
  }
  const result = fact("result", end - 1, { number: end - walkStepLength + 8 });
  return { facts: [...rules.values(), result], reads, result };
}

// Room: gain A ; first to room ; above to room ; below to room .
const diaryRuleParts = { header: 0, verb: 1, amount: 2, first: 6, above: 10, below: 14 };
const diaryRuleLength = 16;
const diaryStepLength = 15;

/** Rules of the prompt, and notes, which the reasoning writes on the first visit of a room. */
function diaryLinks(text: LinkedText): Link[] {
  const { tokens, promptCount } = text;
  const rules = ruleFacts(text, diaryRuleParts, diaryRuleLength);
  const notes = new Map<string, FactLink>();
  const reads: ReadLink[] = [];
  const end = tokens.indexOf("</think>");
  for (let start = promptCount; start < end; start += diaryStepLength) {
    const room = start + 3;
    const rule = factNamed(rules, tokens[room]);
    reads.push(read(start + 5, "verb", rule, room), read(start + 6, "amount", rule, room));
    if (tokens[start + 9] === "note") {
      // K left : room V gain A makes V' note room's V' to room .
      notes.set(tokens[room], fact(tokens[start + 10], start + 14, { header: start + 10, note: start + 11 }));
      reads.push(read(start + 13, "first", rule, room));
    } else {
      // K left : room V gain A makes V' recall N above to room .
      const note = factNamed(notes, tokens[room]);
      // Writing "recall" rather than "note" already depends on the note.
      reads.push(read(start + 9, "header", note, room), read(start + 10, "note", note, room));
      reads.push(read(start + 13, tokens[start + 11], rule, room));
    }
  }
  const facts = [...rules.values(), ...notes.values()];
  // A short walk may end in a room that is new: then its sentence holds a note and the result.
  const lastNote = facts.find(({ summary }) => summary === end - 1);
  const number = end - diaryStepLength + 8;
  const result = fact(lastNote?.name ?? "result", end - 1, { ...lastNote?.parts, number });
  return [...facts.filter((one) => one !== lastNote), result, ...reads, answerRead(text, result)];
}

/** Facts of the prompt, each entry of the plan, and each sentence of Solve, which Check needs again. */
function storyLinks(text: LinkedText): Link[] {
  const { facts, reads, result } = storyReasoningLinks(text);
  return [...facts, ...reads, answerRead(text, result)];
}

/** Without the answer; `result` is the sentence of Solve in which the answer stands. */
function storyReasoningLinks(text: LinkedText): { facts: FactLink[]; reads: ReadLink[]; result: FactLink } {
  const { tokens, promptCount } = text;
  const stated = statedFacts(text);
  const reads: ReadLink[] = [];

  // Plan : Name's … total . Each entry comes from the fact about the one before.
  const planned: FactLink[] = [];
  let at = promptCount + 2;
  for (; tokens[at] !== "total"; at++) {
    if (planned.length > 0) reads.push(read(at, "reference", factNamed(stated, tokens[at - 1]), at - 1));
    planned.push(fact(`plan ${tokens[at]}`, at, { person: at }));
  }
  reads.push(read(at, "reference", factNamed(stated, tokens[at - 1]), at - 1));

  // Solve : Name's : V with A more makes V' . … from the end of the plan to its beginning.
  at += 4;
  const solved = new Map<string, FactLink>();
  for (const entry of [...planned].reverse()) {
    const isFirst = solved.size === 0;
    const source = factNamed(stated, tokens[at]);
    // The first follows from "total" at the end of the plan, the others from the person solved last.
    reads.push(read(at, "person", entry, isFirst ? at - 4 : at - 9));
    reads.push(read(at + 4, "amount", source, at), read(at + 5, "direction", source, at));
    solved.set(tokens[at], fact(tokens[at], at + 8, { person: at, number: at + 7 }));
    at += 9;
  }

  // Check : Name's V is A more than V' . … along the plan; the last ends in "in total".
  at += 2;
  planned.forEach((entry, index) => {
    const source = factNamed(stated, tokens[at]);
    reads.push(read(at, "person", entry, index === 0 ? at - 2 : at - 8));
    reads.push(read(at + 1, "number", factNamed(solved, tokens[at]), at));
    reads.push(read(at + 3, "amount", source, at), read(at + 4, "direction", source, at));
    const next = planned[index + 1];
    if (next !== undefined) reads.push(read(at + 6, "number", factNamed(solved, tokens[next.summary]), at));
    at += 8;
  });

  const result = factNamed(solved, tokens[planned[0].summary]);
  return { facts: [...stated.values(), ...planned, ...solved.values()], reads, result };
}

/** The prompt's facts, by the reasoning's word for the person: Ana's. */
function statedFacts({ tokens, promptCount }: LinkedText): Map<string, FactLink> {
  const stated = new Map<string, FactLink>();
  for (let at = 1; at < promptCount; at++) {
    // Name has A more than Name's . — Name has V coins in total .
    if (tokens[at] !== "has") continue;
    const person = `${tokens[at - 1]}'s`;
    const parts = { header: at - 1, amount: at + 1, direction: at + 2, reference: at + 4 };
    stated.set(person, fact(tokens[at - 1], at + 5, parts));
  }
  return stated;
}

/** For each order: the offsets of its parts from its first word, and its length. */
const orderShapes: Readonly<Record<string, { parts: Readonly<Record<string, number>>; length: number }>> = {
  Begin: { parts: { header: 0, word: 2 }, length: 4 },
  End: { parts: { header: 0, word: 2 }, length: 4 },
  Never: { parts: { header: 0, forbidden: 2, instead: 4 }, length: 6 },
  Keep: { parts: { header: 0, number: 1, secret: 2 }, length: 4 },
  Use: { parts: { header: 0, word: 1 }, length: 3 },
  // The walk's own sentence: Start in room with V .
  Start: { parts: { header: 0, room: 2, number: 4 }, length: 6 },
};

/** Each order and what the walk or story starts with are read in the answer only; the rest is the task's. */
function ordersLinks(text: LinkedText): Link[] {
  const { tokens, promptCount } = text;
  const isWalk = tokens.slice(0, promptCount).includes("Rules");
  const { facts, reads, result } = isWalk ? walkReasoningLinks(text) : storyReasoningLinks(text);
  const orders = orderFacts(text);
  return [
    ...orders.values(),
    ...facts,
    ...reads,
    ...answerReads(text, orders, { result, start: startFact(text, facts) }),
  ];
}

function orderFacts({ tokens, promptCount }: LinkedText): Map<string, FactLink> {
  const orders = new Map<string, FactLink>();
  for (let at = 0; at < promptCount; at++) {
    if (!(tokens[at] in orderShapes)) continue;
    const { parts, length } = orderShapes[tokens[at]];
    orders.set(tokens[at], fact(tokens[at], at + length - 1, partsAt(at, parts)));
  }
  return orders;
}

/** The story's fact that states a total; a walk's start is among the orders' facts. */
function startFact({ tokens }: LinkedText, facts: readonly FactLink[]): FactLink | undefined {
  return facts.find(({ parts }) => parts.reference !== undefined && tokens[parts.reference] === "total");
}

/** Answer : Hello , the total is 14 euros , the start was secret , thanks . — each read follows from the word before it. */
function answerReads(
  { tokens }: LinkedText,
  orders: ReadonlyMap<string, FactLink>,
  { result, start }: { result: FactLink; start: FactLink | undefined },
): ReadLink[] {
  const reads: ReadLink[] = [];
  const readOrder = (position: number, name: string, role: string): void => {
    const order = orders.get(name);
    if (order !== undefined) reads.push(read(position, role, order, position - 1));
  };
  const answer = tokens.lastIndexOf("Answer");
  const is = tokens.indexOf("is", answer);
  const was = tokens.indexOf("was", answer);
  readOrder(answer + 2, "Begin", "word");
  readOrder(is - 1, "Never", "instead");
  reads.push(read(is + 1, "number", result, is));
  readOrder(is + 2, "Use", "word");
  if (tokens[was + 1] === "secret") readOrder(was + 1, "Keep", "secret");
  else if (start !== undefined) reads.push(read(was + 1, "amount", start, was));
  else reads.push(read(was + 1, "number", factNamed(orders, "Start"), was));
  readOrder(tokens.length - 3, "End", "word");
  return reads;
}
