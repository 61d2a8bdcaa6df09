import { expect, it } from "vitest";
import { chanceOverlap, retainedCount, windowOverlap } from "./windowOverlap";

it("counts what earlier windows share with the last, one by one and together", () => {
  const scores = [Float32Array.of(9, 8, 0, 0, 0), Float32Array.of(0, 0, 0, 8, 9), Float32Array.of(9, 0, 0, 8, 0)];
  expect(windowOverlap(scores, 2)).toEqual({ lastAndWindow: [0.5, 0.5], lastAndUnion: 1 });
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
