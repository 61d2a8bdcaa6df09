import fc from "fast-check";
import { expect, it } from "vitest";
import { formatSpans, noSpans, parseSpans, positionsOf, type PromptSpans, type Span } from "../../lib/spans";
import { markChoices, objectionToMarks, spanOf, withInstruction, withKept, withoutMarks } from "./marks";

const spans = fc.array(
  fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 6 })).map(([start, n]) => ({ start, end: start + n })),
);
const tokens = (list: readonly Span[]) => new Set(positionsOf(list));

it("selects from one word to another in either direction", () => {
  expect(spanOf({ anchor: 7, focus: 4 })).toEqual({ start: 4, end: 8 });
  expect(spanOf({ anchor: 5, focus: 5 })).toEqual({ start: 5, end: 6 });
});

it("joins kept spans that touch, and keeps the others", () => {
  const { kept } = withKept({ kept: parseSpans("3-5,9,20-22"), instructions: [] }, { start: 6, end: 9 });
  expect(formatSpans(kept)).toBe("3-9,20-22");
});

it("gives a word to the newest instruction, and keeps neighbours apart", () => {
  const { instructions } = withInstruction({ kept: [], instructions: parseSpans("3-8,9-12") }, { start: 7, end: 9 });
  expect(formatSpans(instructions)).toBe("3-6,7-8,9-12");
});

it("keeps exactly what was marked and not unmarked, each word in one instruction, in order", () => {
  fc.assert(
    fc.property(spans, spans, (added, removed) => {
      const marked = added.reduce((marks: PromptSpans, span) => withInstruction(withKept(marks, span), span), noSpans);
      expect(tokens(marked.kept)).toEqual(tokens(added));
      expect(tokens(marked.instructions)).toEqual(tokens(added));
      const left = removed.reduce(withoutMarks, marked);
      expect(tokens(left.kept)).toEqual(new Set([...tokens(added)].filter((token) => !tokens(removed).has(token))));
      for (const list of [left.kept, left.instructions]) {
        expect(list.every(({ start }, at) => at === 0 || list[at - 1].end <= start)).toBe(true);
      }
    }),
  );
});

it("writes no instructions that the problem names itself", () => {
  const instructions = parseSpans("3-6,7-10");
  expect(markChoices({ kept: parseSpans("3-6"), instructions }, instructions)).toEqual({
    keptSpans: "3-6",
    instructionSpans: "",
  });
  expect(markChoices({ kept: [], instructions }, [])).toEqual({ keptSpans: "", instructionSpans: "3-6,7-10" });
});

it("refuses more spans than a link holds", () => {
  const many = Array.from({ length: 80 }, (_, at) => ({ start: 2 * at, end: 2 * at + 1 }));
  expect(objectionToMarks({ kept: many, instructions: [] })).toMatch(/mark fewer/);
  expect(objectionToMarks({ kept: many.slice(0, 20), instructions: [] })).toBeNull();
});
