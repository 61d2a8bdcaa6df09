import { describe, expect, it } from "vitest";
import { withMerges } from "../../trace/drawDepartures.testing";
import { drawTrace } from "../../trace/drawTrace.testing";
import { lifeGeometry, lifeLinks, lifeMarks, visibleRows } from "./layout";
import { agesLayout, evictionAges, keptLayout, keptPositions, retentionLayout } from "./figures";
import { lifelinesPanel } from "./panel";
import { lifelinesTable, lifeOrder, lifeRow, lifeSentence, type LifelinesView } from "./rows";

//                   positions  0 1 2 3
const trace = drawTrace(
  { prompt: "a b c d", layerCount: 1, kvHeadCount: 2, windowSlots: 1 },
  `
  e
  f   evicts b | c
  g
  h   evicts c d | b d
  i
`,
);
const geometry = lifeGeometry(5, 600);
const unasked = { lastUses: null, regret: null };

it("draws a life as high as the share of heads that hold it, until the last evicts it", () => {
  const { x } = geometry;
  const marks = lifeMarks(trace, 4, lifeRow(trace, 4, 1, { head: 0, lastUses: null }), geometry);
  expect(marks.segments).toEqual([
    { left: x(0), right: x(1), share: 1, carried: 0 },
    { left: x(1), right: x(3), share: 0.5, carried: 0 },
  ]);
  expect([marks.crossX, marks.focusX]).toEqual([x(3), x(1)]);
});

it("draws what the table says", () => {
  const [positions, lastUses] = [Int32Array.of(1, 4), Int32Array.of(-1, 2, -1, -1, 3, -1, -1, -1)];
  const table = lifelinesTable(trace, { step: 4, head: 0, headName: "L0", positions, lastUses });
  expect(table.rows).toEqual([
    [1, "b", 0, 3, 0, 1, 3, 2],
    [4, "e", 1, null, 2, null, 3, 3],
  ]);
  const { crossX, useX } = lifeMarks(trace, 4, lifeRow(trace, 4, 1, { head: 0, lastUses }), geometry);
  expect([crossX, useX].map((at) => geometry.x.invert(at ?? NaN))).toEqual([table.rows[0][3], table.rows[0][7]]);
});

it("knows nothing of what comes after the step", () => {
  const row = lifeRow(trace, 2, 1, { head: 0, lastUses: null });
  expect([row.lastEvictedStep, row.heldCount, row.lifetimeSteps]).toEqual([null, 1, 2]);
  const { segments, crossX } = lifeMarks(trace, 2, row, geometry);
  expect([segments.at(-1)?.right, crossX]).toEqual([geometry.x(2), null]);
});

it("shows the tokens that pass the filter", () => {
  expect(shown({ filter: "all" })).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(shown({ filter: "gone" })).toEqual([1, 2, 3]);
  expect(shown({ filter: "gone" }, 2)).toEqual([]);
  expect(shown({ filter: "evicted" }, 2)).toEqual([1, 2]);
  expect(shown({ filter: "prompt" })).toEqual([0, 1, 2, 3]);
});

it("orders by what is asked for, and ties by position", () => {
  expect(shown({ order: "held", filter: "prompt" }, 2)).toEqual([1, 2, 0, 3]);
  expect(shown({ order: "lifetime" })).toEqual([1, 2, 3, 7, 6, 5, 4, 0]);
  expect(shown({ order: "position", isReversed: true, filter: "gone" })).toEqual([3, 2, 1]);
  const measures = { lastUses: Int32Array.of(3, 0, 2, 1, 4, 4, 4, 4), regret: Float64Array.of(0, 5, 9, 1, 0, 0, 0, 0) };
  expect([...lifeOrder(trace, 4, view({ order: "lastUse", filter: "prompt" }), measures)]).toEqual([1, 3, 2, 0]);
  expect([...lifeOrder(trace, 4, view({ order: "regret", filter: "prompt" }), measures)]).toEqual([2, 1, 3, 0]);
});

