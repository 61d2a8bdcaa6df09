import { expect, it } from "vitest";
import { drawTrace } from "../drawTrace.testing";
import { loyaltySeries, runningLoyalty } from "./laneLoyalty";
import { loyaltySummary } from "../loyalty";

const trace = drawTrace({ prompt: "The cat sat", hasLoyalty: true }, "on\nthe   evicts The | cat\nmat\nnow\nand\nthen");

it("says of every step what the summary up to it says", () => {
  for (const { step } of trace.steps) {
    const summary = loyaltySummary(trace, step + 1);
    const running = runningLoyalty(trace, step);
    expect(running?.meanKlNats).toBeCloseTo(summary?.meanKlNats ?? NaN, 12);
    expect(running?.agreedShare).toBe(summary?.agreedShare);
    expect(running?.meanLostAttention).toBeCloseTo(summary?.meanLostAttention ?? NaN, 12);
  }
});

it("follows a trace that grows", () => {
  const growing = { ...trace, steps: trace.steps.slice(0, 2) };
  expect(loyaltySeries(growing)?.otherTopSteps).toEqual([]);
  growing.steps.push(...trace.steps.slice(2));
  expect(loyaltySeries(growing)?.otherTopSteps).toEqual([2, 5]);
  expect(loyaltySeries(growing)?.klNats).toEqual(trace.steps.map(({ loyalty }) => loyalty?.klNats));
  expect(runningLoyalty(growing, 5)).toEqual(runningLoyalty(trace, 5));
});

it("says nothing where the full cache did not run beside it", () => {
  const plain = drawTrace({ prompt: "The cat sat" }, "on\nthe");
  expect([runningLoyalty(plain, 1), loyaltySeries(plain)]).toEqual([null, null]);
});
