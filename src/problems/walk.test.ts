import fc from "fast-check";
import { describe, expect, it } from "vitest";
import walksText from "./fixtures/walks.jsonl?raw";
import { judgeAnswer } from "./judge";
import type { Problem, WalkKnobs } from "./problem";
import type { Walk } from "./walk";
import { drawWalk, formatWalkPrompt, formatWalkTrace, maxValue, simulateWalk } from "./walk";

/** The walk that a prompt describes. */
function readWalk(prompt: string): Walk {
  const rules = [...prompt.matchAll(/(\w+): (gain|lose) (\d+) ; even to (\w+) ; odd to (\w+) \./g)].map(
    ([, name, verb, amount, evenTarget, oddTarget]) => ({
      room: name.toLowerCase(),
      change: verb === "gain" ? Number(amount) : -Number(amount),
      evenTarget,
      oddTarget,
    }),
  );
  const [, startRoom = "", startValue, stepCount] = /Start in (\w+) with (\d+) \. Walk (\d+) steps/.exec(prompt) ?? [];
  return { rules, startRoom, startValue: Number(startValue), stepCount: Number(stepCount) };
}

const written = walksText
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Problem);

describe("simulateWalk", () => {
  it("walks as the rules say", () => {
    const walk = readWalk(
      "<bos> Rules : Barn: gain 2 ; even to foyer ; odd to cellar . Foyer: lose 4 ; even to barn ; odd to cellar . Cellar: gain 4 ; even to barn ; odd to foyer . Start in cellar with 10 . Walk 3 steps . <think>",
    );
    expect(formatWalkTrace(simulateWalk(walk))).toBe(
      "3 left : cellar 10 gain 4 makes 14 even to barn . 2 left : barn 14 gain 2 makes 16 even to foyer . 1 left : foyer 16 lose 4 makes 12 even to barn . </think> Answer : 12 . <eos>",
    );
  });

  it.each(written)("writes the trace that the model was tested on: $id", (problem) => {
    const walk = readWalk(problem.prompt);
    expect(formatWalkPrompt(walk)).toBe(problem.prompt);
    expect(formatWalkTrace(simulateWalk(walk))).toBe(problem.trace);
    expect(judgeAnswer(problem.trace, problem.answer)).toBe("right");
  });
});

/** How often each room of the prompt is visited. */
const visitsOf = (problem: Problem): number[] => {
  const walk = readWalk(problem.prompt);
  const taken = simulateWalk(walk);
  return walk.rules.map(({ room }) => taken.filter(({ rule }) => rule.room === room).length);
};

describe("drawWalk", () => {
  const anyKnobs = fc.record<WalkKnobs>({
    rooms: fc.integer({ min: 4, max: 6 }),
    steps: fc.integer({ min: 3, max: 24 }),
    tour: fc.constant(null),
  });

  it("draws walks that keep to the rules of the family", () => {
    fc.assert(
      fc.property(anyKnobs, fc.nat(), (knobs, seed) => {
        const problem = drawWalk(knobs, seed);
        const walk = readWalk(problem.prompt);
        const taken = simulateWalk(walk);
        expect(walk.rules).toHaveLength(knobs.rooms);
        for (const { room, change, evenTarget, oddTarget } of walk.rules) {
          expect(new Set([room, evenTarget, oddTarget]).size).toBe(3);
          expect(Math.abs(change) >= 1 && Math.abs(change) <= 6).toBe(true);
        }
        for (const { before, after } of taken) {
          expect(Math.min(before, after)).toBeGreaterThanOrEqual(0);
          expect(Math.max(before, after)).toBeLessThanOrEqual(maxValue);
        }
        const leastVisits = knobs.steps < 10 ? 0 : knobs.steps < 3 * knobs.rooms ? 1 : 2;
        expect(Math.min(...visitsOf(problem))).toBeGreaterThanOrEqual(leastVisits);
        expect(problem.trace).toBe(formatWalkTrace(taken));
        expect(judgeAnswer(problem.trace, problem.answer)).toBe("right");
        expect(problem.prompt.split(" ")).toHaveLength(14 + 12 * knobs.rooms);
        expect(problem.trace.split(" ")).toHaveLength(13 * knobs.steps + 6);
      }),
      { numRuns: 50 },
    );
  });

  it("uses every rule it will use within the tour", () => {
    for (let seed = 0; seed < 10; seed++) {
      const taken = simulateWalk(readWalk(drawWalk({ rooms: 5, steps: 22, tour: 7 }, seed).prompt));
      const branches = taken.map(({ rule, after }) => `${rule.room} ${after % 2}`);
      expect(new Set(branches.slice(0, 7))).toEqual(new Set(branches));
    }
  });

  it("draws the same problem from the same seed and another from another", () => {
    const knobs = { rooms: 5, steps: 12, tour: null };
    expect(drawWalk(knobs, 4)).toEqual(drawWalk(knobs, 4));
    expect(drawWalk(knobs, 4).prompt).not.toBe(drawWalk(knobs, 5).prompt);
  });

  it("names the knob that is out of range", () => {
    expect(() => drawWalk({ rooms: 12, steps: 10, tour: 1 }, 1)).toThrow("no walk of 12 rooms");
    expect(() => drawWalk({ rooms: 2, steps: 10, tour: null }, 1)).toThrow("3 to 12 rooms");
  });
});

describe("judgeAnswer", () => {
  it.each([
    ["1 left : barn 12 </think> Answer : 14 . <eos>", "14", "right"],
    ["</think> Answer : 14", "14", "right"],
    ["</think> Answer : 41 . <eos>", "14", "wrong"],
    ["</think> Answer : 41 . Answer : 14 .", "14", "wrong"],
    ["1 left : barn 14", "14", "unfinished"],
    ["</think> Answer :", "14", "unfinished"],
    ["</think> Answer : barn .", "14", "unfinished"],
    ["", "14", "unfinished"],
  ] as const)("judges %j for %s as %s", (text, answer, verdict) => {
    expect(judgeAnswer(text, answer)).toBe(verdict);
  });
});
