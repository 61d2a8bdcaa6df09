import { expect, it } from "vitest";
import type { Trace } from "../../trace/trace";
import { drawScoredTrace } from "../drawScoredTrace";
import { scoreLayout, scoreSummary, type ScoreMeasure, type ScoreOrder } from "./layout";

//                        The   cat   sat    on
const total = [0.3, -0.3, 0.15, -0.1];
const trace = drawScoredTrace({
  prompt: "The cat sat on the mat",
  generated: "and slept well",
  windowSlots: 2,
  budgetSlots: 4,
  intervalSteps: 2,
  events: [
    {
      step: 0,
      gone: ["cat on", "cat on", "cat on", "cat on"],
      total,
      parts: {
        local: [1, 0.1, 0.2, 0.3],
        history: [0.8, NaN, 0.8, NaN],
        global: [1, 0.1, 0.8, 0.3],
        redundancy: [0.4, 0.7, 0.5, 0.5],
      },
    },
  ],
});

it("stacks λ·F above zero and −(1 − λ)·R below, and marks their sum", () => {
  const { bars, zeroY } = layout("position");
  const [the] = bars;
  expect(the.gain?.y).toBeLessThan(zeroY);
  expect(height(the.gain) / height(the.loss)).toBeCloseTo(0.5 / 0.2, 1);
  expect(the.totalY).toBeCloseTo(zeroY - height(the.gain) + height(the.loss), 0);
});

it("tells kept from evicted, and past from present", () => {
  const { bars } = layout("position");
  expect(bars.map((bar) => [bar.text, bar.isKept, bar.winner])).toEqual([
    ["The", true, "local"],
    ["cat", false, null],
    ["sat", true, "history"],
    ["on", false, null],
  ]);
});

it("puts the cut-off at the lowest total that stayed", () => {
  const { bars, cutOffY, cutOff } = layout("position");
  expect(cutOff).toBeCloseTo(0.15);
  expect(cutOffY).toBeCloseTo(bars[2].totalY);
});

it("orders by rank with those that stay first", () => {
  const { bars } = layout("rank");
  expect(bars.map((bar) => bar.text)).toEqual(["The", "sat", "on", "cat"]);
  expect(bars[0].x).toBeLessThan(bars[1].x);
});

it("draws a plain total where a policy has no parts, and full height where it must stay", () => {
  const plain = drawScoredTrace({
    prompt: "The cat sat on the mat",
    generated: "and",
    windowSlots: 2,
    budgetSlots: 4,
    intervalSteps: 2,
    events: [{ step: 0, gone: ["cat sat", "cat sat", "cat sat", "cat sat"], total: [Infinity, 1, 2, 3] }],
  });
  const { bars, hasRedundancy, hasHistory, plotTop } = layout("position", plain);
  expect([hasRedundancy, hasHistory]).toEqual([false, false]);
  expect(bars[0].gain).toBeNull();
  expect(bars[0].totalY).toBe(plotTop);
  expect(height(bars[3].gain) / height(bars[1].gain)).toBeCloseTo(3, 1);
  expect(bars.every((bar) => bar.loss === null)).toBe(true);
});

it("measures from the cut-off on a scale that the evicted set, those far above cut off at the top", () => {
  const { bars, cutOffY, zeroY, plotTop, isClipped } = layout("position", undefined, "margin");
  expect(isClipped).toBe(false);
  const [the, cat, sat, on] = bars;
  expect(cutOffY).toBe(zeroY);
  expect(sat.totalY).toBe(cutOffY);
  expect(on.totalY).toBeGreaterThan(cutOffY);
  expect((cat.totalY - cutOffY) / (on.totalY - cutOffY)).toBeCloseTo(0.45 / 0.25, 1);
  expect(the.totalY).toBeGreaterThanOrEqual(plotTop);
});

it("keeps window columns behind the candidates, inside the chart", () => {
  const { window, width, bars } = layout("position");
  expect(window.count).toBe(2);
  expect(window.x).toBeGreaterThan(bars[3].x);
  expect(window.x + window.width).toBeLessThanOrEqual(width);
});

it("labels as many bars as fit, the highest first", () => {
  expect(layout("position").labels).toHaveLength(4);
  const narrow = scoreLayout(trace, trace.events[0], {
    head: 0,
    order: "position",
    measure: "parts",
    width: 88,
    height: 200,
  });
  expect(narrow.labels.map((bar) => bar.text)).toEqual(["The", "sat"]);
});

it("counts in words for those who do not see it", () => {
  expect(scoreSummary(trace.events[0], layout("position"))).toBe(
    "Scores at step 0: 4 candidates, 2 kept, 2 evicted; 2 in the window are protected.",
  );
});

function layout(order: ScoreOrder, of: Trace = trace, measure: ScoreMeasure = "parts") {
  return scoreLayout(of, of.events[0], { head: 0, order, measure, width: 400, height: 240 });
}

function height(span: { height: number } | null): number {
  return span?.height ?? 0;
}
