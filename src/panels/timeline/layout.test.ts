import { describe, expect, it } from "vitest";
import { meanLength } from "../../cache/headRows";
import { drawRandomTrace } from "../../trace/drawTrace.testing";
import { lengthsAfterStep } from "../../trace/replay";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { stepAt, timelineLayout, type TimelineLayout } from "./layout";
import type { TimelineScene } from "./scene";

const all = (words: string): readonly string[] => [words, words, words, words];
const trace = drawScoredTrace({
  prompt: "The cat sat on",
  generated: "the mat and slept well",
  windowSlots: 1,
  budgetSlots: 3,
  intervalSteps: 2,
  events: [
    { step: 0, evicted: all("cat") },
    { step: 2, evicted: all("The sat") },
  ],
});
/** A text of some length, so that the axis can be zoomed. */
const long = drawScoredTrace({
  prompt: "The cat sat",
  generated: `${Array.from({ length: 35 }, (_, step) => `w${step}`).join(" ")} . Answer : 42 . end`,
  windowSlots: 1,
  budgetSlots: 3,
  intervalSteps: 20,
  expectedAnswer: "42",
  events: [{ step: 20, evicted: all(Array.from({ length: 19 }, (_, step) => `w${step}`).join(" ")) }],
});
const size = { width: 606, height: 100 };

function layoutOf(scene: Partial<TimelineScene>, chart = size): TimelineLayout {
  const base = { trace, stepCount: 5, axisStepCount: 5, marks: [], comparison: null, visible: null, loop: null };
  return timelineLayout({ ...base, ...scene }, chart);
}

const longScene = { trace: long, stepCount: 41, axisStepCount: 41 };

/** Corners of the saw-tooth as [step, slots]. */
function corners({ cachePath, x, y }: TimelineLayout): readonly (readonly [number, number])[] {
  const points = cachePath.slice(1).split("L");
  return points.map((point) => {
    const [left, top] = point.split(",").map(Number);
    return [Math.round(x.invert(left)), Math.round(y.invert(top))];
  });
}

describe("the saw-tooth", () => {
  it("falls at each event to what the event kept, and rises by one slot a step", () => {
    expect(corners(layoutOf({}))).toEqual([
      [0, 4],
      [0, 3],
      [2, 5],
      [2, 3],
      [4, 5],
    ]);
    expect(layoutOf({}).events.map((event) => event.step)).toEqual([0, 2]);
  });

  it("passes through the cache's length after every step of any run", () => {
    for (let seed = 0; seed < 30; seed++) {
      const random = drawRandomTrace(seed, { isRagged: seed % 2 === 1 });
      const stepCount = random.steps.length;
      const drawn = corners(
        layoutOf({ trace: random, stepCount, axisStepCount: stepCount }, { width: 4000, height: 900 }),
      );
      for (let step = 0; step < stepCount; step++) {
        const [from, slots] = drawn.findLast(([corner]) => corner <= step) ?? [NaN, NaN];
        // Corners are read off whole slots; the mean over ragged heads lies between them.
        expect(Math.abs(slots + step - from - meanLength(lengthsAfterStep(random, step)))).toBeLessThanOrEqual(0.5);
      }
    }
  });
});

it("draws the budget, the budget and interval, and the end", () => {
  const layout = layoutOf({});
  expect(layout.levels.map((level) => level.label)).toEqual(["B 3", "B + s 5"]);
  expect(layout.endX).toBe(layout.plot.right);
});

it("shows only the steps there are on the axis of those to come", () => {
  const layout = layoutOf({ stepCount: 2, axisStepCount: 9 });
  expect(layout.events).toHaveLength(1);
  expect(layout.x(8)).toBe(layout.plot.right);
});

it("finds the step under the pointer and stays within the run", () => {
  const layout = layoutOf({});
  expect([0, layout.x(2) + 3, 9999].map((place) => stepAt(layout, place, 5))).toEqual([0, 2, 4]);
});

it("leaves room between its labels in a low chart", () => {
  const { yTicks } = layoutOf({}, { width: 606, height: 66 });
  const gaps = yTicks.slice(1).map((tick, at) => yTicks[at].y - tick.y);
  expect(yTicks.length).toBeGreaterThanOrEqual(2);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(12);
});

