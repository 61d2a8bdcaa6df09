import { expect, it } from "vitest";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { gkv } from "../../policy/scoreBased";
import { effectiveParameters } from "../../policy/policies";
import type { Trace } from "../../trace/trace";
import type { BarMeasure } from "./barHeights";
import { readCandidates, scoreTable, type Candidate } from "./candidates";
import { drawnCandidates, drawnEvent, drawnTrace, pooledTrace } from "./drawScores.testing";
import { scoreLayout, type ScoreLayout, type ScoreOrder, type Span } from "./layout";
import { plateaus } from "./paths";

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

it("distinguishes kept from evicted, past from present, and tokens never scored before", () => {
  expect(drawn(layout(), ({ text, isKept, winner, isNewcomer }) => [text, isKept, winner, isNewcomer])).toEqual([
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

it("orders by rank, the kept first", () => {
  const ranked = layout({ order: "rank" });
  expect(drawn(ranked, ({ text, rank }) => [text, rank])).toEqual([
    ["The", 1],
    ["sat", 2],
    ["on", 3],
    ["cat", 4],
  ]);
  expect(ranked.bars[0].x).toBeLessThan(ranked.bars[1].x);
});

it("draws a plain total for a policy without parts, and full height for a token that must stay", () => {
  const plain = drawScoredTrace({
    prompt: "The cat sat on the mat",
    generated: "and",
    windowSlots: 2,
    budgetSlots: 4,
    intervalSteps: 2,
    events: [{ step: 0, evicted: ["cat sat", "cat sat", "cat sat", "cat sat"], total: [Infinity, 1, 2, 3] }],
  });
  const { bars, join, plotTop } = layout({}, plain);
  expect(join).toBe("none");
  expect(bars[0].gain).toBeNull();
  expect(bars[0].totalY).toBe(plotTop);
  expect(height(bars[3].gain) / height(bars[1].gain)).toBeCloseTo(3, 1);
  expect(bars.every((bar) => bar.loss === null)).toBe(true);
});

it("measures from the cut-off on a scale set by the evicted, and cuts off bars far above it", () => {
  const { bars, cutOffY, zeroY, isClipped } = layout({ measure: "margin" });
  const [the, cat, sat, on] = bars.map((bar) => Number(bar.totalY));
  expect(isClipped).toBe(false);
  expect(cutOffY).toBe(zeroY);
  expect(sat).toBe(cutOffY);
  expect((cat - zeroY) / (on - zeroY)).toBeCloseTo(0.45 / 0.25, 1);
  expect(the).toBeLessThan(zeroY);
});

it("shows what was measured before normalising, without a cut-off", () => {
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
  const { bars } = layout({}, pooledTrace);
  expect(plateaus(bars).map((ends) => ends.map(({ candidate }) => candidate.text).join("–"))).toEqual(["a–b", "c–e"]);
  const tied = bars.filter(({ candidate }) => candidate.isTied);
  expect(tied.map(({ candidate }) => candidate.text)).toEqual(["c", "d", "e"]);
});

it("shows the same figure in the bar, the table and the trace", () => {
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
  view: Partial<{ order: ScoreOrder; measure: BarMeasure; width: number }> = {},
  trace: Trace = drawnTrace,
): ScoreLayout {
  const candidates = trace === drawnTrace ? drawnCandidates : readCandidates(trace, trace.events[0], 0);
  const { order = "position", measure = "parts", width = 400 } = view;
  return scoreLayout(trace.header, candidates, { windowSlots: 2, order, measure, width, height: 260 });
}

function drawn<Figure>({ bars }: ScoreLayout, read: (candidate: Candidate) => Figure): readonly Figure[] {
  return bars.map(({ candidate }) => read(candidate));
}

function height(span: Span | null): number {
  return span?.height ?? 0;
}
