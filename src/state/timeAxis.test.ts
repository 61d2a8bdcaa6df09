import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawRandomTrace } from "../trace/drawTrace.testing";
import { laneRunOf } from "./shownRuns";
import { initialPageState, type PageState } from "./pageStore";
import { axisStepCount, contains, pannedRange, rangeOnAxis, zoomedRange } from "./timeAxis";
import { withClock } from "./clock";

const zoomed: PageState = { ...initialPageState, shownStep: 20, stepCount: 100, visibleSteps: { from: 10, to: 30 } };

describe("zooming the time axis", () => {
  it("halves the steps and leaves the one pointed at where it is", () => {
    expect(zoomedRange(null, { factor: 2, around: 80 }, 100)).toEqual({ from: 40, to: 90 });
  });

  it("shows the whole run again once it would show more", () => {
    expect(zoomedRange({ from: 10, to: 70 }, { factor: 0.5, around: 20 }, 100)).toBeNull();
  });

  it("shows no fewer than nine steps", () => {
    expect(zoomedRange({ from: 40, to: 50 }, { factor: 8, around: 45 }, 100)).toEqual({ from: 41, to: 49 });
  });

  it("leaves the middle where it is when the step pointed at is out of sight", () => {
    expect(zoomedRange({ from: 40, to: 60 }, { factor: 2, around: 5 }, 100)).toEqual({ from: 45, to: 55 });
  });

  it("stays on the axis, wherever it is asked to go", () => {
    const step = fc.integer({ min: 0, max: 400 });
    fc.assert(
      fc.property(
        step,
        step,
        fc.integer({ min: 20, max: 400 }),
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        (...at) => {
          const [start, around, last, factor] = at;
          const range = rangeOnAxis(zoomedRange({ from: start, to: start + 15 }, { factor, around }, last), last);
          const moved = pannedRange(range, around - 200, last);
          for (const { from, to } of [range, moved]) {
            expect(from).toBeGreaterThanOrEqual(0);
            expect(to).toBeLessThanOrEqual(last);
            expect(to - from).toBeGreaterThanOrEqual(8);
          }
        },
      ),
    );
  });
});

describe("a step that leaves the part of the axis in sight", () => {
  it("turns the page forwards and backwards", () => {
    expect(withClock(zoomed, { shownStep: 31 }).visibleSteps).toEqual({ from: 29, to: 49 });
    expect(withClock(zoomed, { shownStep: 9 }).visibleSteps).toEqual({ from: 0, to: 20 });
    expect(withClock(zoomed, { shownStep: 25 })).toEqual({ shownStep: 25 });
  });

  it("is in sight afterwards, wherever it is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99 }), (shownStep) => {
        const { visibleSteps } = { ...zoomed, ...withClock(zoomed, { shownStep }) };
        expect(contains(rangeOnAxis(visibleSteps, 99), shownStep)).toBe(true);
      }),
    );
  });
});

describe("the axis of a live run", () => {
  const lane = laneRunOf(drawRandomTrace(1));
  const promptCount = lane.trace.header.promptTokens.length;
  const growing = (stepCount: number) => ({ lanes: [{ ...lane, end: null }], origin: "live" as const, stepCount });

  it("has the steps that are expected, until the run goes beyond them", () => {
    expect(axisStepCount(growing(40), promptCount + 100)).toBe(100);
    expect(axisStepCount(growing(120), promptCount + 100)).toBeGreaterThanOrEqual(120);
  });

  it("has the steps that there are once the run has ended", () => {
    expect(axisStepCount({ ...growing(40), lanes: [{ ...lane, end: "length" }] }, promptCount + 100)).toBe(40);
  });

  it("has room to grow into where nobody knows the end: up to a quarter, or sixteen steps", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), (stepCount) => {
        const room = axisStepCount(growing(stepCount), null) - stepCount;
        expect(room).toBeGreaterThanOrEqual(0);
        expect(room).toBeLessThan(Math.max(16, stepCount / 4 + 1));
      }),
    );
  });

  it("changes seldom while such a run grows, and never shrinks", () => {
    const counts = Array.from({ length: 4000 }, (_, step) => axisStepCount(growing(step + 1), null));
    expect(counts).toEqual([...counts].sort((one, other) => one - other));
    expect(new Set(counts).size).toBeLessThan(40);
  });
});
