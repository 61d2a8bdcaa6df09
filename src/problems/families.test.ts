import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../lib/errors";
import { maxDifficulty } from "./dial";
import { curatedProblems, drawProblem, drawWithKnobs, problemById, problemFamilies } from "./families";
import { judgeAnswer } from "./judge";
import { tokensOf } from "./problem";

const anyDifficulty = fc.integer({ min: 0, max: maxDifficulty });
const anySeed = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe.each(problemFamilies)("a drawn %s", (family) => {
  it("is what its id says, and the same each time", () => {
    fc.assert(
      fc.property(anyDifficulty, anySeed, (difficulty, seed) => {
        const problem = drawProblem(family, difficulty, seed);
        expect(problem.family).toBe(family);
        expect(problem.difficulty).toBe(difficulty);
        expect(problemById(problem.id)).toEqual(problem);
        expect(drawProblem(family, difficulty, seed)).toEqual(problem);
      }),
      { numRuns: 40 },
    );
  });

  it("keeps every number within 0 … 59 and answers itself right", () => {
    fc.assert(
      fc.property(anyDifficulty, anySeed, (difficulty, seed) => {
        const { prompt, trace, answer } = drawProblem(family, difficulty, seed);
        const numbers = tokensOf(`${prompt} ${trace}`).filter((word) => /\d/.test(word));
        expect(numbers.filter((number) => !/^\d+$/.test(number) || Number(number) > 59)).toEqual([]);
        expect(judgeAnswer(trace, answer)).toBe("right");
        expect(judgeAnswer(trace, String(Number(answer) + 1))).toBe("wrong");
      }),
      { numRuns: 40 },
    );
  });

  it("takes 250 to 700 tokens and up to 40 steps at full difficulty, fewer at less", () => {
    const lengths = (difficulty: number): number[] =>
      Array.from({ length: 30 }, (_, seed) => {
        const { prompt, trace } = drawProblem(family, difficulty, seed);
        return tokensOf(`${prompt} ${trace}`).length;
      });
    const full = lengths(maxDifficulty);
    expect(Math.min(...full)).toBeGreaterThanOrEqual(250);
    expect(Math.max(...full)).toBeLessThanOrEqual(700);
    expect(Math.max(...lengths(0))).toBeLessThan(190);
  });

  it("differs from seed to seed", () => {
    const prompts = Array.from({ length: 50 }, (_, seed) => drawProblem(family, maxDifficulty, seed).prompt);
    expect(new Set(prompts).size).toBe(50);
  });
});

describe("problemById", () => {
  it.each([
    "walk-5x20",
    "walk 5x20-4",
    "story-7x2-tour7-4",
    "orders3-diary-6x30-4",
    "orders3-walk-5x20-tour7-4",
    "4",
    "",
  ])("returns null for %j", (text) => {
    expect(problemById(text)).toBeNull();
  });

  it.each(["walk-2x20-4", "diary-13x20-4", "story-9x9-4", "orders6-walk-5x20-4"])(
    "says why %s cannot be drawn",
    (id) => {
      expect(() => problemById(id)).toThrow(InputError);
      expect(() => problemById(id)).toThrow(`the problem ${id} cannot be drawn`);
    },
  );
});

describe("drawWithKnobs", () => {
  it("draws the problem whose id names the same knobs", () => {
    const drawn = [
      drawWithKnobs("walk", { rooms: 4, steps: 22, tour: 7 }, 7),
      drawWithKnobs("diary", { rooms: 4, steps: 20 }, 3),
      drawWithKnobs("story", { people: 5, distractors: 2 }, 3),
      drawWithKnobs("orders", { orders: 3, rooms: 5, steps: 12 }, 3),
      drawWithKnobs("orders", { orders: 5, people: 5, distractors: 1 }, 3),
    ];
    expect(drawn.map(({ id }) => id)).toEqual([
      "walk-4x22-tour7-7",
      "diary-4x20-3",
      "story-5x2-3",
      "orders3-walk-5x12-3",
      "orders5-story-5x1-3",
    ]);
    for (const problem of drawn) expect(problemById(problem.id)).toEqual(problem);
  });

  it("names the knob that is missing or unknown", () => {
    expect(() => drawWithKnobs("walk", { rooms: 4, steps: 9, tuor: 7 }, 1)).toThrow(
      "a walk has no knob tuor, only rooms, steps, tour",
    );
    expect(() => drawWithKnobs("diary", { rooms: 4 }, 1)).toThrow("a diary needs the knob steps");
  });
});

describe("curatedProblems", () => {
  it("are twelve different problems", () => {
    expect(new Set(curatedProblems.map(({ id }) => id)).size).toBe(12);
  });

  it.each(problemFamilies)("lead from an easy %s to one of full difficulty", (family) => {
    const difficulties = curatedProblems.filter((problem) => problem.family === family).map((of) => of.difficulty);
    expect(difficulties).toHaveLength(3);
    expect(difficulties[0]).toBeLessThanOrEqual(3);
    expect(difficulties[1]).toBeGreaterThan(difficulties[0]);
    expect(difficulties[2]).toBe(maxDifficulty);
  });
});
