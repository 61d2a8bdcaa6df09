import { expect, it } from "vitest";
import { drawTrace } from "./drawTrace.testing";
import { evictionBias, keepRates, keepRatesOverTime, meanRate } from "./spanFigures";

const trace = drawTrace(
  { prompt: "be brief . say yes .", windowSlots: 2 },
  `
  on
  the   evicts be brief | say
  mat
  .     evicts yes | be
  end`,
);
const brief = { start: 0, end: 3 };
const yes = { start: 3, end: 6 };

it("counts what each head holds of a span, before, at and after an event", () => {
  const rates = [-1, 0, 1, 2, 3, 4].map((step) => [...keepRates(trace, step, brief)]);
  const third = Math.fround(1 / 3);
  const twoThirds = Math.fround(2 / 3);
  expect(rates).toEqual([
    [1, 1],
    [1, 1],
    [third, 1],
    [third, 1],
    [third, twoThirds],
    [third, twoThirds],
  ]);
});

it("follows the means of several spans from event to event", () => {
  const moments = keepRatesOverTime(trace, [brief, yes]);
  expect(moments.map(({ step }) => step)).toEqual([-1, 1, 3]);
  expect(moments[0].means).toEqual([1, 1]);
  expect(moments[1].means[0]).toBeCloseTo(2 / 3, 6);
  expect(moments[1].means[1]).toBeCloseTo(5 / 6, 6);
});

it("is biased against the span that lost more", () => {
  expect(evictionBias(trace, 0, [brief, yes])).toBe(0);
  expect(evictionBias(trace, 1, [brief, yes])).toBeCloseTo(-1 / 6, 6);
  expect(evictionBias(trace, 1, [yes, brief])).toBeCloseTo(1 / 6, 6);
  expect(meanRate([0.5, 1])).toBe(0.75);
});
