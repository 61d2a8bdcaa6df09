import { expect, it } from "vitest";
import { headRow } from "../cache/headRows";
import { drawRandomTrace } from "./drawTrace.testing";
import { cacheSeenByStep, positionToSlot } from "./replay";
import { candidateCountOf } from "./trace";
import {
  candidateLimit,
  chanceOverlap,
  eventScores,
  retainedCount,
  rowScores,
  scoringEvents,
  windowOverlap,
  windowOverlaps,
  windowsUpTo,
} from "./windowOverlap";

it("cuts the last steps into windows, as many as there are", () => {
  expect(windowsUpTo(11, 3, 4)).toEqual([
    { firstStep: 0, lastStep: 2 },
    { firstStep: 3, lastStep: 5 },
    { firstStep: 6, lastStep: 8 },
    { firstStep: 9, lastStep: 11 },
  ]);
  expect(windowsUpTo(10, 3, 2)).toEqual([
    { firstStep: 5, lastStep: 7 },
    { firstStep: 8, lastStep: 10 },
  ]);
  expect(windowsUpTo(1, 3, 4)).toEqual([]);
});

const tapped = Array.from({ length: 60 }, (_, seed) => drawRandomTrace(seed, { isRagged: seed % 2 === 1 })).filter(
  ({ steps }) => steps.length > 7 && steps[0].attention.values.length > 0,
);

it("averages what the recorded rows say about a position, wherever its slot was", () => {
  expect(tapped.length).toBeGreaterThan(20);
  for (const trace of tapped) {
    const step = trace.steps.length - 1;
    const windows = windowsUpTo(step, 2, 3);
    const head = trace.header.model.kvHeadCount - 1;
    const held = headRow(cacheSeenByStep(trace, step), head).filter((at) => at < candidateLimit(trace, windows));
    const shareAt = (of: number, at: number): number => {
      const { attention, attentionScale } = trace.steps[of];
      const slot = positionToSlot(cacheSeenByStep(trace, of), head, at);
      return (headRow(attention, head)[slot] / 255) * attentionScale[head];
    };
    const expected = windows.map(({ firstStep, lastStep }) =>
      Array.from(held, (at) => (shareAt(firstStep, at) + shareAt(lastStep, at)) / 2),
    );
    const { candidateCount, scores } = rowScores(trace, windows, head);
    expect(candidateCount).toBe(held.length);
    scores.forEach((row, window) => {
      row.forEach((score, candidate) => expect(score).toBeCloseTo(expected[window][candidate], 5));
    });
  }
});

it("compares the S of events on the candidates that all of them had", () => {
  const trace = drawRandomTrace(4);
  const events = scoringEvents(trace, trace.steps.length - 1, 2);
  expect(events).toHaveLength(2);
  const [first, last] = events.map((event) => [
    ...headRow(event.positionsBefore, 0).subarray(0, candidateCountOf(event, 0)),
  ]);
  const common = last.filter((position) => first.includes(position));
  expect(common.length).toBeGreaterThan(0);
  const { candidateCount, scores } = eventScores(events, 0);
  expect(candidateCount).toBe(common.length);
  expect(scores[0][0]).toBe(events[0].terms.windowAttention.values[first.indexOf(common[0])]);
  expect(scores[1].at(-1)).toBe(events[1].terms.windowAttention.values[last.indexOf(common[common.length - 1])]);
});

it("counts what earlier windows share with the last, one by one and together", () => {
  const scores = [Float32Array.of(9, 8, 0, 0, 0), Float32Array.of(0, 0, 0, 8, 9), Float32Array.of(9, 0, 0, 8, 0)];
  expect(windowOverlap(scores, 2)).toEqual({
    pairs: [
      [1, 0, 0.5],
      [0, 1, 0.5],
      [0.5, 0.5, 1],
    ],
    lastAndWindow: [0.5, 0.5],
    lastAndUnion: 1,
  });
});

it("draws ties at the cut fairly, so that windows without any preference agree by chance alone", () => {
  const flat = new Float32Array(8);
  const { lastAndWindow, lastAndUnion } = windowOverlap([flat, flat, flat], 2);
  expect(lastAndWindow).toEqual([chanceOverlap(2, 8, 1), chanceOverlap(2, 8, 1)]);
  expect(lastAndUnion).toBeCloseTo(chanceOverlap(2, 8, 2));
});

it("does not draw what lies above the cut", () => {
  const one = Float32Array.of(5, 0, 0, 0);
  expect(windowOverlap([one, one], 1).lastAndUnion).toBe(1);
  expect(windowOverlap([one, one], 2).lastAndUnion).toBeCloseTo((1 + 3 * (1 / 3) ** 2) / 2);
});

it("gives the same for several retained counts as for each alone", () => {
  const scores = [Float32Array.of(9, 8, 1, 0, 0), Float32Array.of(0, 3, 3, 8, 9)];
  expect(windowOverlaps(scores, [1, 3])).toEqual([windowOverlap(scores, 1), windowOverlap(scores, 3)]);
});

it("gives the chance level that random sets would reach", () => {
  expect(chanceOverlap(4, 40, 1)).toBeCloseTo(0.1);
  expect(chanceOverlap(22, 40, 3)).toBeCloseTo(0.908875);
  expect(chanceOverlap(40, 40, 3)).toBe(1);
});

it("rounds the retained count, exact halves to even", () => {
  expect([retainedCount(0.55, 40), retainedCount(0.1, 45), retainedCount(0.5, 7), retainedCount(0.1, 44)]).toEqual([
    22, 4, 4, 4,
  ]);
});
