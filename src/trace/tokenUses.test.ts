import { expect, it } from "vitest";
import { joinRows } from "../cache/headRows";
import { drawTrace } from "./drawTrace.testing";
import type { StepRecord, Trace } from "./trace";
import { tokenUses, UNUSED } from "./tokenUses";

/** Rows of one head: the share of each slot that a step's newest query gave, as drawn. */
function withRows(trace: Trace, rows: readonly (readonly number[])[]): Trace {
  const steps = trace.steps.map((record, step): StepRecord => {
    const most = Math.max(...rows[step]);
    return {
      ...record,
      attention: joinRows([Uint8Array.from(rows[step], (share) => Math.round((255 * share) / most))], Uint8Array),
      attentionScale: Float32Array.of(most),
    };
  });
  return { ...trace, steps };
}

const run = drawTrace({ prompt: "a b c", kvHeadCount: 1 }, "d evicts b\ne\nf");
//                            a     b    c         a    c    d         a    c    d    e
const trace = withRows(run, [
  [0.5, 0.3, 0.2],
  [0.01, 0.6, 0.39],
  [0.01, 0.3, 0.01, 0.68],
]);

it("names the last step that gave a position more than a fiftieth of its attention", () => {
  expect([...tokenUses(trace).lastUses(2)]).toEqual([0, 0, 2, UNUSED, UNUSED]);
});

it("answers for an earlier step as it was then", () => {
  expect([...tokenUses(trace).lastUses(1)]).toEqual([0, 0, 1, UNUSED]);
});

it("does not count a token's look at itself", () => {
  const self = withRows(drawTrace({ prompt: "a b", kvHeadCount: 1 }, "c"), [[0.001, 0.999]]);
  expect([...tokenUses(self).lastUses(0)]).toEqual([UNUSED, UNUSED]);
});

it("goes on where a growing trace has grown", () => {
  const growing = { ...trace, steps: trace.steps.slice(0, 1) };
  expect([...tokenUses(growing).lastUses(0)]).toEqual([0, 0, UNUSED]);
  growing.steps.push(trace.steps[1]);
  expect(tokenUses(growing).stepCount).toBe(2);
  expect([...tokenUses(growing).lastUses(1)]).toEqual([0, 0, 1, UNUSED]);
});
