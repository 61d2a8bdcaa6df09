import { expect, it } from "vitest";
import { drawTrace } from "./drawTrace.testing";
import { retentionRatios } from "./retention";

const trace = drawTrace({ prompt: "a b c d" }, "e\nf evicts a b | c d\ng");

it("is the share of the text that is held, after the event of a step", () => {
  expect(retentionRatios(trace)).toEqual([1, 3 / 5, 4 / 6]);
});

it("goes on where a growing trace has grown", () => {
  const growing = { ...trace, steps: trace.steps.slice(0, 2) };
  expect(retentionRatios(growing)).toHaveLength(2);
  growing.steps.push(trace.steps[2]);
  expect(retentionRatios(growing)).toEqual([1, 3 / 5, 4 / 6]);
});
