import * as fc from "fast-check";
import { expect, it } from "vitest";
import { drawRandomTrace } from "../../trace/drawTrace.testing";
import type { Trace } from "../../trace/trace";
import { cellGrid } from "../../ui/zoom/zoomFrame";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { allHeadRows } from "./allHeadRows";
import {
  attentionColours,
  attentionPeaks,
  attentionPixels,
  NOTHING_KNOWN,
  type AttentionPaint,
} from "./attentionPixels";
import { rowsOfHead } from "./attentionRows";
import { rowOfStep } from "./layout";

const drawAgain = () =>
  drawScoredTrace({
    prompt: "The cat sat on",
    generated: "the mat and slept",
    windowSlots: 1,
    budgetSlots: 3,
    intervalSteps: 2,
    events: [{ step: 2, evicted: ["The cat sat", "cat sat on", "The sat on", "cat sat the"] }],
  });
const trace = drawAgain();
/** What the first head paid, −1 where it holds nothing. */
const paidAt = (of: Trace, step: number, position: number): number =>
  rowOfStep(of, step, { heads: "focus", head: 0 }).find((held) => held.position === position)?.paid ?? -1;
const whole = { x0: 0, x1: 7, y0: 0, y1: 4 };

it("has one bin per cell where there is room, below zero where nothing is held", () => {
  const grid = cellGrid(whole, { width: 70, height: 40 });
  const peaks = attentionPeaks(rowsOfHead(trace, { heads: "focus", head: 0 }), grid, 3);
  for (let step = 0; step < 4; step++) {
    for (let position = 0; position < 7; position++) {
      expect(peaks[step * 7 + position]).toBeCloseTo(paidAt(trace, step, position));
    }
  }
});

it("keeps the largest of the cells that share a pixel", () => {
  const random = drawRandomTrace(11);
  const stepCount = random.steps.length;
  const columnCount = random.header.promptTokens.length + stepCount - 1;
  const grid = cellGrid({ x0: 0, x1: columnCount, y0: 0, y1: stepCount }, { width: 5, height: 3 });
  const peaks = attentionPeaks(rowsOfHead(random, { heads: "focus", head: 0 }), grid, stepCount - 1);
  const expected = new Float32Array(peaks.length).fill(-1);
  for (let step = 0; step < stepCount; step++) {
    for (let position = 0; position < random.header.promptTokens.length + step; position++) {
      const bin = grid.rows.binOfCell[step] * grid.columns.binCount + grid.columns.binOfCell[position];
      expected[bin] = Math.max(expected[bin], paidAt(random, step, position));
    }
  }
  expect([...peaks].map((peak) => peak.toFixed(5))).toEqual([...expected].map((peak) => peak.toFixed(5)));
});

