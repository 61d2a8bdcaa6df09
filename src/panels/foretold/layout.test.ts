import { expect, it } from "vitest";
import { drawTrace } from "../../trace/drawTrace.testing";
import type { HeadForetold } from "../../trace/foretold";
import { chanceBand, comparableEvents, foretoldWork, meanCorrelation } from "./foretoldWork";
import { foretoldTable } from "./foretoldTable";
import { dotNear, eventsLayout, scatterLayout } from "./layout";
import { correlationText, meanSentence } from "./words";

const size = { width: 320, height: 250 };
const tested: HeadForetold = {
  positions: Int32Array.of(4, 7, 9, 12),
  scores: Float64Array.of(-0.3, 0.1, 0.2, 0.4),
  received: Float64Array.of(0, 0.001, 0, 0.1),
  isKept: Uint8Array.of(0, 0, 1, 1),
  correlation: 0.63,
  precision: 0.0005,
  caught: { kept: 0.9, best: 1, chance: 0.5 },
};

const trace = drawTrace(
  { prompt: "The cat sat on the mat and the dog", kvHeadCount: 2 },
  `
  slept
  well   evicts The cat | sat on
  all
  day    evicts sat | mat
  long
  now`,
);

it("draws the highest score on the right and the most received on top, zeros at the foot", () => {
  const { dots, plot } = scatterLayout(tested, { axes: "values", symbol: "Z", size });
  expect(dots.map(({ x }) => x)).toEqual(dots.map(({ x }) => x).toSorted((left, right) => left - right));
  expect(dots[3].y).toBeLessThan(dots[1].y);
  expect(dots[1].y).toBeLessThan(dots[0].y);
  expect(dots[0].y).toBe(dots[2].y);
  expect(dots.every(({ x, y }) => x >= plot.left && x <= plot.right && y >= plot.top && y <= plot.bottom)).toBe(true);
});

it("ranks from 1, ties at one height, and marks the cut between evicted and kept", () => {
  const { dots, cutX, yTicks } = scatterLayout(tested, { axes: "ranks", symbol: "Z", size });
  expect(dots[0].y).toBe(dots[2].y);
  expect(cutX).toBeCloseTo((dots[1].x + dots[2].x) / 2, 6);
  expect(yTicks[0].label).toBe("1");
});

it("marks no cut where protected tokens took the place of higher scores", () => {
  const isKept = Uint8Array.of(1, 0, 1, 0);
  expect(scatterLayout({ ...tested, isKept }, { axes: "values", symbol: "Z", size }).cutX).toBeNull();
});

it("finds the dot under the pointer, none further away", () => {
  const { dots } = scatterLayout(tested, { axes: "values", symbol: "Z", size });
  expect(dotNear(dots, { x: dots[3].x + 4, y: dots[3].y })?.position).toBe(12);
  expect(dotNear(dots, { x: dots[3].x - 60, y: dots[3].y })).toBeNull();
});

it("compares every event and head, and keeps what it knows while the run grows", () => {
  const work = foretoldWork(trace, { reach: "event", others: [] }, "total");
  expect(work.isDone()).toBe(true);
  expect(work.events.map(({ span, heads }) => [span.event.step, span.lastStep, heads.length])).toEqual([
    [1, 3, 2],
    [3, 5, 2],
  ]);
  const shorter = { ...trace, steps: trace.steps.slice(0, 5) };
  expect(foretoldWork(shorter, { reach: "event", others: [] }, "total").events[1].span.lastStep).toBe(4);
});

it("takes the mean of what can be told, with what chance would give", () => {
  const results = [0.5, 0.1, NaN].map((correlation) => ({ correlation, count: 26, caught: null }));
  expect(meanCorrelation(results)).toMatchObject({ mean: 0.3, count: 2 });
  expect(meanCorrelation(results)?.band).toBeCloseTo((1.96 * 0.2) / Math.sqrt(2), 9);
  expect(chanceBand(26)).toBeCloseTo(0.392, 6);
  expect(meanCorrelation([])).toBeNull();
});

it("puts events together that were compared in the same way", () => {
  const { events } = foretoldWork(trace, { reach: "event", others: [] }, "total");
  const fair = { ...events[0], span: { ...events[0].span, fullCache: trace } };
  expect(comparableEvents([fair, events[1]])).toEqual([fair]);
  expect(comparableEvents(events)).toEqual(events);
});

it("draws a line over the events, and finds the event under a click", () => {
  const { events } = foretoldWork(trace, { reach: "event", others: [] }, "total");
  const layout = eventsLayout(events, { head: 1, shownStep: 3, size });
  expect(layout?.dots.map(({ step, isFair }) => [step, isFair])).toEqual([
    [1, false],
    [3, false],
  ]);
  expect(layout?.stepAt(0)).toBe(1);
  expect(layout?.stepAt(300)).toBe(3);
  expect(eventsLayout([], { head: 0, shownStep: 0, size })).toBeNull();
});

it("breaks the line at events whose correlation is not known", () => {
  const { events } = foretoldWork(trace, { reach: "event", others: [] }, "total");
  const unknown = (event: (typeof events)[number]) => ({
    ...event,
    heads: event.heads.map((head) => ({ ...head, correlation: NaN })),
  });
  const layout = eventsLayout([events[0], unknown(events[1])], { head: 1, shownStep: 3, size });
  expect(layout?.headPath).toMatch(/^M[\d.]+,[\d.]+$/);
  expect(layout?.dots.map(({ step }) => step)).toEqual([1]);
  expect(layout?.labels.map(({ text }) => text).toSorted()).toEqual(["head", "mean"]);
  const none = eventsLayout(events.map(unknown), { head: 1, shownStep: 3, size });
  expect([none?.headPath, none?.dots, none?.labels]).toEqual(["", [], []]);
});

it("says the correlation with its number of tokens and with chance", () => {
  expect(correlationText({ ...tested, positions: new Int32Array(26) })).toBe(
    "0.63 over 26 tokens; chance −0.39 to 0.39",
  );
  expect(correlationText({ ...tested, correlation: NaN })).toBe("not known: all values are equal");
  expect(meanSentence(foretoldWork(trace, { reach: "event", others: [] }, "total"))).toMatch(
    /^Mean rank correlation .* \(n = 4: 2 events, each head by itself, kept only\); a random score: 0 ± /,
  );
});

it("has a row for every token of the scatter and for every event and head", () => {
  const work = foretoldWork(trace, { reach: "event", others: [] }, "total");
  const table = foretoldTable(trace, {
    ...{ span: work.events[0].span, focus: { layer: 0, kvHead: 1 }, column: "total", tested, work },
    cloud: null,
  });
  expect(table.rows.map(([part]) => part)).toEqual([
    ...Array<string>(4).fill("token"),
    ...Array<string>(4).fill("head"),
  ]);
  expect(table.rows.every((row) => row.length === table.columns.length)).toBe(true);
});
