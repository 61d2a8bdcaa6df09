import { expect, it } from "vitest";
import { headRow } from "../../cache/headRows";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { drawRandomTrace, drawTrace } from "../../trace/drawTrace.testing";
import { chanceOverlap } from "../../trace/windowOverlap";
import type { Trace } from "../../trace/trace";
import { curveLayout, matrixLayout, survivorsLayout } from "./layout";
import { overlapTable } from "./overlapTable";
import { meanOfLayers, meanOverlap, overlapWork, type LayerOverlap } from "./overlapWork";
import { survivorShares } from "./survivors";
import { overlapPanel } from "./panel";
import { retainedShares, sharePlace, sourceInForce, windowStepCount } from "./view";

const words = (count: number): string => Array.from({ length: count }, (_, place) => `t${place}`).join("\n");
const trace = drawTrace({ prompt: "a b c d e f g h i j", layerCount: 2, windowSlots: 2 }, words(9));
const request = { step: 8, windowCount: 3, source: "rows" } as const;
const size = { width: 300, height: 200 };

it("draws in the matrix what a count over the recorded rows gives", () => {
  const layer = computedLayers(trace)[0];
  const place = retainedShares.indexOf(0.3);
  const cell = matrixLayout(layer, place, ["3–4", "5–6", "7–8"], 300).cells.find(
    ({ row, column }) => row === 2 && column === 0,
  );
  // 12 positions precede step 3, nothing was evicted; k = round(0.3 · 12) = 4, heads averaged.
  const agreement = [0, 1].map((head) => {
    const [first, last] = [bestOf(trace, head, [3, 4]), bestOf(trace, head, [7, 8])];
    return first.filter((position) => last.includes(position)).length / 4;
  });
  expect(cell?.share).toBeCloseTo((agreement[0] + agreement[1]) / 2);
  expect(cell?.text).toBe(String(Math.round(50 * (agreement[0] + agreement[1]))));
});

it("draws what the table says", () => {
  const work = overlapWork(trace, request, 0);
  const place = retainedShares.indexOf(0.5);
  const layout = curveLayout(computedLayers(trace), { name: "union", place, focusLayer: 1, size });
  const table = overlapTable(trace, { step: 8, focus: { layer: 1, kvHead: 0 }, place, lag: 2, work });
  const row = table.rows.find(([part, name, share]) => part === "curve" && name === "mean" && share === 0.5);
  expect(row?.slice(-2)).toEqual([layout.mean, layout.chance]);
  expect(layout.chance).toBeCloseTo(chanceOverlap(6, 12, 2));
  expect(layout.mean).toBeGreaterThan(0);
  expect(table.rows.every((cells) => cells.length === table.columns.length)).toBe(true);
});

it("puts the chance of one window on the diagonal", () => {
  const { singleChance } = meanOfLayers(computedLayers(trace));
  expect(singleChance[retainedShares.indexOf(0.5)]).toBeCloseTo(0.5);
  expect(singleChance[retainedShares.indexOf(0.25)]).toBeCloseTo(0.25);
});

it("leaves heads without a candidate out of the mean", () => {
  const heads = computedLayers(trace)[0];
  const none = { candidateCount: 0, scoredShare: 0, overlaps: [], chances: [] };
  const one = { pairs: [[1, 0.5], [0.5, 1]], lastAndWindow: [0.5], lastAndUnion: 0.5 }; // prettier-ignore
  const layer = meanOverlap(0, [
    none,
    {
      candidateCount: 4,
      scoredShare: 1,
      overlaps: retainedShares.map(() => one),
      chances: retainedShares.map(() => ({ single: 0.25, union: 0.25 })),
    },
  ]);
  expect([layer.candidateCount, layer.single[0], layer.singleChance[0]]).toEqual([2, 0.5, 0.25]);
  expect(meanOverlap(1, [none]).single[0]).toBeNaN();
  const drawn = curveLayout([heads, meanOverlap(1, [none])], { name: "single", place: 3, focusLayer: 0, size });
  expect(drawn.layers.map(({ path }) => path === "")).toEqual([false, true]);
});

it("asks for two windows", () => {
  expect(overlapWork(trace, { ...request, step: 2 }, 0)).toBeNull();
  expect(overlapWork(trace, { ...request, step: 3 }, 0)?.windowLabels).toEqual(["0–1", "2–3"]);
});

it("computes the layer in focus first and remembers what it has", () => {
  const large = drawTrace({ prompt: words(90).replaceAll("\n", " "), layerCount: 40, windowSlots: 8 }, words(64));
  const work = overlapWork(large, { step: 63, windowCount: 8, source: "rows" }, 30);
  expect(work?.isDone()).toBe(false);
  expect(work?.layers[30]).not.toBeNull();
  expect(overlapWork(large, { step: 63, windowCount: 8, source: "rows" }, 7)).toBe(work);
  while (work?.isDone() === false) work.advance();
  expect(work?.layers.every((layer) => layer !== null)).toBe(true);
});

