// Facts of a walk: its rules, each gathered at its full stop. Each step reads one rule three times.

import type { FactLink, Link, LinkedText, ReadLink } from "./links";
import { answerRead, fact, factNamed, read, ruleFacts } from "./linkTools";

// Room: gain A ; even to room ; odd to room .
const ruleParts = { header: 0, verb: 1, amount: 2, even: 6, odd: 10 };
const ruleLength = 12;
export const walkStepLength = 13;

export function walkLinks(text: LinkedText): Link[] {
  const { facts, reads, result } = walkReasoningLinks(text);
  return [...facts, ...reads, answerRead(text, result)];
}

/** Without the answer; `result` is the last step, where the answer stands. */
export function walkReasoningLinks(text: LinkedText): { facts: FactLink[]; reads: ReadLink[]; result: FactLink } {
  const { tokens, promptCount } = text;
  const rules = ruleFacts(text, ruleParts, ruleLength);
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
