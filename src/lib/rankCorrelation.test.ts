import { expect, it } from "vitest";
import { randomStream } from "./random";
import { averageRanks, chanceDeviation, rankCorrelation } from "./rankCorrelation";

it("ranks from the lowest, equal values at the mean of their ranks", () => {
  expect([...averageRanks([0.3, 0.1, 0.3, 0.9])]).toEqual([2.5, 1, 2.5, 4]);
});

it("is 1 in the same order, −1 in the reverse, whatever the values", () => {
  expect(rankCorrelation([1, 2, 3, 4], [0.1, 0.2, 7, 90])).toBe(1);
  expect(rankCorrelation([1, 2, 3, 4], [9, 3, 2, -5])).toBe(-1);
});

it("agrees with scipy's spearmanr where values tie", () => {
  // scipy.stats.spearmanr([1, 2, 2, 4, 5], [3, 1, 1, 7, 5])
  expect(rankCorrelation([1, 2, 2, 4, 5], [3, 1, 1, 7, 5])).toBeCloseTo(0.5789473684, 9);
});

it("says nothing of two values, or of values that are all the same", () => {
  expect(rankCorrelation([1, 2], [1, 2])).toBeNaN();
  expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeNaN();
});

it("spreads by chance as the formula says, also with many ties", () => {
  const random = randomStream(5);
  const received = Array.from({ length: 26 }, (_, place) => Math.max(0, place - 15));
  const drawn = Array.from({ length: 3000 }, () => rankCorrelation(random.shuffle([...received.keys()]), received));
  const squares = drawn.reduce((sum, value) => sum + value ** 2, 0) / drawn.length;
  expect(Math.sqrt(squares)).toBeCloseTo(chanceDeviation(26), 2);
});