it("falls back on the S of the events where no rows were recorded", () => {
  const plain = drawTrace(
    { prompt: "a b c d e f", hasTaps: false },
    `
    x  evicts b | c
    y  evicts c | d
    z
  `,
  );
  expect(sourceInForce(plain, overlapPanel.view.first)).toBe("events");
  const work = overlapWork(plain, { step: 2, windowCount: 4, source: "events" }, 0);
  expect(work?.windowLabels).toEqual(["0", "1"]);
  // Both scored: a c d e | a b d e.
  expect(work?.layers[0]?.candidateCount).toBe(4);
  expect(sourceInForce(drawTrace({ prompt: "a b", hasTaps: false }, "x"), overlapPanel.view.first)).toBeNull();
});

it("counts the survivors that the event before had kept, against what chance would keep", () => {
  const evicting = drawScoredTrace({
    prompt: "The cat sat on the mat",
    generated: "and slept well",
    windowSlots: 2,
    budgetSlots: 4,
    intervalSteps: 2,
    events: [
      { step: 0, evicted: ["cat on", "cat on", "cat on", "cat on"] },
      { step: 2, evicted: ["The and", "The sat", "sat the", "the mat"].map((words) => words.replace("and", "sat")) },
    ],
  });
  const [shares] = survivorShares(evicting, 2, 1);
  // Kept before: The sat the mat; two leave, and the window of two is new.
  expect([...shares.heads]).toEqual([0.5, 0.5, 0.5, 0.5]);
  expect(shares.chance).toBeCloseTo(0.5);
  expect(survivorShares(evicting, 1, 1)).toEqual([]);
  const { headPath, dots } = survivorsLayout([shares], 0, size);
  expect(headPath).toContain(`${dots[0].x.toFixed(1)},${dots[0].y.toFixed(1)}`);
});

it("compares survivors over several events with draws at each of them", () => {
  const events = ["evicts a b", "evicts c d", "evicts e f"].map(
    (line, place) => `w${place} ${line} | ${line.slice(7)}`,
  );
  const evicting = drawTrace({ prompt: "a b c d e f g h" }, events.join("\n"));
  // Six of a … h survive the first event; two, g and h, are left of the four that survive the third.
  const [shares] = survivorShares(evicting, 3, 2);
  expect([...shares.heads]).toEqual([0.5, 0.5]);
  // 4 are drawn of 6 candidates, then 3 of 5; the window has one new token each time.
  expect(shares.chance).toBeCloseTo((6 * (4 / 6) * (3 / 5)) / 4);
  expect(survivorShares(evicting, 2, 2)).toEqual([]);
  expect(survivorShares(evicting, 2, 1)).toHaveLength(1);
});

it("knows a chance for every event of any run, heads of different lengths included", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = drawRandomTrace(seed, { isRagged: seed % 2 === 1 });
    for (const lag of [1, 2]) {
      for (const { mean, chance } of survivorShares(random, random.events.length, lag)) {
        for (const share of [mean, chance]) expect(share >= 0 && share <= 1 + 1e-6).toBe(true);
      }
    }
  }
});

it("starts at the budget's share of the text, on the grid of the curves", () => {
  const fits = { ...trace, header: { ...trace.header, parameters: { budgetSlots: 6 } } };
  expect(retainedShares[sharePlace(fits, 8, overlapPanel.view.first)]).toBe(0.35);
  expect(retainedShares[sharePlace(trace, 8, overlapPanel.view.first)]).toBe(0.25);
  expect(retainedShares[sharePlace(trace, 8, { ...overlapPanel.view.first, share: 0.9 })]).toBe(0.9);
  expect(windowStepCount({ ...trace, header: { ...trace.header, parameters: { windowSlots: 1 } } })).toBe(16);
});

function computedLayers(of: Trace): readonly LayerOverlap[] {
  return overlapWork(of, request, 0)?.layers.filter((layer) => layer !== null) ?? [];
}

/** The four positions before step 3 that two steps attend to most, while every position keeps its own slot. */
function bestOf({ steps }: Trace, head: number, window: readonly number[]): readonly number[] {
  const score = (position: number): number =>
    window.reduce((sum, step) => {
      const { attention, attentionScale } = steps[step];
      return sum + headRow(attention, head)[position] * attentionScale[head];
    }, 0);
  return Array.from({ length: 12 }, (_, position) => position)
    .sort((left, right) => score(right) - score(left))
    .slice(0, 4);
}
