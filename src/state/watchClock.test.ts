import { expect, it } from "vitest";
import { decisionBeats } from "../trace/decisionBeats";
import { advancedMoment, neighbouringMoment, stepMs, tellsDecision, type WatchCourse } from "./watchClock";

// A decision of four beats at step 8.
const course: WatchCourse = { direction: 1, lastStep: 12, eventSteps: [8], beats: decisionBeats(null) };
const back: WatchCourse = { ...course, direction: -1 };

it("plays words at a pace to read, slows into an event, and stays there for two to four seconds", () => {
  expect(stepMs(course, 0)).toBeCloseTo(1000 / 20);
  expect(stepMs(course, 7)).toBeGreaterThan(stepMs(course, 5));
  expect(stepMs(course, 8)).toBeGreaterThan(2000);
  expect(stepMs(course, 8)).toBeLessThan(4000);
  expect(stepMs(course, 9)).toBeCloseTo(1000 / 12);
});

it("passes over decisions when asked to", () => {
  const fast = { ...course, beats: null };
  expect(stepMs(fast, 8)).toBeCloseTo(1000 / 12);
  expect(tellsDecision(fast, 8)).toBe(false);
});

it("moves through the phases of a decision, and back through the same ones", () => {
  const half = stepMs(course, 8) / 2;
  const begun = advancedMoment({ step: 7, phase: 1 }, half, course);
  expect(begun).toEqual({ step: 8, phase: 0.5, hasArrived: false });
  expect(advancedMoment(begun, half / 2, back)).toEqual({ step: 8, phase: 0.25, hasArrived: false });
  expect(advancedMoment(begun, 2 * half, course).step).toBe(12);
  expect(advancedMoment({ step: 8, phase: 0 }, 10, back).step).toBe(7);
});

it("arrives at either end and rests there", () => {
  expect(advancedMoment({ step: 12, phase: 0.5 }, 5000, course)).toEqual({ step: 12, phase: 1, hasArrived: true });
  expect(advancedMoment({ step: 1, phase: 0 }, 5000, back)).toEqual({ step: 0, phase: 1, hasArrived: true });
});

it("steps from beat to beat at an event, and word by word elsewhere", () => {
  const seen = [{ step: 6, phase: 1 }];
  for (let key = 0; key < 6; key++) seen.push(neighbouringMoment(seen[seen.length - 1], 1, course));
  expect(seen.map(({ step }) => step)).toEqual([6, 7, 8, 8, 8, 8, 9]);
  expect(seen[5].phase).toBe(1);
  const gone = [seen[6]];
  for (let key = 0; key < 6; key++) gone.push(neighbouringMoment(gone[gone.length - 1], -1, course));
  expect(gone.toReversed()).toEqual(seen);
});

it("stays at the ends", () => {
  expect(neighbouringMoment({ step: 12, phase: 1 }, 1, course)).toEqual({ step: 12, phase: 1 });
  expect(neighbouringMoment({ step: 0, phase: 1 }, -1, course)).toEqual({ step: 0, phase: 1 });
});
