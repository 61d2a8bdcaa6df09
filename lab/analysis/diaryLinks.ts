// Facts of a diary: the rules in the prompt, and the notes, which the reasoning itself writes on the first visit of a room.

import type { FactLink, Link, LinkedText, ReadLink } from "./links";
import { answerRead, fact, factNamed, read, ruleFacts } from "./linkTools";

// Room: gain A ; first to room ; above to room ; below to room .
const ruleParts = { header: 0, verb: 1, amount: 2, first: 6, above: 10, below: 14 };
const ruleLength = 16;
export const diaryStepLength = 15;

export function diaryLinks(text: LinkedText): Link[] {
  const { tokens, promptCount } = text;
  const rules = ruleFacts(text, ruleParts, ruleLength);
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
      // That there is a note is itself read from it: "recall" and not "note".
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
