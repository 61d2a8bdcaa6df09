import { describe, expect, it } from "vitest";
import { maxDifficulty } from "../problems/dial";
import { drawProblem, problemFamilies } from "../problems/families";
import type { Problem } from "../problems/problem";
import {
  automaticTokens,
  expectedTokenCount,
  LAST_PROBLEM_NUMBER,
  nextProblem,
  otherProblem,
  problemNumber,
  problemOf,
  withKnownProblem,
} from "./problem";

const walk = drawn("walk-5x20-1");

describe("the problem that the settings name", () => {
  it("is none for a text of the user's own", () => {
    expect(problemOf("text")).toBeNull();
  });

  it("stays in the choices where it can be drawn", () => {
    const choices = { problem: "orders3-story-7x2-2", alpha: 0.5 };
    expect(withKnownProblem(choices)).toEqual({ choices, complaint: null });
  });

  it("has one id: no number too large to differ from the next", () => {
    expect(withKnownProblem({ problem: "walk-5x20-9007199254740993" }).complaint).toContain("is not an id");
  });
});

describe.each(problemFamilies)("picking a %s", (family) => {
  it("keeps family and number when the difficulty changes, and has the difficulty that was picked", () => {
    for (let difficulty = 0; difficulty <= maxDifficulty; difficulty++) {
      const picked = drawn(otherProblem(drawProblem(family, 5, 31), { difficulty }));
      expect(picked).toMatchObject({ family, difficulty });
      expect(problemNumber(picked)).toBe(31);
    }
  });

  it("keeps difficulty and number when it was another family before", () => {
    const picked = drawn(otherProblem(drawProblem("story", 7, 12), { family }));
    expect(picked).toEqual(drawProblem(family, 7, 12));
  });

  it("goes on to the next number, and from the last to the first", () => {
    expect(drawn(nextProblem(drawProblem(family, 3, 8)))).toEqual(drawProblem(family, 3, 9));
    expect(problemNumber(drawn(nextProblem(drawProblem(family, 3, LAST_PROBLEM_NUMBER))))).toBe(0);
  });
});

describe("the length of a run", () => {
  it("is expected to be that of prompt and reference", () => {
    expect(expectedTokenCount(walk)).toBe(74 + 266);
    expect(expectedTokenCount(null)).toBeNull();
  });

  it("may be a tenth longer than the reference, and at least 32 tokens longer", () => {
    expect(automaticTokens(walk)).toBe(266 + 32);
    const short = drawn("walk-4x3-1");
    expect(automaticTokens(short)).toBe(45 + 32);
  });
});

function drawn(id: string): Problem {
  const problem = problemOf(id);
  if (problem === null) throw new Error(`${id} is no problem`);
  return problem;
}
