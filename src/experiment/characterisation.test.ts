import fc from "fast-check";
import { expect, it } from "vitest";
import { logitQuality, paretoRows, percentile, characterisationTimes } from "./characterisation";

it("adds the first token and the gaps up to the whole", () => {
  const { firstToken, perToken, gaps, total } = characterisationTimes(1, [1.5, 2, 2.25, 4]);
  expect([firstToken, perToken * 3, total]).toEqual([0.5, 2.5, 3]);
  expect(gaps.p50).toBe(0.5);
  expect(percentile([0, 1], 25)).toBe(0.25);
});

it("finds no difference between logits and themselves", () => {
  const logits = [Float32Array.of(1, 2, -3), Float32Array.of(0, 0, 5)];
  const { divergence, topAgreement, meanLoss } = logitQuality(logits, logits, [1, 2]);
  expect([divergence, topAgreement]).toEqual([0, 1]);
  expect(meanLoss).toBeGreaterThan(0);
});

it("keeps the rows that brute force keeps, equal ones too", () => {
  expect(
    paretoRows(
      [
        [1, 1],
        [1, 1],
        [2, 0],
        [2, 2],
      ],
      [false, false],
    ),
  ).toEqual([0, 1, 2]);
  expect(
    paretoRows(
      [
        [1, 1],
        [2, 1],
      ],
      [true, false],
    ),
  ).toEqual([1]);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { minLength: 1 }), (rows) => {
      const kept = paretoRows(rows, [false, false]);
      const best = Math.min(...rows.map(([first]) => first));
      const cheapest = Math.min(...rows.filter(([first]) => first === best).map(([, second]) => second));
      expect(kept.map((at) => rows[at])).toContainEqual([best, cheapest]);
      for (const at of kept) expect(rows.some((row) => row[0] < rows[at][0] && row[1] < rows[at][1])).toBe(false);
    }),
  );
});
