import { expect, it } from "vitest";
import { chanceOverlap, retainedCount, windowOverlap, windowOverlaps } from "./windowOverlap";

it("counts what earlier windows share with the last, one by one and together", () => {
  const scores = [Float32Array.of(9, 8, 0, 0, 0), Float32Array.of(0, 0, 0, 8, 9), Float32Array.of(9, 0, 0, 8, 0)];
  expect(windowOverlap(scores, 2)).toEqual({
    pairs: [
      [1, 0, 0.5],
      [0, 1, 0.5],
      [0.5, 0.5, 1],
    ],
    lastAndWindow: [0.5, 0.5],
    lastAndUnion: 1,
  });
});

it("draws ties at the cut fairly, so that what was not told apart agrees by chance alone", () => {
  const untold = new Float32Array(8);
  const { lastAndWindow, lastAndUnion } = windowOverlap([untold, untold, untold], 2);
  expect(lastAndWindow).toEqual([chanceOverlap(2, 8, 1), chanceOverlap(2, 8, 1)]);
  expect(lastAndUnion).toBeCloseTo(chanceOverlap(2, 8, 2));
});

it("does not draw what lies above the cut", () => {
  const one = Float32Array.of(5, 0, 0, 0);
  expect(windowOverlap([one, one], 1).lastAndUnion).toBe(1);
  expect(windowOverlap([one, one], 2).lastAndUnion).toBeCloseTo((1 + 3 * (1 / 3) ** 2) / 2);
});

it("gives the same for several retained counts as for each alone", () => {
  const scores = [Float32Array.of(9, 8, 1, 0, 0), Float32Array.of(0, 3, 3, 8, 9)];
  expect(windowOverlaps(scores, [1, 3])).toEqual([windowOverlap(scores, 1), windowOverlap(scores, 3)]);
});

it("gives the chance level that random sets would reach", () => {
  expect(chanceOverlap(4, 40, 1)).toBeCloseTo(0.1);
  expect(chanceOverlap(22, 40, 3)).toBeCloseTo(0.908875);
  expect(chanceOverlap(40, 40, 3)).toBe(1);
});

it("rounds the retained count, exact halves to even", () => {
  expect([retainedCount(0.55, 40), retainedCount(0.1, 45), retainedCount(0.5, 7), retainedCount(0.1, 44)]).toEqual([
    22, 4, 4, 4,
  ]);
});
