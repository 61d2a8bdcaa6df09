import { describe, expect, it } from "vitest";
import { panelNames } from "../../state/arrangement";
import { keptLayout, stageRows, stageWidth } from "./rows";

describe.each(["wide", "medium", "narrow"] as const)("the %s stage", (width) => {
  it("has a place for every panel", () => {
    const placed = stageRows(width, []).flatMap(({ columns }) => columns.flatMap(({ panels }) => panels));
    expect([...placed].sort()).toEqual([...panelNames].sort());
  });

  it("shares a row among the columns that are left", () => {
    for (const { columns } of stageRows(width, ["text", "mask"])) {
      expect(columns.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(100);
    }
  });
});

it("closes up a row whose panels are all hidden", () => {
  expect(stageRows("wide", ["overlap", "lifelines"]).map(({ id }) => id)).toEqual(["decision", "history"]);
});

it("is wide, medium or narrow by the width of the page", () => {
  expect([1440, 1024, 360].map(stageWidth)).toEqual(["wide", "medium", "narrow"]);
});

it("keeps widths for as long as the columns are the same", () => {
  const [row] = stageRows("wide", ["map", "score"]);
  expect(keptLayout(row, { text: 40, why: 60 })).toEqual({ text: 40, why: 60 });
  expect(Object.keys(keptLayout(row, { text: 40, map: 30, why: 30 }))).toEqual(["text", "why"]);
});
