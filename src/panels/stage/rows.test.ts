import { describe, expect, it } from "vitest";
import { initialArrangement, panelNames, type PanelName } from "../../state/arrangement";
import { keptLayout, stageRows, stageWidth } from "./rows";

const without = (...hidden: PanelName[]) => ({ ...initialArrangement, hidden });

describe.each(["wide", "medium", "narrow"] as const)("the %s stage", (width) => {
  it("has a place for every panel", () => {
    const placed = stageRows(width, initialArrangement).flatMap(({ columns }) =>
      columns.flatMap(({ panels }) => panels),
    );
    expect([...placed].sort()).toEqual([...panelNames].sort());
  });

  it("shares a row among the columns that are left", () => {
    for (const { columns } of stageRows(width, without("text", "mask"))) {
      expect(columns.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(100);
    }
  });
});

it("closes up a row whose panels are all hidden", () => {
  expect(stageRows("wide", without("overlap", "lifelines")).map(({ id }) => id)).toEqual([
    "comparison",
    "decision",
    "history",
  ]);
});

it("has no row for a panel that is away, unless it is asked for", () => {
  const first = (asked: readonly PanelName[]) => stageRows("wide", { ...initialArrangement, asked }, ["lanes"])[0].id;
  expect([first([]), first(["lanes"])]).toEqual(["decision", "comparison"]);
});

it("is wide, medium or narrow by the width of the page", () => {
  expect([1440, 1024, 360].map(stageWidth)).toEqual(["wide", "medium", "narrow"]);
});

it("keeps widths for as long as the columns are the same", () => {
  const [row] = stageRows("wide", without("lanes", "map", "score"));
  expect(keptLayout(row, { text: 40, why: 60 })).toEqual({ text: 40, why: 60 });
  expect(Object.keys(keptLayout(row, { text: 40, map: 30, why: 30 }))).toEqual(["text", "why"]);
});
