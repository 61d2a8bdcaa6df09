// Thumbnails: small, inside their box, and of the run that they are of.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawRandomTrace, drawTrace } from "../../trace/drawTrace.testing";
import { THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH, thumbnail } from "./thumbnail";

const trace = drawTrace(
  { prompt: "The cat sat" },
  `
  on
  the   evicts The | cat
  mat`,
);

describe("a thumbnail", () => {
  it("draws the saw-tooth under the line of the text", () => {
    const { cachePath, textPath } = thumbnail(trace);
    // 5 tokens high: 3 slots, then 4 cut to 3, then 4.
    expect(cachePath).toBe("M0 9.6L32 4.8L32 9.6L64 4.8");
    expect(textPath).toBe("M0 9.6L64 0");
  });

  it("says what is left of each stretch of the text: a digit of 9 for what every head holds", () => {
    expect(thumbnail(trace).heldDigits).toBe("559999");
  });

  it("keeps the highest and the lowest of a run longer than it has points", () => {
    const words = Array.from({ length: 400 }, (_, word) => (word === 201 ? "w evicts a b c | a b c" : "w"));
    const { cachePath } = thumbnail(drawTrace({ prompt: "a b c d" }, words.join("\n")));
    const heights = [...cachePath.matchAll(/ ([\d.]+)/g)].map(([, y]) => Number(y));
    const drops = heights.filter((y, place) => place > 0 && y > heights[place - 1]);
    expect(drops).toHaveLength(1);
    expect(heights.length).toBeLessThanOrEqual(2 * 64);
  });

  it("is at most 2 kB and inside its box for any run", () => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const small = thumbnail(drawRandomTrace(seed));
        expect(JSON.stringify(small).length).toBeLessThan(2000);
        for (const [, x, y] of `${small.cachePath}${small.textPath}`.matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)) {
          expect(Number(x) >= 0 && Number(x) <= THUMBNAIL_WIDTH).toBe(true);
          expect(Number(y) >= 0 && Number(y) <= THUMBNAIL_HEIGHT).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("is empty before the first step", () => {
    expect(thumbnail({ ...trace, steps: [], events: [] }).cachePath).toBe("");
  });
});
