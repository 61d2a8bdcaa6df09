import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maxDifficulty } from "./dial";
import { drawProblem, problemById, problemFamilies } from "./families";
import { neededWords } from "./neededWords";
import { tokensOf } from "./problem";

/** Every word of the first sentences and what it needs: "gain < rule of attic “gain” (.)" */
function describeNeeds(id: string, from: number, to: number): string[] {
  const problem = problemById(id);
  if (problem === null) throw new Error(`no problem ${id}`);
  const tokens = tokensOf(`${problem.prompt} ${problem.trace}`);
  const words = tokensOf(problem.trace);
  return neededWords(problem)
    .slice(from, to)
    .map((needs, at) => {
      const list = needs.map(
        ({ kind, owner, source }) => `${kind}${owner === null ? "" : ` of ${owner}`} “${tokens[source]}”`,
      );
      return `${words[from + at]}: ${list.join(", ") || "form"}`;
    });
}

describe("neededWords", () => {
  it.each(problemFamilies)("of a %s lie before the word, and a bare copy is the word itself", (family) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: maxDifficulty }), fc.integer({ min: 0, max: 1e6 }), (difficulty, seed) => {
        const problem = drawProblem(family, difficulty, seed);
        const promptCount = tokensOf(problem.prompt).length;
        const tokens = tokensOf(`${problem.prompt} ${problem.trace}`);
        const needs = neededWords(problem);
        expect(needs.length).toBe(tokens.length - promptCount);
        needs.forEach((ofWord, word) => {
          for (const { kind, source, summary } of ofWord) {
            expect(source).toBeLessThan(promptCount + word);
            expect(summary ?? source).toBeLessThan(promptCount + word);
            if (kind === "roomBefore" || kind === "numberBefore")
              expect(tokens[source]).toBe(tokens[promptCount + word]);
          }
        });
      }),
      { numRuns: 40 },
    );
  });

  it("follow a walk from sentence to sentence", () => {
    expect(describeNeeds("walk-4x4-1", 0, 26)).toMatchInlineSnapshot(`
      [
        "4: countBefore “4”",
        "left: form",
        ":: form",
        "attic: roomBefore “attic”",
        "21: numberBefore “21”",
        "gain: rule of attic “gain”",
        "4: rule of attic “4”",
        "makes: form",
        "25: operand “21”, operand “gain”, operand “4”",
        "odd: operand “25”",
        "to: form",
        "studio: rule of attic “studio”",
        ".: form",
        "3: countBefore “4”",
        "left: form",
        ":: form",
        "studio: roomBefore “studio”",
        "25: numberBefore “25”",
        "lose: rule of studio “lose”",
        "4: rule of studio “4”",
        "makes: form",
        "21: operand “25”, operand “lose”, operand “4”",
        "odd: operand “21”",
        "to: form",
        "office: rule of studio “office”",
        ".: form",
      ]
    `);
  });

  it("are a diary's own notes on later visits", () => {
    expect(describeNeeds("diary-3x5-2", 45, 60)).toMatchInlineSnapshot(`
      [
        "2: countBefore “3”",
        "left: form",
        ":: form",
        "foyer: roomBefore “foyer”",
        "36: numberBefore “36”",
        "gain: rule of foyer “gain”",
        "6: rule of foyer “6”",
        "makes: form",
        "42: operand “36”, operand “gain”, operand “6”",
        "recall: note of foyer “foyer's”",
        "35: note of foyer “35”",
        "above: operand “42”, operand “35”",
        "to: form",
        "attic: rule of foyer “attic”",
        ".: form",
      ]
    `);
  });

  it("are the plan and earlier results in a story", () => {
    expect(describeNeeds("story-3x1-1", 0, 27)).toMatchInlineSnapshot(`
      [
        "Plan: form",
        ":: form",
        "Finn's: form",
        "June's: statement of Finn “June's”",
        "Lena's: statement of June “Lena's”",
        "total: statement of Lena “total”",
        ".: form",
        "Solve: form",
        ":: form",
        "Lena's: planned of Lena “Lena's”",
        ":: form",
        "0: form",
        "with: form",
        "40: statement of Lena “40”",
        "coins: statement of Lena “coins”",
        "makes: form",
        "40: operand “0”, operand “40”, operand “coins”",
        ".: form",
        "June's: planned of June “June's”",
        ":: form",
        "40: numberBefore “40”",
        "with: form",
        "3: statement of June “3”",
        "more: statement of June “more”",
        "makes: form",
        "43: operand “40”, operand “3”, operand “more”",
        ".: form",
      ]
    `);
  });
});
