import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../lib/random";
import { drawResults } from "./drawResult.testing";
import { mean, outcomeLetters, shareError, shareOf, summariseResults } from "./results";

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

  it("has separate figures for each part of an answer that is judged separately", () => {
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

  it("has no figures of runs if all problems failed", () => {
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

describe("shareError", () => {
  it("is half over the root of n for an even split, and nothing where all agree", () => {
    expect(shareError(0.5, 100)).toBeCloseTo(0.05, 12);
    expect(shareError(0.83, 90)).toBeCloseTo(0.0396, 4);
    expect([shareError(0, 50), shareError(1, 50), shareError(0, 0)]).toEqual([0, 0, 0]);
  });

  it("is how far shares of repeated experiments really scatter", () => {
    const stream = randomStream(1);
    const shares = Array.from({ length: 4000 }, () =>
      shareOf(Array.from({ length: 60 }, () => stream.uniform() < 0.3)),
    );
    const centre = mean(shares) ?? 0;
    const scatter = Math.sqrt(mean(shares.map((share) => (share - centre) ** 2)) ?? 0);
    expect(centre).toBeCloseTo(0.3, 2);
    expect(scatter / shareError(0.3, 60)).toBeCloseTo(1, 1);
  });

  it("never exceeds that of an even split and shrinks with the number of problems", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 1000 }), (share, count) => {
        const error = shareError(share, count);
        expect(error).toBeLessThanOrEqual(shareError(0.5, count));
        expect(shareError(share, 4 * count)).toBeCloseTo(error / 2, 12);
      }),
    );
  });
});

it("gives null as the mean and 0 as the share of no values", () => {
  expect(mean([])).toBeNull();
  expect(shareOf([])).toBe(0);
  expect(mean([1, 2, 6])).toBe(3);
  expect(shareOf([true, false, false, true])).toBe(0.5);
});
