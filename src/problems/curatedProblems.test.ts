import { describe, expect, it } from "vitest";
import { curatedProblems } from "./curatedProblems";
import { maxDifficulty } from "./dial";
import { problemFamilies } from "./families";

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