it("gathers rows over all heads as they become ready, in any order, and leaves the others unknown", () => {
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

it("gathers the same after any walk through the steps as from scratch", () => {
  const size = { width: 6, height: 2 };
  const walked = cellGrid(whole, size);
  for (const step of [0, 3, 1, 2, 0, 2]) {
    const fresh = attentionPeaks(rowsOfHead(trace, { heads: "focus", head: 1 }), cellGrid(whole, size), step);
    expect(attentionPeaks(rowsOfHead(trace, { heads: "focus", head: 1 }), walked, step)).toEqual(fresh);
  }
});

it("draws only the part in sight", () => {
  const grid = cellGrid({ x0: 3, x1: 7, y0: 1, y1: 4 }, { width: 40, height: 30 });
  const peaks = attentionPeaks(rowsOfHead(trace, { heads: "focus", head: 0 }), grid, 3);
  expect(peaks).toHaveLength(12);
  expect(peaks[2 * 4]).toBeCloseTo(0.64); // step 3, position 3
});

it("colours what is held by the scale, leaves what was evicted blank and what is still to come without colour", () => {
  const grid = cellGrid(whole, { width: 70, height: 40 });
  const ramp = Uint32Array.from({ length: 256 }, (_, at) => 1000 + at);
  const paint = { largest: 0.64, scale: "linear", ramp, blank: 7 } as const;
  const peaks = attentionPeaks(rowsOfHead(trace, { heads: "focus", head: 0 }), grid, 3);
  const colours = attentionColours(peaks, grid, { promptCount: 4, lastStep: 3 }, paint);
  expect([...colours.subarray(21, 28)]).toEqual([7, 7, 7, 1255, 1000, 1000, 1000]); // step 3
  expect([...colours.subarray(0, 7)]).toEqual([1255, 1000, 1000, 1000, 0, 0, 0]); // step 0
  const joining = attentionColours(peaks.slice().fill(NOTHING_KNOWN, 21), grid, { promptCount: 4, lastStep: 3 }, paint);
  expect([...joining.subarray(21, 28)]).toEqual([0, 0, 0, 0, 0, 0, 0]);
  const earlier = attentionColours(peaks, grid, { promptCount: 4, lastStep: 2 }, paint);
  expect([...earlier.subarray(21, 28)]).toEqual([0, 0, 0, 0, 0, 0, 0]);
});

const paintOf = (seed: number, scale: "root" | "linear"): AttentionPaint => ({
  ...{ largest: 0.5 + seed, scale, ramp: ramps[seed], blank: 7 },
  ground: { ground: 1, hatch: 2, gap: 3 },
});
const ramps = [0, 1].map((seed) => Uint32Array.from({ length: 256 }, (_, at) => 1000 * (seed + 1) + at));

it("paints the same after any walk through steps, scales and colours as from scratch", () => {
  const visit = fc.record({
    ...{ step: fc.nat(), head: fc.nat({ max: 1 }), seed: fc.nat({ max: 1 }) },
    scale: fc.constantFrom("root" as const, "linear" as const),
    isRepainted: fc.boolean(),
  });
  const size = fc.record({ width: fc.integer({ min: 3, max: 60 }), height: fc.integer({ min: 2, max: 40 }) });
  const part = fc.record({ from: fc.double({ min: 0, max: 0.6, noNaN: true }), share: fc.constantFrom(0.3, 0.4, 1) });
  fc.assert(
    fc.property(fc.nat({ max: 30 }), size, part, fc.array(visit, { minLength: 2, maxLength: 8 }), (...given) => {
      const [run, pixelSize, { from, share }, walk] = given;
      const trace = drawRandomTrace(run);
      const promptCount = trace.header.promptTokens.length;
      const [columnCount, rowCount] = [promptCount + trace.steps.length - 1, trace.steps.length];
      const [x0, y0] = share === 1 ? [0, 0] : [from * columnCount, from * rowCount];
      const window = { x0, x1: x0 + share * columnCount, y0, y1: y0 + share * rowCount };
      const walked = cellGrid(window, pixelSize);
      let look = walk[0];
      for (const visited of walk) {
        look = visited.isRepainted ? visited : { ...look, step: visited.step };
        const rows = rowsOfHead(trace, { heads: "focus", head: look.head });
        const shown = { rows, readyCount: rowCount, promptCount, lastStep: look.step % rowCount };
        const paint = paintOf(look.seed, look.scale);
        expect(attentionPixels(shown, walked, paint)).toEqual(
          attentionPixels(shown, cellGrid(window, pixelSize), paint),
        );
      }
    }),
  );
});

it("fills in rows over all heads as they become ready", () => {
  const trace = drawRandomTrace(3);
  const [promptCount, rowCount] = [trace.header.promptTokens.length, trace.steps.length];
  const window = { x0: 0, x1: promptCount + rowCount - 1, y0: 0, y1: rowCount };
  const size = { width: 30, height: 2 * rowCount };
  const grid = cellGrid(window, size);
  const rows = allHeadRows(trace, "mean");
  for (const step of trace.steps.keys()) {
    const shown = { rows, readyCount: rows.readyCount(), promptCount, lastStep: rowCount - 1 };
    const painted = attentionPixels(shown, grid, paintOf(0, "root"));
    expect(painted).toEqual(attentionPixels(shown, cellGrid(window, size), paintOf(0, "root")));
    rows.join(rowCount - 1 - step);
  }
});
