import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gumbelNoise, sampleThreshold, sampleToken } from "./sampler";
import type { Sampling } from "./sampling";
import { CANDIDATE_COUNT, greedySampling } from "./sampling";

const plain: Sampling = { temperature: 1, topP: 1, topK: 0, seed: 1 };

/** Logits of the given probabilities. */
const logitsOf = (...probabilities: number[]): Float32Array =>
  Float32Array.from(probabilities, (probability) => Math.log(probability));

/** Tokens that may be drawn. */
const allowed = (logits: Float32Array, changes: Partial<Sampling>): number[] => {
  const threshold = sampleThreshold(logits, { ...plain, ...changes });
  return [...logits.keys()].filter((token) => logits[token] >= threshold);
};

const anyLogits = fc
  .array(fc.float({ min: -30, max: 30, noNaN: true }), { minLength: 1, maxLength: 60 })
  .map((values) => Float32Array.from(values));

describe("sampleToken", () => {
  it("takes the highest logit when greedy, the lower token on a tie", () => {
    const logits = Float32Array.of(1, 3, -2, 3);
    expect(sampleToken(logits, greedySampling, 0).token).toBe(1);
  });

  it("reports probability, entropy and candidates of the model's own distribution", () => {
    const logits = logitsOf(0.5, 0.125, 0.25, 0.125);
    const result = sampleToken(logits, { ...plain, temperature: 0.2, topK: 2 }, 4);
    expect(result.entropy).toBeCloseTo(1.75 * Math.LN2, 6);
    expect(result.logProbability).toBeCloseTo(logits[result.token], 6);
    expect([...result.candidateTokens]).toEqual([0, 2, 1, 3]);
    expect(Math.exp(result.candidateLogProbabilities[1])).toBeCloseTo(0.25, 6);
  });

  it("lists the most probable candidates first, the lower token on a tie", () => {
    fc.assert(
      fc.property(anyLogits, (logits) => {
        const sorted = [...logits.keys()].sort((a, b) => logits[b] - logits[a] || a - b);
        const { candidateTokens } = sampleToken(logits, greedySampling, 0);
        expect([...candidateTokens]).toEqual(sorted.slice(0, CANDIDATE_COUNT));
      }),
    );
  });

  it("gives the same token for the same seed and step, whatever came before", () => {
    const logits = Float32Array.from({ length: 50 }, (_, token) => Math.sin(token));
    const draws = (seed: number) =>
      Array.from({ length: 30 }, (_, step) => sampleToken(logits, { ...plain, seed }, step).token);
    expect(draws(1)).toEqual(draws(1));
    expect(sampleToken(logits, plain, 17).token).toBe(draws(1)[17]);
    expect(draws(1)).not.toEqual(draws(2));
    expect(new Set(draws(1)).size).toBeGreaterThan(10);
  });

  it.each([
    ["temperature 1", {}, [0.5, 0.25, 0.15, 0.1]],
    ["temperature 0.5, which squares", { temperature: 0.5 }, [0.25, 0.0625, 0.0225, 0.01]],
    ["top-k 2", { topK: 2 }, [0.5, 0.25, 0, 0]],
    ["top-p 0.8", { topP: 0.8 }, [0.5, 0.25, 0.15, 0]],
  ])("draws tokens as often as they are probable at %s", (_, changes, weights) => {
    const logits = logitsOf(0.5, 0.25, 0.15, 0.1);
    const drawCount = 20000;
    const counts = new Array<number>(4).fill(0);
    for (let step = 0; step < drawCount; step++) {
      counts[sampleToken(logits, { ...plain, ...changes, seed: 3 }, step).token]++;
    }
    const sum = weights.reduce((total, weight) => total + weight, 0);
    let chiSquare = 0;
    weights.forEach((weight, token) => {
      const expected = (drawCount * weight) / sum;
      if (weight === 0) expect(counts[token]).toBe(0);
      else chiSquare += (counts[token] - expected) ** 2 / expected;
    });
    // 99.9 % quantile of chi-square with 3 degrees of freedom; the draws are seeded.
    expect(chiSquare).toBeLessThan(16.3);
  });

  it("draws what it may, of any logits", () => {
    const sampling = fc.record({
      temperature: fc.double({ min: 0.001, max: 10, noNaN: true }),
      topP: fc.double({ min: 0, max: 1, noNaN: true }),
      topK: fc.nat(70),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(anyLogits, sampling, fc.nat(10000), (logits, choice, step) => {
        const { token, logProbability, entropy } = sampleToken(logits, choice, step);
        expect(allowed(logits, choice)).toContain(token);
        expect(logProbability).toBeLessThanOrEqual(1e-6);
        expect(entropy).toBeGreaterThanOrEqual(0);
        expect(entropy).toBeLessThanOrEqual(Math.log(logits.length) + 1e-9);
      }),
    );
  });

  it("does not care how the other tokens are ordered", () => {
    // The noise belongs to the token, so swapping two tokens that may not be drawn changes nothing.
    const logits = logitsOf(0.4, 0.3, 0.1, 0.05, 0.15);
    const swapped = logitsOf(0.4, 0.3, 0.05, 0.1, 0.15);
    for (let step = 0; step < 50; step++) {
      const choice = { ...plain, topK: 2 };
      expect(sampleToken(swapped, choice, step).token).toBe(sampleToken(logits, choice, step).token);
    }
  });

  it("fails on logits that are not finite instead of returning a token", () => {
    expect(() => sampleToken(Float32Array.of(0, NaN), plain, 0)).toThrow("expected finite logits");
    expect(() => sampleToken(Float32Array.of(0, Infinity), greedySampling, 7)).toThrow("step 7");
  });
});

describe("sampleThreshold", () => {
  const logits = logitsOf(0.1, 0.4, 0.2, 0.1, 0.2);

  it.each([
    ["nothing cut", {}, [0, 1, 2, 3, 4]],
    ["top-k 1", { topK: 1 }, [1]],
    ["top-k 2, tied with the third", { topK: 2 }, [1, 2, 4]],
    ["top-k beyond the vocabulary", { topK: 9 }, [0, 1, 2, 3, 4]],
    ["top-p below the most probable", { topP: 0.3 }, [1]],
    ["top-p 0", { topP: 0 }, [1]],
    ["top-p that needs one of two tied", { topP: 0.5 }, [1, 2, 4]],
    ["top-p that needs the rest", { topP: 0.85 }, [0, 1, 2, 3, 4]],
    ["top-p of what top-k left", { topK: 3, topP: 0.45 }, [1]],
    ["top-p at a low temperature", { topP: 0.6, temperature: 0.5 }, [1]],
  ])("allows with %s", (_, changes, tokens) => {
    // 0.4 of the 0.8 that top-k 3 leaves is a half: more than 0.45.
    expect(allowed(logits, changes)).toEqual(tokens);
  });

  it("leaves the smallest set of sufficient mass, whole ties only", () => {
    fc.assert(
      fc.property(anyLogits, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (values, topP) => {
        const kept = allowed(values, { topP });
        const weight = (tokens: number[]) =>
          tokens.reduce((sum, token) => sum + Math.exp(values[token] - Math.max(...values)), 0);
        const total = weight([...values.keys()]);
        const lowest = Math.min(...kept.map((token) => values[token]));
        const smaller = kept.filter((token) => values[token] > lowest);
        expect(weight(kept)).toBeGreaterThanOrEqual(topP * total * (1 - 1e-6));
        expect(weight(smaller)).toBeLessThanOrEqual(topP * total * (1 + 1e-6));
      }),
    );
  });
});

describe("gumbelNoise", () => {
  it("is finite in float32 at both ends of the uniform draws", () => {
    // The extreme draws: u = 2^-24 and u = 1 − 2^-24.
    for (const uniform of [2 ** -24, 1 - 2 ** -24]) {
      expect(Number.isFinite(Math.fround(-Math.log(-Math.log(uniform))))).toBe(true);
    }
    for (let token = 0; token < 10000; token++) {
      const noise = gumbelNoise(1, 2, token);
      expect(noise > -2.9 && noise < 16.7).toBe(true);
    }
  });

  it("follows from 2 atanh((1 − u) / (1 + u)) as well, the form for kernels", () => {
    for (const uniform of [2 ** -24, 0.3, 0.5, 0.9, 1 - 2 ** -24]) {
      expect(2 * Math.atanh((1 - uniform) / (1 + uniform))).toBeCloseTo(-Math.log(uniform), 9);
    }
  });
});
