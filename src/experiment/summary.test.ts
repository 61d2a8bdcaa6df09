import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawResults } from "./drawResult.testing";
import { outcomeLetters, summariseResults } from "./summary";

describe("summariseResults", () => {
  it("counts what failed as wrong, and leaves it out of the figures of runs", () => {
    const summary = summariseResults(drawResults("eeerwwuf"));
    expect(summary).toMatchObject({
      count: 8,
      right: 0.5,
      rightCount: 4,
      exact: 0.375,
      exactCount: 3,
      unfinishedCount: 1,
      meanRetained: 0.25,
      meanRetainedRight: 0.25,
      peakSlots: 93,
      meanPeakSlots: 93,
      tokens: 707,
      tokensPerSecond: 500,
      wrongKinds: { rule: 4 },
      failures: [{ id: "p7", message: "it does not fit" }],
    });
    expect(summary.rightError).toBeCloseTo(Math.sqrt(0.25 / 8), 12);
    expect(summary.exactError).toBeCloseTo(Math.sqrt((0.375 * 0.625) / 8), 12);
  });

  it("has figures of its own for each part of an answer that is judged by itself", () => {
    const [first, second, third] = drawResults("eww");
    const results = [
      { ...first, parts: { begin: true, secret: true } },
      { ...second, parts: { begin: true, secret: false } },
      third,
    ];
    expect(summariseResults(results).parts).toEqual({
      begin: { count: 2, right: 1, rightError: 0 },
      secret: { count: 2, right: 0.5, rightError: Math.sqrt(0.125) },
    });
  });

  it("says that nothing is known of runs where all failed", () => {
    expect(summariseResults(drawResults("ff"))).toMatchObject({
      count: 2,
      right: 0,
      meanRetained: null,
      tokensPerSecond: null,
      peakSlots: 0,
    });
  });

  it("agrees with the letters, whatever they are", () => {
    const letters = fc.string({ unit: fc.constantFrom("e", "r", "w", "u", "f"), minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(letters, (text) => {
        const results = drawResults(text);
        const summary = summariseResults(results);
        const countOf = (letter: string): number => text.split(letter).length - 1;
        expect(outcomeLetters(results)).toBe(text);
        expect(summary.rightCount).toBe(countOf("e") + countOf("r"));
        expect(summary.exactCount).toBe(countOf("e"));
        expect(summary.unfinishedCount).toBe(countOf("u"));
        expect(summary.failures).toHaveLength(countOf("f"));
        expect(summary.exact).toBeLessThanOrEqual(summary.right);
      }),
    );
  });
});
