import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maxDifficulty } from "./dial";
import { drawProblem, problemById, problemFamilies } from "./families";
import { judgeTrace } from "./judge";
import type { Problem } from "./problem";
import { tokensOf } from "./problem";
import { vocabulary } from "./vocabulary";

function find(id: string): Problem {
  const problem = problemById(id);
  if (problem === null) throw new Error(`no problem ${id}`);
  return problem;
}

const anyProblem = fc
  .tuple(
    fc.constantFrom(...problemFamilies),
    fc.integer({ min: 0, max: maxDifficulty }),
    fc.integer({ min: 0, max: 1e9 }),
  )
  .map(([family, difficulty, seed]) => drawProblem(family, difficulty, seed));

describe("judgeTrace", () => {
  it("finds the reference trace exact, with or without its end token, in any white space", () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const exact = { isExact: true, firstFault: null };
        expect(judgeTrace(problem, problem.trace)).toEqual(exact);
        expect(judgeTrace(problem, ` ${problem.trace.replaceAll(" ", "\n")} `)).toEqual(exact);
        expect(judgeTrace(problem, problem.trace.replace(" <eos>", ""))).toEqual(exact);
      }),
      { numRuns: 40 },
    );
  });

  it("finds any single token that was changed, removed or inserted", () => {
    fc.assert(
      fc.property(anyProblem, fc.nat(), fc.constantFrom(...vocabulary), (problem, at, word) => {
        const tokens = tokensOf(problem.trace);
        const place = at % tokens.length;
        fc.pre(tokens[place] !== word);
        const position = tokensOf(problem.prompt).length + place;
        const changed = judgeTrace(problem, tokens.with(place, word).join(" "));
        expect(changed.isExact).toBe(false);
        expect(changed.firstFault).toMatchObject({ position, expected: tokens[place], given: word });
        const inserted = judgeTrace(problem, tokens.toSpliced(place, 0, word).join(" "));
        expect(inserted.firstFault).toMatchObject({ position, given: word });
        const isEnd = place === tokens.length - 1;
        expect(judgeTrace(problem, tokens.toSpliced(place, 1).join(" ")).isExact).toBe(isEnd);
      }),
      { numRuns: 150 },
    );
  });

  it("distinguishes a text that breaks off from one that goes wrong", () => {
    const problem = find("walk-4x4-1");
    const words = tokensOf(problem.trace);
    expect(judgeTrace(problem, words.slice(0, 20).join(" ")).firstFault).toMatchObject({
      step: 1,
      kind: "unfinished",
      expected: words[20],
      given: null,
    });
    expect(judgeTrace(problem, "").firstFault).toMatchObject({ step: 0, kind: "unfinished" });
    expect(judgeTrace(problem, `${problem.trace} 4`).firstFault).toMatchObject({
      step: 4,
      kind: "format",
      expected: null,
    });
  });
});

/** A problem's trace with one sentence said otherwise, and what is found. */
function fault(id: string, step: number, [from, to]: readonly [string, string]): string {
  const problem = find(id);
  const sentences = problem.trace.split(/(?<= \.) /);
  const sentence = sentences[step];
  if (!sentence.includes(from)) throw new Error(`"${sentence}" does not have "${from}"`);
  const text = sentences.with(step, sentence.replace(from, to)).join(" ");
  const { firstFault } = judgeTrace(problem, text);
  expect(firstFault?.step).toBe(step);
  return `${String(firstFault?.kind)} (${String(firstFault?.role)}): ${String(firstFault?.given)} for ${String(firstFault?.expected)}`;
}

describe("the kind of the first fault", () => {
  it.each([
    [0, "gain", "lose", "rule (verb): lose for gain"],
    [1, "lose 4", "lose 3", "rule (amount): 3 for 4"],
    [2, "to garden", "to attic", "rule (target): attic for garden"],
    [1, "studio", "office", "value (room): office for studio"],
    [1, "studio 25", "studio 24", "value (number): 24 for 25"],
    [1, "makes 21", "makes 22", "arithmetic (sum): 22 for 21"],
    [2, "even", "odd", "arithmetic (branch): odd for even"],
    [1, "3 left", "2 left", "arithmetic (count): 2 for 3"],
    [1, "makes", "left", "format (frame): left for makes"],
    [1, "lose", "makes", "format (verb): makes for lose"],
    [1, "lose 4", "lose attic", "format (amount): attic for 4"],
    [4, "Answer : 21", "Answer : 25", "value (number): 25 for 21"],
    [4, "</think>", "3", "format (frame): 3 for </think>"],
  ] as const)("in sentence %i of a walk, %s read as %s", (step, from, to, expected) => {
    expect(fault("walk-4x4-1", step, [from, to])).toBe(expected);
  });

  it.each([
    [0, "note hall's", "recall 20", "value (memory): recall for note"],
    [0, "hall's", "foyer's", "value (room): foyer's for hall's"],
    [0, "note hall's 29", "note hall's 31", "value (number): 31 for 29"],
    [0, "to foyer", "to attic", "rule (target): attic for foyer"],
    [3, "recall", "note", "value (memory): note for recall"],
    [3, "recall 35", "recall 36", "value (note): 36 for 35"],
    [3, "above", "below", "arithmetic (branch): below for above"],
    [3, "to attic", "to hall", "rule (target): hall for attic"],
    [3, "above", "even", "format (branch): even for above"],
  ] as const)("in sentence %i of a diary, %s read as %s", (step, from, to, expected) => {
    expect(fault("diary-3x5-2", step, [from, to])).toBe(expected);
  });

  it.each([
    [0, "June's", "Ana's", "rule (reference): Ana's for June's"],
    [0, "total", "June's", "rule (reference): June's for total"],
    [2, "with 3", "with 2", "rule (amount): 2 for 3"],
    [2, "more", "fewer", "rule (direction): fewer for more"],
    [2, "June's", "Ana's", "value (person): Ana's for June's"],
    [2, ": 40", ": 45", "value (number): 45 for 40"],
    [2, "makes 43", "makes 44", "arithmetic (sum): 44 for 43"],
    [4, "than 43", "than 45", "value (number): 45 for 43"],
    [6, "in total", "than 40", "format (frame): than for in"],
    [7, "45", "43", "value (number): 43 for 45"],
  ] as const)("in sentence %i of a story, %s read as %s", (step, from, to, expected) => {
    expect(fault("story-3x1-1", step, [from, to])).toBe(expected);
  });

  it.each([
    ["Well", "Hello", "order (word): Hello for Well"],
    ["Well , the", "the", "order (word): the for Well"],
    ["result", "total", "order (word): total for result"],
    ["10 pounds", "10 euros", "order (word): euros for pounds"],
    ["was 12", "was secret", "order (number): secret for 12"],
    ["was 12", "was 10", "value (number): 10 for 12"],
    ["is 10", "is 12", "value (number): 12 for 10"],
    ["12 .", "12 , thanks .", "order (word): , for ."],
  ] as const)("in an answer to orders, %s said as %s", (from, to, expected) => {
    expect(fault("orders2-story-3x1-44", 7, [from, to])).toBe(expected);
  });
});
