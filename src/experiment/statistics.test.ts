import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../lib/random";
import { mean, shareError, shareOf } from "./statistics";

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

it("has no mean and no share of nothing", () => {
  expect(mean([])).toBeNull();
  expect(shareOf([])).toBe(0);
  expect(mean([1, 2, 6])).toBe(3);
  expect(shareOf([true, false, false, true])).toBe(0.5);
});
