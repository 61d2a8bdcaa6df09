import { describe, expect, it } from "vitest";
import { drawCard, drawCell, drawFull } from "./drawScoreCard.testing";
import { parseScoreCard } from "./scoreCardFile";
import { budgetShares, cardRows, entriesOf, suitesOf, type CardSources } from "./scoreCardRows";

const gkv = { columnId: "gkv", label: "G-KV" };
const card = drawCard(
  [
    drawFull("walk", "eeee"),
    drawFull("diary", "eewu"),
    drawCell({ ...gkv, suite: "walk", outcomes: "erww", agreed: [10, 9, 5, 5], positions: [10, 10, 10, 10] }),
    drawCell({ ...gkv, suite: "diary", outcomes: "ewew" }),
  ],
  { refused: [{ suite: "walk", unit: "slots", columnId: "gkv", label: "G-KV", budgetShare: 0.01, reason: "5 slots" }] },
);
const sources: CardSources = { card, slots: null, bytes: null };
const rowsAt = (share: number, from = sources) =>
  cardRows(entriesOf(from, "text", "slots"), suitesOf(from, "text"), share);

describe("a row", () => {
  const [full, method] = rowsAt(0.4);

  it("of no compression is 1 in every ratio, and 0 in its spread", () => {
    expect(full.label).toBe("Full cache");
    for (const figure of [full.performance, full.meanRatio, full.loyalty, full.sameText, full.speed, full.bytes]) {
      expect(figure?.value).toBe(1);
    }
    expect(full.generalisation?.value).toBe(0);
  });

  it("has ρ of each suite over the same items, and OP and OG over them", () => {
    expect(method.suites.map(({ ratio }) => ratio?.value)).toEqual([0.5, 1]);
    expect(method.performance?.value).toBeCloseTo(Math.sqrt((0.25 + 1) / 2), 12);
    expect(method.meanRatio?.value).toBe(0.75);
    expect(method.generalisation?.value).toBeCloseTo(0.25 / 0.75, 12);
    expect(method.performance?.count).toBe(8);
  });

  it("lists items that flipped, either way", () => {
    expect(method.suites[0]).toMatchObject({ lost: [2, 3], gained: [] });
    expect(method.suites[1]).toMatchObject({ lost: [1], gained: [2] });
  });

  it("counts the same answers, the same texts, and tokens fed", () => {
    expect(method.loyalty?.value).toBe(4 / 8);
    expect(method.sameText?.value).toBe(3 / 8);
    expect(method.forced).toMatchObject({ value: 29 / 40, count: 4 });
    expect(method.speed?.value).toBe(2);
    expect(method.bytes?.value).toBe(2.5);
  });
});

describe("sources", () => {
  it("say at which budgets there is something, refusals included", () => {
    expect(budgetShares(sources, "text", "slots")).toEqual([0.01, 0.4]);
    expect(rowsAt(0.01).map(({ label }) => label)).toEqual(["Full cache"]);
  });

  it("take outcomes from whichever has more items, and keep what the other alone measured", () => {
    const stored = drawCell({ ...gkv, suite: "walk", outcomes: "eeeeew" });
    const parameters = { ...stored.choices };
    const cellOf = (budgetShare: number | null, outcomes: string) => ({
      ...{ family: "walk", columnId: budgetShare === null ? "fullCache" : "gkv", label: "G-KV", policyId: "gkv" },
      ...{ budgetShare, budgetSlots: 40, windowSlots: 16, intervalSteps: 16, parameters, outcomes },
    });
    const slots = {
      ...{ families: [{ family: "walk", difficulty: 10, meanFullLength: 100 }] },
      cells: [cellOf(null, "eeeeee"), cellOf(0.4, "eeeeew")],
    } as unknown as CardSources["slots"];
    const row = rowsAt(0.4, { card, slots, bytes: null }).find(({ columnId }) => columnId === "gkv");
    expect(row?.suites[0].ratio).toMatchObject({ value: 5 / 6, count: 6 });
    expect(row?.forced?.count).toBe(4);
    expect(row?.speed?.value).toBe(2);
    // Right and wrong are known, and that an exact text is the full cache's.
    expect(row?.loyalty).toMatchObject({ value: 5 / 6, count: 6 });
  });

  it("show streams by kind of question, with the time of whole streams once", () => {
    const questions = ["A1", "N1", "A2", "C1"].map((type, seed) => ({ seed, type, question: "?", answer: "x" }));
    const model = { id: "winnow-stream-1m", digest: "s", parameterCount: 1 };
    const stream = { model, frames: 32, frameTokens: 26, streamCount: 2, questionsEach: 2, questions };
    const own = { columnId: "tar+van", suite: "stream", outcomes: "ewee", cpuMs: [100, 300], fullCpuMs: [200, 200] };
    const streams = drawCard([drawFull("stream", "eeew"), drawCell(own)], { stream });
    const from = { card: streams, slots: null, bytes: null };
    const rows = cardRows(entriesOf(from, "stream", "slots"), suitesOf(from, "stream"), 0.4);
    const row = rows.find(({ columnId }) => columnId === "tar+van");
    const ratios = Object.fromEntries(row?.suites.map(({ suite, ratio }) => [suite, ratio?.value]) ?? []);
    // The full cache has no right answer about the parcel: no ρ.
    expect(ratios).toMatchObject({ "what, who": 1, "how often": 0, parcel: undefined, still: undefined });
    expect(row?.speed).toMatchObject({ value: 1, count: 2 });
    expect(row?.suites[0].entry?.places).toEqual([0, 2]);
  });
});

it("a file with lists of different length is refused by name", () => {
  const odd = drawCard([drawCell({ ...gkv, suite: "walk", outcomes: "ee", agreed: [1], positions: [1, 1] })]);
  expect(() => parseScoreCard(JSON.stringify(odd), "x.json")).toThrow(
    "x.json: G-KV on walk has lists of different length",
  );
  expect(parseScoreCard(JSON.stringify(card), "x.json").cells).toHaveLength(4);
});
