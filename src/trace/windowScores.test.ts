import { expect, it } from "vitest";
import { headRow } from "../cache/headRows";
import { drawRandomTrace } from "./drawTrace.testing";
import { cacheSeenByStep, positionToSlot } from "./replay";
import { candidateCountOf } from "./trace";
import { candidateLimit, eventScores, rowScores, scoringEvents, windowsUpTo } from "./windowScores";

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
