import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashUniform, hashWord, randomStream } from "./random";

describe("hashUniform", () => {
  it("is exact in float32 and never 0 or 1", () => {
    const key = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(key, key, (seed, step) => {
        const uniform = hashUniform(seed, step);
        expect(Math.fround(uniform)).toBe(uniform);
        expect(uniform > 0 && uniform < 1).toBe(true);
      }),
    );
  });

  it("fills sixteen equal bins evenly over consecutive keys", () => {
    const drawCount = 16000;
    const bins = new Array<number>(16).fill(0);
    for (let key = 0; key < drawCount; key++) bins[Math.floor(hashUniform(7, key) * 16)]++;
    const expected = drawCount / 16;
    const chiSquare = bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 99.9 % quantile of chi-square with 15 degrees of freedom; the draw is seeded, so this never flickers.
    expect(chiSquare).toBeLessThan(37.7);
  });

  it("depends on the order of the keys", () => {
    expect(hashUniform(1, 2, 3)).not.toBe(hashUniform(1, 3, 2));
  });
});

describe("hashWord", () => {
  it("stays a 32-bit word and maps different words to different words", () => {
    const seen = new Set<number>();
    for (let word = 0; word < 5000; word++) {
      const hash = hashWord(word);
      expect(Number.isInteger(hash) && hash >= 0 && hash <= 0xffffffff).toBe(true);
      seen.add(hash);
    }
    expect(seen.size).toBe(5000);
  });
});

describe("randomStream", () => {
  it("gives the same draws for the same seed", () => {
    const draws = (seed: number): number[] => {
      const stream = randomStream(seed);
      return Array.from({ length: 20 }, () => stream.integer(0, 1000));
    };
    expect(draws(5)).toEqual(draws(5));
    expect(draws(5)).not.toEqual(draws(6));
  });

  it("shuffles into a permutation and leaves the items alone", () => {
    const items = [1, 2, 3, 4, 5, 6];
    const shuffled = randomStream(3).shuffle(items);
    expect([...shuffled].sort()).toEqual(items);
    expect(items).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("draws both ends of an integer range", () => {
    const stream = randomStream(9);
    const drawn = new Set(Array.from({ length: 200 }, () => stream.integer(1, 6)));
    expect([...drawn].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
