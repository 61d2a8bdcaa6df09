// Facts of a story: those of the prompt, each entry of the plan, and each sentence of Solve, which Check needs again.

import type { FactLink, Link, LinkedText, ReadLink } from "./links";
import { answerRead, fact, factNamed, read } from "./linkTools";

export function storyLinks(text: LinkedText): Link[] {
  const { facts, reads, result } = storyReasoningLinks(text);
  return [...facts, ...reads, answerRead(text, result)];
}

/** Without the answer; `result` is the sentence of Solve in which the answer stands. */
export function storyReasoningLinks(text: LinkedText): { facts: FactLink[]; reads: ReadLink[]; result: FactLink } {
  const { tokens, promptCount } = text;
  const told = toldFacts(text);
  const reads: ReadLink[] = [];

  // Plan : Name's … total . Each entry comes from the fact about the one before.
  const planned: FactLink[] = [];
  let at = promptCount + 2;
  for (; tokens[at] !== "total"; at++) {
    if (planned.length > 0) reads.push(read(at, "reference", factNamed(told, tokens[at - 1]), at - 1));
    planned.push(fact(`plan ${tokens[at]}`, at, { person: at }));
  }
  reads.push(read(at, "reference", factNamed(told, tokens[at - 1]), at - 1));

  // Solve : Name's : V with A more makes V' . … from the end of the plan to its beginning.
  at += 4;
  const solved = new Map<string, FactLink>();
  for (const entry of [...planned].reverse()) {
    const isFirst = solved.size === 0;
    const source = factNamed(told, tokens[at]);
    // The first follows from "total" at the end of the plan, the others from the person solved last.
    reads.push(read(at, "person", entry, isFirst ? at - 4 : at - 9));
    reads.push(read(at + 4, "amount", source, at), read(at + 5, "direction", source, at));
    solved.set(tokens[at], fact(tokens[at], at + 8, { person: at, number: at + 7 }));
    at += 9;
  }

  // Check : Name's V is A more than V' . … along the plan; the last ends in "in total".
  at += 2;
  planned.forEach((entry, index) => {
    const source = factNamed(told, tokens[at]);
    reads.push(read(at, "person", entry, index === 0 ? at - 2 : at - 8));
    reads.push(read(at + 1, "number", factNamed(solved, tokens[at]), at));
    reads.push(read(at + 3, "amount", source, at), read(at + 4, "direction", source, at));
    const next = planned[index + 1];
    if (next !== undefined) reads.push(read(at + 6, "number", factNamed(solved, tokens[next.summary]), at));
    at += 8;
  });

  const result = factNamed(solved, tokens[planned[0].summary]);
  return { facts: [...told.values(), ...planned, ...solved.values()], reads, result };
}

/** The prompt's facts by the word that the reasoning uses for the person: Ana's. */
function toldFacts({ tokens, promptCount }: LinkedText): Map<string, FactLink> {
  const told = new Map<string, FactLink>();
  for (let at = 1; at < promptCount; at++) {
    // Name has A more than Name's . — Name has V coins in total .
    if (tokens[at] !== "has") continue;
    const person = `${tokens[at - 1]}'s`;
    const parts = { header: at - 1, amount: at + 1, direction: at + 2, reference: at + 4 };
    told.set(person, fact(tokens[at - 1], at + 5, parts));
  }
  return told;
}