describe("a zoomed axis", () => {
  const visible = { from: 15, to: 25 };
  const layout = layoutOf({ ...longScene, visible });

  it("spreads the steps in sight over the plot and leaves the others out", () => {
    expect([layout.x(15), layout.x(25)]).toEqual([layout.plot.left, layout.plot.right]);
    expect(corners(layout).map(([step]) => step)).toEqual([15, 20, 20, 25]);
    expect([layout.answer, layout.endX]).toEqual([null, null]);
  });

  it("shows in its minimap which part of the run is in sight", () => {
    const { viewport, x } = layout.minimap ?? { viewport: null, x: null };
    expect(x?.domain()).toEqual([0, 40]);
    expect(Math.round(x?.invert(viewport?.x ?? 0) ?? 0)).toBe(15);
    expect(Math.round(x?.invert((viewport?.x ?? 0) + (viewport?.width ?? 0)) ?? 0)).toBe(25);
    expect(layoutOf(longScene).minimap).toBeNull();
  });

  it("keeps the pointer within the steps in sight", () => {
    expect([stepAt(layout, 0, 41), stepAt(layout, 9999, 41)]).toEqual([15, 25]);
  });

  it("keeps its marks inside the chart, minimap and strip included", () => {
    const low = layoutOf(
      { ...longScene, visible, comparison: { kl: new Float32Array(41) } },
      { width: 344, height: 78 },
    );
    expect(low.plot.bottom - low.plot.top).toBeGreaterThan(12);
    expect(low.minimap?.bottom).toBeLessThanOrEqual(78);
    expect(low.minimap?.top).toBeGreaterThan(low.axisY + 17);
  });
});

describe("what stands on the chart", () => {
  it("marks the tokens of the answer and names it", () => {
    const { answer, x, labels } = layoutOf(longScene);
    expect(Math.round(x.invert((answer?.x ?? 0) + (answer?.width ?? 0) / 2))).toBe(38);
    expect(labels[0].text).toBe("answer 42");
  });

  it("never lets two labels of its top row overlap, whatever is marked", () => {
    const marks = [30, 31, 36, 37, 38, 39].map((step) => ({ step, label: `mark ${step}`, tone: "bad" as const }));
    const { labels, plot } = layoutOf({ ...longScene, marks, loop: { from: 2, to: 12 } });
    const sorted = [...labels].sort((one, other) => one.left - other.left);
    expect(sorted.length).toBeGreaterThan(2);
    sorted.forEach(({ left, text }, at) => {
      const right = left + 5.5 * text.length;
      expect(right).toBeLessThan(sorted[at + 1]?.left ?? plot.right + 1);
    });
  });

  it("draws the steps that repeat as a band from half a step before to half a step after", () => {
    const { loop, x } = layoutOf({ ...longScene, loop: { from: 10, to: 14 } });
    expect(loop?.stepCount).toBe(5);
    expect(
      [x.invert(loop?.x ?? 0), x.invert((loop?.x ?? 0) + (loop?.width ?? 0))].map((step) => step.toFixed(1)),
    ).toEqual(["9.5", "14.5"]);
  });

  it("keeps the greatest KL where steps share a pixel, and counts an unknown KL as zero", () => {
    const kl = Float32Array.from({ length: 41 }, (_, step) => (step === 17 ? 2 : step === 3 ? NaN : 0.5));
    const strip = layoutOf({ ...longScene, comparison: { kl } }, { width: 80, height: 96 }).kl;
    expect(strip?.highestNats).toBe(2);
    const tops = [...(strip?.path ?? "").matchAll(/,([\d.]+)/g)].map(([, y]) => Number(y));
    expect(Math.min(...tops)).toBeCloseTo(strip?.top ?? 0, 0);
    expect(strip?.path).not.toContain("NaN");
  });
});

it("draws a band from the shortest head to the longest, and none where all are equally long", () => {
  expect(layoutOf({}).cacheBand).toBe("");
  const events = [{ step: 2, evicted: ["The cat sat", "cat", "", "on the"] }];
  const ragged = drawScoredTrace({
    ...{ prompt: "The cat sat on", generated: "the mat and slept well" },
    ...{ windowSlots: 1, budgetSlots: 3, intervalSteps: 2, events },
  });
  const { cacheBand, x, y } = layoutOf({ trace: ragged });
  const corner = (step: number, slots: number) => `${x(step).toFixed(1)},${y(slots).toFixed(1)}`;
  // Head 0 falls to 3 slots, head 2 keeps all 6.
  expect(cacheBand).toContain(`${corner(2, 6)}L${corner(4, 8)}L${corner(4, 5)}L${corner(2, 3)}`);
});

describe("thinking and answer", () => {
  const thoughtful = (generated: string) =>
    drawScoredTrace({ prompt: "Why ?", generated, windowSlots: 1, budgetSlots: 9, intervalSteps: 20, events: [] });

  it("are told apart by the mark between them where no answer is expected", () => {
    const shown = { trace: thoughtful("let me see </think> it is five"), stepCount: 7, axisStepCount: 7 };
    const { answer, labels, x } = layoutOf(shown);
    expect(Math.ceil(x.invert(answer?.x ?? 0))).toBe(4);
    expect(labels.map(({ text }) => text)).toEqual(expect.arrayContaining(["answer", "thinking"]));
  });

  it("are not there while the model thinks, nor where it does not", () => {
    expect(layoutOf({ trace: thoughtful("let me see"), stepCount: 3, axisStepCount: 7 }).answer).toBeNull();
  });
});
