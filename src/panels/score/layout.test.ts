import { expect, it } from "vitest";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { gkv } from "../../policy/gkv";
import { effectiveParameters } from "../../policy/policies";
import type { Trace } from "../../trace/trace";
import { plateaus } from "./brackets";
import { readCandidates } from "./candidates";
import { drawnCandidates, drawnEvent, drawnTrace, pooledTrace } from "./drawScores.testing";
import { scoreLayout, type ScoreLayout, type Span } from "./layout";
import { scoreTable } from "./table";
import type { ScoreView } from "./view";

it("stacks λ·F above zero and −(1 − λ)·R below, and marks their sum", () => {
  const { bars, zeroY } = layout();
  const [the] = bars;
  expect(height(the.gain) / height(the.loss)).toBeCloseTo(0.5 / 0.2, 1);
  expect(the.totalY).toBeCloseTo(zeroY - height(the.gain) + height(the.loss), 0);
});

it("shows past and present side by side, the taller as high as what they make together", () => {
  const [the, cat, sat] = layout().bars;
  expect(height(the.past) / height(the.present)).toBeCloseTo(0.8, 1);
  expect(the.present?.y).toBe(the.gain?.y);
  expect(sat.past?.y).toBe(sat.gain?.y);
  expect(cat.past).toBeNull();
});

it("stacks the present on the past where they are added", () => {
  const formula = gkv.formula(effectiveParameters(gkv, { smoothing: "sum" }));
  const summed: Trace = { ...drawnTrace, header: { ...drawnTrace.header, formula } };
  const { bars, join, zeroY } = layout({}, summed);
  const [{ past, present }] = bars;
  expect(join).toBe("stack");
  expect(Number(past?.y) + height(past)).toBeCloseTo(zeroY, 0);
  expect(Number(present?.y) + height(present)).toBeCloseTo(Number(past?.y), 0);
});

it("tells kept from evicted, past from present, and those never scored before", () => {
  expect(layout().bars.map((bar) => [bar.text, bar.isKept, bar.winner, bar.isNewcomer])).toEqual([
    ["The", true, "local", false],
    ["cat", false, null, true],
    ["sat", true, "history", false],
    ["on", false, null, true],
  ]);
});

it("puts the cut-off at the lowest total that stayed", () => {
  const { bars, cutOffY, candidates } = layout();
  expect(candidates.cutOff).toBeCloseTo(0.15);
  expect(cutOffY).toBe(bars[2].totalY);
});

it("orders by rank with those that stay first", () => {
  const { bars } = layout({ order: "rank" });
  expect(bars.map((bar) => [bar.text, bar.rank])).toEqual([
    ["The", 1],
    ["sat", 2],
    ["on", 3],
    ["cat", 4],
  ]);
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
  const { bars, join, plotTop } = layout({}, plain);
  expect(join).toBe("none");
  expect(bars[0].gain).toBeNull();
  expect(bars[0].totalY).toBe(plotTop);
  expect(height(bars[3].gain) / height(bars[1].gain)).toBeCloseTo(3, 1);
  expect(bars.every((bar) => bar.loss === null)).toBe(true);
});

it("measures from the cut-off on a scale that the evicted set, those far above cut off at the top", () => {
  const { bars, cutOffY, zeroY, isClipped } = layout({ measure: "margin" });
  const [the, cat, sat, on] = bars.map((bar) => bar.totalY);
  expect(isClipped).toBe(false);
  expect(cutOffY).toBe(zeroY);
  expect(sat).toBe(cutOffY);
  expect((cat - zeroY) / (on - zeroY)).toBeCloseTo(0.45 / 0.25, 1);
  expect(the).toBeLessThan(zeroY);
});

it("shows before normalising what was measured, without a cut-off", () => {
  const { bars, cutOffY } = layout({ measure: "raw" });
  expect(cutOffY).toBeNull();
  expect(height(bars[0].gain) / height(bars[2].gain)).toBeCloseTo(0.2 / 0.04, 1);
});

it("labels as many bars as fit, the highest first", () => {
  expect(layout().labelled.size).toBe(4);
  const narrow = layout({ width: 44 });
  expect([...narrow.labelled].sort()).toEqual([0, 3]);
});

it("brackets the neighbours that pooling made equal, and finds ties at the cut-off", () => {
  const { bars, ...rest } = layout({}, pooledTrace);
  expect(plateaus({ bars, barWidth: rest.barWidth }).map(({ barCount, value }) => [barCount, value])).toEqual([
    [2, 0.5],
    [3, 0.25],
  ]);
  expect(bars.filter((bar) => bar.isTied).map((bar) => bar.text)).toEqual(["c", "d", "e"]);
});

it("draws, tabulates and takes from the trace the same figure", () => {
  const { bars, candidates, zeroY } = layout();
  const table = scoreTable(drawnEvent, { layer: 0, kvHead: 0 }, candidates);
  const sat = table.rows[2];
  expect(sat[table.columns.indexOf("α·C")]).toBe(drawnEvent.parts.history.values[2]);
  expect(sat[table.columns.indexOf("Z")]).toBe(drawnEvent.total.values[2]);
  expect(table.rows[1][table.columns.indexOf("α·C")]).toBeNull();
  const perUnit = height(bars[0].gain) / (drawnEvent.total.values[0] + 0.5 * drawnEvent.parts.redundancy.values[0]);
  expect(height(bars[2].past) / perUnit).toBeCloseTo(0.5 * Number(sat[table.columns.indexOf("α·C")]), 2);
  expect(zeroY - Number(bars[2].past?.y)).toBeCloseTo(height(bars[2].past), 0);
});

function layout(
  view: Partial<ScoreView & { measure: "parts" | "margin" | "raw"; width: number }> = {},
  trace: Trace = drawnTrace,
): ScoreLayout {
  const candidates = trace === drawnTrace ? drawnCandidates : readCandidates(trace, trace.events[0], 0);
  const { order = "position", measure = "parts", width = 400 } = view;
  return scoreLayout(trace.header, candidates, { windowSlots: 2, order, measure, width, height: 260 });
}

function height(span: Span | null): number {
  return span?.height ?? 0;
}
