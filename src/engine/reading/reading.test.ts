import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromLatent, leadingBasis, toLatent } from "./latents";
import { jointQuery, latentQueries, latentScores, meanQueries, selectSlots } from "./selectSlots";

const rule = { topSlots: 2, sinkSlots: 1, recentSlots: 1 };

describe("the slots that a query reads", () => {
  it("are the sinks, the newest and the highest scores of the rest, in order", () => {
    const scores = Float32Array.of(-9, 1, 5, 2, 4, -9);
    expect([...selectSlots(scores, rule)]).toEqual([0, 2, 4, 5]);
  });

  it("are the older of equal scores", () => {
    expect([...selectSlots(Float32Array.of(0, 3, 3, 3, 0), rule)]).toEqual([0, 1, 2, 4]);
  });

  it("are all where the rule has room for all, ascending and never too many", () => {
    const scoreList = fc.array(fc.float({ noNaN: true, min: -100, max: 100 }), { minLength: 1, maxLength: 40 });
    const small = fc.integer({ min: 0, max: 12 });
    fc.assert(
      fc.property(scoreList, small, small, small, (scores, topSlots, sinkSlots, recentSlots) => {
        const slots = [...selectSlots(Float32Array.from(scores), { topSlots, sinkSlots, recentSlots })];
        expect(slots).toEqual([...new Set(slots)].sort((left, right) => left - right));
        expect(slots.length).toBe(Math.min(scores.length, topSlots + sinkSlots + recentSlots));
      }),
    );
  });
});

describe("latents", () => {
  // Two heads of two dimensions; the directions are those of a turned cross.
  const half = Math.SQRT1_2;
  const directions = Float32Array.of(half, 0, half, 0, 0, half, 0, half, half, 0, -half, 0, 0, half, 0, -half);
  const keys = Float32Array.of(1, 2, 3, 4);

  it("give back the keys where all coordinates are kept, and the nearest where not", () => {
    const latent = new Float32Array(4);
    const headKeys = new Float32Array(2);
    toLatent(leadingBasis(directions, 4, 4), keys, latent);
    fromLatent(leadingBasis(directions, 4, 4), latent, 1, headKeys);
    expect([...headKeys].map((value) => Number(value.toFixed(5)))).toEqual([3, 4]);
    fromLatent(leadingBasis(directions, 4, 2), latent, 1, headKeys);
    expect([...headKeys].map((value) => Number(value.toFixed(5)))).toEqual([2, 3]);
  });

  it("score a slot by the product of its keys with the group's mean query, before RoPE", () => {
    const basis = leadingBasis(directions, 4, 4);
    const latent = new Float32Array(4);
    toLatent(basis, keys, latent);
    // Four query heads, two of each KV head.
    const means = meanQueries(Float32Array.of(1, 0, 3, 0, 0, 1, 0, 1), 2, 2);
    expect([...means]).toEqual([2, 0, 0, 1]);
    const joint = jointQuery(latentQueries(basis, means, 2, 4), 2);
    expect(latentScores(latent, 4, joint)[0]).toBeCloseTo(2 * 1 + 1 * 4, 5);
    const [first] = latentScores(latent, 4, latentQueries(basis, means, 2, 4).subarray(0, 4));
    expect(first).toBeCloseTo(2, 5);
  });
});
