import { expect, it } from "vitest";
import { drawRandomTrace } from "../../trace/drawTrace.testing";
import { cellGrid } from "../../ui/zoom/cellGrid";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { attentionColours } from "./attentionColours";
import { allHeadRows } from "./allHeadRows";
import { attentionPeaks, NOTHING_KNOWN } from "./attentionImage";
import { headRows } from "./attentionRows";
import { attentionAt } from "./layout";

const drawAgain = () =>
  drawScoredTrace({
    prompt: "The cat sat on",
    generated: "the mat and slept",
    windowSlots: 1,
    budgetSlots: 3,
    intervalSteps: 2,
    events: [{ step: 2, gone: ["The cat sat", "cat sat on", "The sat on", "cat sat the"] }],
  });
const trace = drawAgain();
const whole = { x0: 0, x1: 7, y0: 0, y1: 4 };

it("has one bin per cell where there is room, below zero where nothing is held", () => {
  const grid = cellGrid(whole, { width: 70, height: 40 });
  const peaks = attentionPeaks(headRows(trace, { head: 0, member: null }), grid, 3);
  for (let step = 0; step < 4; step++) {
    for (let position = 0; position < 7; position++) {
      expect(peaks[step * 7 + position]).toBeCloseTo(
        attentionAt(trace, step, position, { heads: "focus", head: 0 }) ?? -1,
      );
    }
  }
});

it("keeps the largest of the cells that share a pixel", () => {
  const random = drawRandomTrace(11);
  const stepCount = random.steps.length;
  const columnCount = random.header.promptTokens.length + stepCount - 1;
  const grid = cellGrid({ x0: 0, x1: columnCount, y0: 0, y1: stepCount }, { width: 5, height: 3 });
  const peaks = attentionPeaks(headRows(random, { head: 0, member: null }), grid, stepCount - 1);
  const expected = new Float32Array(peaks.length).fill(-1);
  for (let step = 0; step < stepCount; step++) {
    for (let position = 0; position < random.header.promptTokens.length + step; position++) {
      const bin = grid.rows.binOfCell[step] * grid.columns.binCount + grid.columns.binOfCell[position];
      const paid = attentionAt(random, step, position, { heads: "focus", head: 0 });
      expected[bin] = Math.max(expected[bin], paid ?? -1);
    }
  }
  expect([...peaks].map((peak) => peak.toFixed(5))).toEqual([...expected].map((peak) => peak.toFixed(5)));
});

it("draws rows over all heads as they become ready, in any order, and knows nothing of the others", () => {
  const size = { width: 70, height: 4 };
  const rows = allHeadRows(drawAgain(), "mean");
  const grid = cellGrid(whole, size);
  expect([...attentionPeaks(rows, grid, 3)].every((peak) => peak === NOTHING_KNOWN)).toBe(true);
  rows.join(2);
  const [known, unknown] = [attentionPeaks(rows, grid, 3).slice(14, 21), attentionPeaks(rows, grid, 3).slice(21, 28)];
  expect(known.every((peak) => peak > NOTHING_KNOWN)).toBe(true);
  expect(unknown.every((peak) => peak === NOTHING_KNOWN)).toBe(true);
  for (const step of [3, 0, 1]) rows.join(step);
  expect(attentionPeaks(rows, grid, 3)).toEqual(attentionPeaks(rows, cellGrid(whole, size), 3));
});

it("is the same after any walk through the steps as drawn afresh", () => {
  const size = { width: 6, height: 2 };
  const walked = cellGrid(whole, size);
  for (const step of [0, 3, 1, 2, 0, 2]) {
    const fresh = attentionPeaks(headRows(trace, { head: 1, member: null }), cellGrid(whole, size), step);
    expect(attentionPeaks(headRows(trace, { head: 1, member: null }), walked, step)).toEqual(fresh);
  }
});

it("draws only the part on show", () => {
  const grid = cellGrid({ x0: 3, x1: 7, y0: 1, y1: 4 }, { width: 40, height: 30 });
  const peaks = attentionPeaks(headRows(trace, { head: 0, member: null }), grid, 3);
  expect(peaks).toHaveLength(12);
  expect(peaks[2 * 4]).toBeCloseTo(0.64); // step 3, position 3
});

it("colours what is held by the scale, leaves what was evicted blank and what is to come without colour", () => {
  const grid = cellGrid(whole, { width: 70, height: 40 });
  const ramp = Uint32Array.from({ length: 256 }, (_, at) => 1000 + at);
  const paint = { largest: 0.64, scale: "linear", ramp, blank: 7 } as const;
  const peaks = attentionPeaks(headRows(trace, { head: 0, member: null }), grid, 3);
  const colours = attentionColours(peaks, grid, { promptCount: 4, lastStep: 3 }, paint);
  expect([...colours.subarray(21, 28)]).toEqual([7, 7, 7, 1255, 1000, 1000, 1000]); // step 3
  expect([...colours.subarray(0, 7)]).toEqual([1255, 1000, 1000, 1000, 0, 0, 0]); // step 0
  const joining = attentionColours(peaks.slice().fill(NOTHING_KNOWN, 21), grid, { promptCount: 4, lastStep: 3 }, paint);
  expect([...joining.subarray(21, 28)]).toEqual([0, 0, 0, 0, 0, 0, 0]);
  const earlier = attentionColours(peaks, grid, { promptCount: 4, lastStep: 2 }, paint);
  expect([...earlier.subarray(21, 28)]).toEqual([0, 0, 0, 0, 0, 0, 0]);
});
