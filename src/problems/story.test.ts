import fc from "fast-check";
import { describe, expect, it } from "vitest";
import storiesText from "./fixtures/stories.jsonl?raw";
import type { StoryProblem } from "./problem";
import { tokensOf } from "./problem";
import type { Story } from "./story";
import { drawStory, formatStoryPrompt, formatStoryTrace, solveStory } from "./story";

const written = storiesText
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as StoryProblem);

function readStory(prompt: string): Story {
  const facts = [...prompt.matchAll(/(\w+) has (\d+) (?:coins in total|(more|fewer) than (\w+)'s) \./g)].map(
    ([, person, amount, direction, reference]) => ({
      person,
      reference: reference ?? null,
      amount: direction === "fewer" ? -Number(amount) : Number(amount),
    }),
  );
  return { facts, asked: /How many are (\w+)'s \?/.exec(prompt)?.[1] ?? "" };
}

describe("solveStory", () => {
  it.each(written)("writes the recorded trace: $id", ({ prompt, trace, answer }) => {
    const story = readStory(prompt);
    const chain = solveStory(story);
    expect(formatStoryPrompt(story)).toBe(prompt);
    expect(formatStoryTrace(chain)).toBe(trace);
    expect(String(chain[chain.length - 1].after)).toBe(answer);
  });
});

describe("drawStory", () => {
  it("states one total, and relates every other person to someone already known", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 9 }),
        fc.integer({ min: 0, max: 3 }),
        fc.nat(),
        (people, distractors, seed) => {
          const { prompt, trace } = drawStory({ people, distractors }, seed);
          const { facts, asked } = readStory(prompt);
          expect(tokensOf(prompt)).toHaveLength(9 + 7 * (people + distractors));
          expect(tokensOf(trace)).toHaveLength(14 + 18 * people);
          expect(facts).toHaveLength(people + distractors);
          expect(new Set(facts.map(({ person }) => person)).size).toBe(facts.length);
          expect(facts.filter(({ reference }) => reference === null)).toHaveLength(1);
          for (const { person, reference, amount } of facts) {
            const chain = solveStory({ facts, asked: person });
            for (const { after } of chain) expect(after >= 0 && after <= 59).toBe(true);
            if (reference !== null) expect(Math.abs(amount) >= 1 && Math.abs(amount) <= 6).toBe(true);
          }
          expect(solveStory({ facts, asked })).toHaveLength(people);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("says how many people are allowed", () => {
    expect(() => drawStory({ people: 1, distractors: 3 }, 1)).toThrow("at least 2 people");
    expect(() => drawStory({ people: 10, distractors: 3 }, 1)).toThrow("at most 12 people");
  });
});
