import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maxDifficulty } from "./dial";
import { drawProblem, problemById, problemFamilies } from "./families";
import type { FactLink, Link, ReadLink } from "./linkedText";
import { problemLinks } from "./factLinks";
import { tokensOf } from "./problem";

const factsOf = (links: readonly Link[]): FactLink[] => links.filter((link) => link.type === "fact");
const readsOf = (links: readonly Link[]): ReadLink[] => links.filter((link) => link.type === "read");

/** Facts and reads of a problem in words: `role word < source in "fact"`. */
function describeLinks(id: string): string[] {
  const problem = problemById(id);
  if (problem === null) throw new Error(`no problem ${id}`);
  const tokens = tokensOf(`${problem.prompt} ${problem.trace}`);
  const links = problemLinks(problem);
  const nameOf = new Map(factsOf(links).map(({ summary, name }) => [summary, name]));
  return readsOf(links).map(
    ({ position, role, fact, key }) => `${tokens[key]}: ${role} ${tokens[position]} from ${String(nameOf.get(fact))}`,
  );
}

describe("problemLinks", () => {
  it.each(problemFamilies)("reads of a %s only what is stated, earlier and in the fact named", (family) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: maxDifficulty }), fc.integer({ min: 0, max: 1e6 }), (difficulty, seed) => {
        const problem = drawProblem(family, difficulty, seed);
        const promptCount = tokensOf(problem.prompt).length;
        const tokens = tokensOf(`${problem.prompt} ${problem.trace}`);
        const links = problemLinks(problem);
        const factAt = new Map(factsOf(links).map((fact) => [fact.summary, fact]));
        expect(factAt.size).toBe(factsOf(links).length);
        for (const { summary, parts, name } of factAt.values()) {
          expect(tokens[summary]).toBe(name.startsWith("plan ") ? name.slice(5) : ".");
          for (const part of Object.values(parts)) expect(part).toBeLessThanOrEqual(summary);
        }
        for (const { position, role, fact, source, key } of readsOf(links)) {
          expect(position).toBeGreaterThanOrEqual(promptCount);
          expect(factAt.get(fact)?.parts[role]).toBe(source);
          expect(fact).toBeLessThan(position);
          expect(key).toBeLessThan(position);
          // Every word is copied except the one that says there is something to recall.
          if (tokens[position] !== "recall") expect(tokens[position]).toBe(tokens[source]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("has one fact per full stop, even where a diary ends in a room that is new", () => {
    const problem = drawProblem("diary", 1, 986277);
    expect(problem.trace).toContain("1 left : den 53 gain 1 makes 54 note den's 54");
    const facts = factsOf(problemLinks(problem));
    expect(new Set(facts.map(({ summary }) => summary)).size).toBe(facts.length);
    expect(Object.keys(facts[facts.length - 1].parts)).toEqual(["header", "note", "number"]);
  });

  it("finds the three reads of each step of a walk", () => {
    expect(describeLinks("walk-4x4-1")).toMatchInlineSnapshot(`
      [
        "attic: verb gain from attic",
        "attic: amount 4 from attic",
        "attic: odd studio from attic",
        "studio: verb lose from studio",
        "studio: amount 4 from studio",
        "studio: odd office from studio",
        "office: verb lose from office",
        "office: amount 1 from office",
        "office: even garden from office",
        "garden: verb gain from garden",
        "garden: amount 1 from garden",
        "garden: odd office from garden",
        "Answer: number 21 from result",
      ]
    `);
  });

  it("finds what a diary reads from its rules and from its own notes", () => {
    expect(describeLinks("diary-3x5-2")).toMatchInlineSnapshot(`
      [
        "hall: verb lose from hall",
        "hall: amount 2 from hall",
        "hall: first foyer from hall",
        "foyer: verb gain from foyer",
        "foyer: amount 6 from foyer",
        "foyer: first attic from foyer",
        "attic: verb gain from attic",
        "attic: amount 1 from attic",
        "attic: first foyer from attic",
        "foyer: verb gain from foyer",
        "foyer: amount 6 from foyer",
        "foyer: header recall from foyer's",
        "foyer: note 35 from foyer's",
        "foyer: above attic from foyer",
        "attic: verb gain from attic",
        "attic: amount 1 from attic",
        "attic: header recall from attic's",
        "attic: note 36 from attic's",
        "attic: above foyer from attic",
        "Answer: number 43 from result",
      ]
    `);
  });

  it("finds what a story reads from its facts, its plan and its own results", () => {
    expect(describeLinks("story-3x1-1")).toMatchInlineSnapshot(`
      [
        "Finn's: reference June's from Finn",
        "June's: reference Lena's from June",
        "Lena's: reference total from Lena",
        "total: person Lena's from plan Lena's",
        "Lena's: amount 40 from Lena",
        "Lena's: direction coins from Lena",
        "Lena's: person June's from plan June's",
        "June's: amount 3 from June",
        "June's: direction more from June",
        "June's: person Finn's from plan Finn's",
        "Finn's: amount 2 from Finn",
        "Finn's: direction more from Finn",
        "Check: person Finn's from plan Finn's",
        "Finn's: number 45 from Finn's",
        "Finn's: amount 2 from Finn",
        "Finn's: direction more from Finn",
        "Finn's: number 43 from June's",
        "Finn's: person June's from plan June's",
        "June's: number 43 from June's",
        "June's: amount 3 from June",
        "June's: direction more from June",
        "June's: number 40 from Lena's",
        "June's: person Lena's from plan Lena's",
        "Lena's: number 40 from Lena's",
        "Lena's: amount 40 from Lena",
        "Lena's: direction coins from Lena",
        "Answer: number 45 from Finn's",
      ]
    `);
  });
});
