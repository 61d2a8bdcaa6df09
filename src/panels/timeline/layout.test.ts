import { expect, it } from "vitest";
import { drawScoredTrace } from "../drawScoredTrace";
import { stepAt, timelineLayout } from "./layout";

const all = (words: string): readonly string[] => [words, words, words, words];
const trace = drawScoredTrace({
  prompt: "The cat sat on",
  generated: "the mat and slept well",
  windowSlots: 1,
  budgetSlots: 3,
  intervalSteps: 2,
  events: [
    { step: 0, gone: all("cat") },
    { step: 2, gone: all("The sat") },
  ],
});
const size = { width: 606, height: 100 };

it("falls at each event to what the event left, and rises by one slot a step", () => {
  const layout = timelineLayout(trace, 5, 5, size);
  const slots = layout.cachePath
    .slice(1)
    .split("L")
    .map((point) => Math.round(layout.y.invert(Number(point.split(",")[1]))));
  expect(slots).toEqual([4, 3, 4, 5, 3, 4, 5]);
  expect(layout.events.map((event) => event.step)).toEqual([0, 2]);
});

it("draws the budget, the budget and interval, and the end", () => {
  const layout = timelineLayout(trace, 5, 5, size);
  expect(layout.levels.map((level) => level.label)).toEqual(["B 3", "B + s 5"]);
  expect(layout.endX).toBe(layout.plot.right);
});

it("shows only the steps there are on the axis of those to come", () => {
  const layout = timelineLayout(trace, 2, 9, size);
  expect(layout.events).toHaveLength(1);
  expect(layout.x(8)).toBe(layout.plot.right);
});

it("finds the step under the pointer and stays within the run", () => {
  const layout = timelineLayout(trace, 5, 5, size);
  expect([0, layout.x(2) + 3, 9999].map((place) => stepAt(layout, place, 5))).toEqual([0, 2, 4]);
});

it("leaves room between its labels in a low chart", () => {
  const { yTicks } = timelineLayout(trace, 5, 5, { width: 606, height: 66 });
  const gaps = yTicks.slice(1).map((tick, at) => yTicks[at].y - tick.y);
  expect(yTicks.length).toBeGreaterThanOrEqual(2);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(12);
});