it("describes a row in words", () => {
  const row = lifeRow(trace, 4, 1, { head: 1, lastUses: Int32Array.of(0, 2) });
  expect(lifeSentence(row, 2)).toBe(
    "b, position 1, written at step 0, evicted from every head at step 3, evicted from the focused head at step 3, last used at step 2.",
  );
});

it("draws only the rows in view", () => {
  expect(visibleRows(0, 100, 4000)).toEqual({ first: 0, end: 8 });
  expect(visibleRows(21, 28, 4000)).toEqual({ first: 1, end: 4 });
  expect(visibleRows(9999, 28, 3)).toEqual({ first: 3, end: 3 });
});

it("counts the age at eviction once for each head that evicts", () => {
  const ages = evictionAges(trace, 2, 30);
  expect(ages.map(({ from, count }) => [from, count])).toEqual([
    [0, 0],
    [1, 2],
    [2, 0],
    [3, 4],
  ]);
  expect(evictionAges(trace, 1, 30).map(({ count }) => count)).toEqual([0, 2]);
  const { bars, plot } = agesLayout(ages, { width: 280, height: 128 });
  expect(bars[1].height).toBeCloseTo((plot.bottom - plot.top) / 2);
});

it("says which parts of the text are held, by the mean head and by every head", () => {
  const bins = keptPositions(trace, 2, 3);
  expect(bins).toEqual([
    { from: 0, to: 1, meanShare: 0.75, everyShare: 0.5 },
    { from: 2, to: 3, meanShare: 0.75, everyShare: 0.5 },
    { from: 4, to: 5, meanShare: 1, everyShare: 1 },
  ]);
  const { bars, borderX } = keptLayout(bins, 4, { width: 280, height: 128 });
  expect(borderX).toBeCloseTo(bars[2].x);
  expect(bars[0].innerHeight / bars[0].height).toBeCloseTo(0.5 / 0.75);
});

it("ends the retention line at the shown step", () => {
  const { dot, path, plot } = retentionLayout([1, 0.5], 5, { width: 280, height: 128 });
  expect(path.endsWith(`${dot.x.toFixed(1)},${dot.y.toFixed(1)}`)).toBe(true);
  expect(dot.x).toBeCloseTo(plot.left + (plot.right - plot.left) / 4);
});

function view(part: Partial<LifelinesView>): LifelinesView {
  return { ...lifelinesPanel.view.first, ...part };
}

function shown(part: Partial<LifelinesView>, step = 4): number[] {
  return [...lifeOrder(trace, step, view(part), unasked)];
}

describe("a token that is merged", () => {
  const merging = withMerges(trace, ({ position, kept }) => (position === 1 ? kept[1] : null));
  const row = (position: number) => lifeRow(merging, 4, position, { head: 1, lastUses: null });

  it("goes on as long as another token carries it, without a cross", () => {
    const plain = lifeMarks(trace, 4, lifeRow(trace, 4, 1, { head: 1, lastUses: null }), geometry);
    const marks = lifeMarks(merging, 4, row(1), geometry);
    expect(plain.crossX).not.toBeNull();
    expect(marks.crossX).toBeNull();
    expect(marks.segments.at(-1)?.right).toBe(geometry.x(4));
    expect(marks.segments.at(-1)?.carried).toBeGreaterThan(0);
  });

  it("flows into its carrier's row, in sight or not", () => {
    const lives = [1].map((position) => ({
      row: row(position),
      marks: lifeMarks(merging, 4, row(position), geometry),
      top: 14,
    }));
    const carrier = lives[0].marks.headCarrier;
    const links = lifeLinks(
      lives,
      (position) => 14 * position,
      (position) => position === carrier,
    );
    expect(links).toEqual([{ x: lives[0].marks.focusX, fromY: 21, toY: 14 * (carrier ?? NaN) + 7, isLit: true }]);
    expect(
      lifeLinks(
        lives,
        () => null,
        () => false,
      ),
    ).toEqual([]);
  });
});
