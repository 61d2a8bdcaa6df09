import { expect, it } from "vitest";
import { drawTrace } from "../drawTrace.testing";
import { comparisonSeries, runningComparison } from "./laneComparison";
import { comparisonSummary } from "../fullCacheComparison";

const trace = drawTrace({ prompt: "The cat sat", isCompared: true }, "on\nthe   evicts The | cat\nmat\nnow\nand\nthen");

it("says of every step what the summary up to it says", () => {
  for (const { step } of trace.steps) {
    const summary = comparisonSummary(trace, step + 1);
    const running = runningComparison(trace, step);
    expect(running?.meanKlNats).toBeCloseTo(summary?.meanKlNats ?? NaN, 12);
    expect(running?.agreedShare).toBe(summary?.agreedShare);
    expect(running?.meanLostAttention).toBeCloseTo(summary?.meanLostAttention ?? NaN, 12);
  }
});

it("follows a trace that grows", () => {
  const growing = { ...trace, steps: trace.steps.slice(0, 2) };
  expect(comparisonSeries(growing)?.otherTopSteps).toEqual([]);
  growing.steps.push(...trace.steps.slice(2));
  expect(comparisonSeries(growing)?.otherTopSteps).toEqual([2, 5]);
  expect(comparisonSeries(growing)?.klNats).toEqual(trace.steps.map(({ comparison }) => comparison?.klNats));
  expect(runningComparison(growing, 5)).toEqual(runningComparison(trace, 5));
});

it("says nothing if it was not compared with the full cache", () => {
  const plain = drawTrace({ prompt: "The cat sat" }, "on\nthe");
  expect([runningComparison(plain, 1), comparisonSeries(plain)]).toEqual([null, null]);
});
