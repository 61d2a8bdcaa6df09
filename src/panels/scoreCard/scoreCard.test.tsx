// The rows, figures, notes and file of the score card.
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { drawCard, drawCell, drawFull } from "../../experiment/drawScoreCard.testing";
import { cardItem, cardRows, entriesOf, ownEntries, suitesOf, type CardSources } from "../../state/storedScoreCard";
import { drawProblem } from "../../problems/families";
import { drawTrace } from "../../trace/drawTrace.testing";
import { figureCsv } from "../../ui/figure/figureTable";
import { cardTable, figureList, sortedRows } from "./figures";
import { cardNotes } from "./notes";
import { scoreCardPanel } from "./panel";
import { ScoreCard } from "./ScoreCardPanel";
import { scoreCardRules } from "./view";

const random = { columnId: "random", label: "Random", policyId: "random", choices: { budgetSlots: 40, seed: 7 } };
const card = drawCard(
  [
    drawFull("walk", "eeee"),
    drawFull("story", "eeee"),
    drawCell({ columnId: "gkv", label: "G-KV", policyId: "gkv", suite: "walk", outcomes: "eeew" }),
    drawCell({ columnId: "gkv", label: "G-KV", policyId: "gkv", suite: "story", outcomes: "eeee" }),
    drawCell({ ...random, suite: "walk", outcomes: "ewww" }),
    drawCell({ ...random, suite: "story", outcomes: "wwww" }),
  ],
  {
    refused: [
      {
        suite: "walk",
        unit: "slots",
        columnId: "gkv",
        label: "G-KV",
        budgetShare: 0.01,
        reason: "window 16 does not fit",
      },
    ],
  },
);
const sources: CardSources = { card, slots: null, bytes: null };
const rows = cardRows(entriesOf(sources, "text", "slots"), suitesOf(sources, "text"), 0.4);
const noOwn = ownEntries([], null);
const nothing = (): void => undefined;

function drawPanel(view = scoreCardRules.first, from = sources): string {
  const heading = scoreCardPanel.headingFor(drawTrace({ prompt: "a" }, "b"));
  return renderToStaticMarkup(
    <ScoreCard
      {...{ heading, view, sources: from }}
      onView={nothing}
      sessionRuns={[]}
      onRun={nothing}
      onStream={nothing}
    />,
  );
}

describe("order", () => {
  const labels = (...[sort, isReversed]: [Parameters<typeof sortedRows>[1], boolean]) =>
    sortedRows(rows, sort, isReversed).map(({ label }) => label);

  it("puts the best first, whether high or low is better, and rows without the figure last", () => {
    expect(labels("performance", false)).toEqual(["Full cache", "G-KV", "Random"]);
    expect(labels("performance", true)).toEqual(["Random", "G-KV", "Full cache"]);
    expect(labels("generalisation", false)).toEqual(["Full cache", "G-KV", "Random"]);
    expect(labels("forced", false)).toEqual(["Full cache", "G-KV", "Random"]);
  });
});

describe("the page", () => {
  it("has a button for each figure, named with every suite", () => {
    const markup = drawPanel();
    expect(markup).toContain(
      'aria-label="G-KV, overall performance 0.88 ± 0.11; walk: 0.75 ± 0.25, n 4; story: 1.00, n 4"',
    );
    expect(markup).toContain('aria-sort="descending"');
    for (const { about } of figureList) expect(markup).toContain(about.slice(0, 40));
  });

  it("lists the items that flipped, as runs of their method", () => {
    const markup = drawPanel({ ...scoreCardRules.first, row: "gkv" });
    expect(markup).toContain("right → wrong: 1");
    expect(markup).toContain(drawProblem("walk", 10, 900_003).id);
  });

  it("says that nothing is there instead of drawing an empty table", () => {
    expect(drawPanel({ ...scoreCardRules.first, suites: "stream" })).toContain("No stream has been measured yet.");
    expect(drawPanel(scoreCardRules.first, { card: null, slots: null, bytes: null })).toContain("Nothing is stored");
  });
});

it("says how many problems were run where methods have different counts", () => {
  const shown = { suites: "text", unit: "slots", budget: 0.4, rows, own: noOwn } as const;
  expect(cardNotes(sources, shown)[0]).toContain("the first 4 of the same problems");
  const uneven = { ...card, cells: [...card.cells, drawCell({ ...random, suite: "orders", outcomes: "ew" })] };
  expect(cardNotes({ ...sources, card: uneven }, shown)[0]).toContain("the first 2 to 4 of the same problems");
});

it("an item is its problem under its method, without the draw of its seed", () => {
  const entry = entriesOf(sources, "text", "slots").find(({ columnId }) => columnId === "random");
  if (entry === undefined) throw new Error("drawn");
  const { name, choices } = cardItem(sources, entry, { item: 2, own: undefined });
  expect(name).toBe(drawProblem("walk", 10, 900_002).id);
  expect(choices).toEqual({ policyId: "random", model: "winnow-1m", problem: name, budgetSlots: 40 });
});

it("says what cannot run, in the engine's words", () => {
  const shown = { suites: "text", unit: "slots", rows, own: noOwn } as const;
  expect(cardNotes(sources, { ...shown, budget: 0.01 })).toContainEqual(
    "Cannot run at 1 %: G-KV. The first: window 16 does not fit.",
  );
  expect(cardNotes(sources, { ...shown, budget: 0.4 }).join(" ")).not.toContain("Cannot run");
});

it("is saved with every figure, its error and its items", () => {
  const csv = figureCsv(cardTable(rows, { suites: "text", unit: "slots", budget: 0.4 }));
  const [head, , gkv] = csv.trim().split(/\r?\n/);
  expect(head).toContain("OP: overall performance,");
  expect(head).toContain("ρ of story");
  expect(gkv.startsWith("G-KV,no,2,0.875,")).toBe(true);
});
