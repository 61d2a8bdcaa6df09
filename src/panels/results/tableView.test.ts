import { describe, expect, it } from "vitest";
import { drawTable } from "../../experiment/drawTable.testing";
import type { ResultTable } from "../../experiment/resultTable";
import { resultsFigures } from "./resultsFigures";
import {
  budgetsOf,
  columnsByKind,
  columnsUnder,
  cellText,
  columnsWithoutWindow,
  familyCells,
  figureOf,
  meanCells,
  missingWords,
  orderedColumns,
  paretoFront,
  tableColumns,
  windowSettings,
  writtenBudget,
  writtenFigure,
} from "./tableView";

const table = drawTable(`
  walk fullCache         eeee
  walk streamingLlm w16  .25 wwww  .5 wwww
  walk promptRecent w16  .25 wwww  .5 eeww
  walk snapKv w16        .25 wwur  .5 eerf
  walk gkv w16           .5 eeee   .25 eeew
  walk gkvLocal w16      .25 wwww  .5 eeww
  walk gkv w8            .25 wwww  .5 eeew`);

it("groups policies by what their scores are made from", () => {
  const other = drawTable("walk streamingLlm w16 .25 w\nwalk qFilter w16 .25 w\nwalk keyDiff w16 .25 w");
  const kinds = [table, other].map((drawn) =>
    tableColumns(drawn).map(({ label, kind, place }) => [label, kind, place]),
  );
  expect(kinds).toEqual([
    [
      ["G-KV", "attention", 0],
      ["G-KV, α = 0", "attention", 1],
      ["SnapKV", "attention", 2],
      ["StreamingLLM", "none", 0],
      ["Prompt + recent", "none", 1],
    ],
    [
      ["KeyDiff", "keysValues", 0],
      ["Q-Filters", "prediction", 0],
      ["StreamingLLM", "none", 0],
    ],
  ]);
  expect(columnsByKind(tableColumns(table)).map(({ kind, columns }) => [kind, columns.length])).toEqual([
    ["attention", 3],
    ["none", 2],
  ]);
});

it("tells which policies were run under a window setting, and what the table lacks yet", () => {
  const columns = tableColumns(table);
  const [wide, narrow] = windowSettings(table);
  expect(columnsUnder(columns, table, wide)).toEqual(columns);
  expect(columnsUnder(columns, table, narrow).map(({ label }) => label)).toEqual(["G-KV"]);
  const uneven = drawTable("walk streamingLlm w16 .25 w .5 w .7 w\nwalk gkv w16 .5 e\nwalk snapKv w16 .5 e");
  const [gap, absent] = missingWords(uneven, tableColumns(uneven));
  expect(gap).toBe("not run yet at 25, 70 %: G-KV, SnapKV");
  expect(absent).toMatch(/^not run yet: the \d+ other policies$/);
});

it("lists window settings in the table's order, and the policies that have no window", () => {
  expect(windowSettings(table).map(({ windowSlots }) => windowSlots)).toEqual([16, 8]);
  expect(columnsWithoutWindow(tableColumns(table)).map(({ id }) => id)).toEqual(["streamingLlm", "promptRecent"]);
});

it("shows one window setting at a time, next to the full cache", () => {
  const [, narrow] = windowSettings(table);
  const { full, cells } = familyCells(table, "walk", narrow);
  expect(full?.label).toBe("Full cache");
  expect(cells.map(({ columnId, right }) => [columnId, right])).toEqual([
    ["gkv", 0],
    ["gkv", 0.75],
  ]);
  expect(familyCells(table, "story", narrow)).toEqual({ full: null, cells: [] });
});

it("orders budgets from tight to wide", () => {
  expect(budgetsOf(table.cells.filter(({ columnId }) => columnId === "gkv"))).toEqual([
    { share: 0.25, slots: 75 },
    { share: 0.5, slots: 150 },
  ]);
});

it("writes a figure with its standard error, and without it if it says nothing", () => {
  const [cell] = table.cells.filter(({ columnId, budgetShare }) => columnId === "snapKv" && budgetShare === 0.5);
  expect(writtenFigure(figureOf(cell, "right"))).toBe("75 ± 22");
  expect(writtenFigure(figureOf(cell, "exact"))).toBe("50 ± 25");
  expect(writtenFigure({ share: 1, error: 0 })).toBe("100");
  expect(writtenFigure({ share: 0.999, error: 0.001 })).toBe("100 ± 1");
});

it("says all that a cell holds", () => {
  const [tight, wide] = table.cells.filter(({ columnId }) => columnId === "snapKv");
  expect(cellText(tight)).toBe(
    "SnapKV, 25 %, 75 slots: 25 ± 22 % right, 0 % word for word. " +
      "At the end a head held 25 % of the text, and never more than 93 slots. " +
      "First wrong steps: rule 4. Without an answer: 1.",
  );
  expect(cellText(wide)).toMatch(/First wrong steps: rule 1\. Could not be run: 1\.$/);
});

it("gives a row per family, policy and budget, the full cache first", () => {
  const { columns, rows } = resultsFigures(table, windowSettings(table)[0]);
  expect(columns.slice(0, 4)).toEqual(["family", "policy", "budget (share of mean length)", "budget (slots)"]);
  expect(rows.every((row) => row.length === columns.length)).toBe(true);
  expect(rows[0].slice(1, 3)).toEqual(["Full cache", null]);
  expect(rows.length).toBe(new Set(rows.map((row) => row.slice(0, 3).join())).size);
});

it("finds the front: the most solved with so few slots, ties included, and nothing that a smaller budget does as well", () => {
  const front = (text: string) =>
    [
      ...paretoFront(
        drawTable(text).cells.filter(({ budgetShare }) => budgetShare !== null),
        "right",
      ),
    ].map(({ columnId, budgetShare }) => `${columnId} ${budgetShare ?? 0}`);
  expect(
    front(`
  walk gkv w16           .25 eeww  .35 eeew  .5 eeew
  walk snapKv w16        .25 eeww  .35 eeww  .5 eeee
  walk promptRecent w16  .25 wwww  .35 eeww  .5 eeew`),
  ).toEqual(["gkv 0.25", "snapKv 0.25", "gkv 0.35", "snapKv 0.5"]);
  expect(front("walk gkv w16 .25 wwww .5 wwww")).toEqual([]);
});

it("orders policies by what they solve at one budget, and leaves them where none is chosen", () => {
  const [setting] = windowSettings(table);
  const { cells } = familyCells(table, "walk", setting);
  const order = (share: number | null) =>
    orderedColumns(tableColumns(table), cells, share, "right").map(({ id }) => id);
  expect(order(null)).toEqual(tableColumns(table).map(({ id }) => id));
  expect(order(0.5)).toEqual(["gkv", "snapKv", "gkvLocal", "promptRecent", "streamingLlm"]);
});

describe("a table at equal bytes", () => {
  const drawn = drawTable(`
    walk fullCache    eeee
    walk gkv w16      .1 wwww  .25 eeew
    walk keepKv w16   .1 eeww
    story fullCache   eeee
    story gkv w16     .1 eeww  .25 eeee`);
  const cells = drawn.cells.map((cell) => ({
    ...cell,
    budgetBytes: 4096 * (cell.budgetSlots ?? 0),
    parameters: { ...cell.parameters, storage: "asComputed", reading: "everything", merging: "none" },
  }));
  const [full, gkv, ...others] = cells;
  const packed = { ...gkv, columnId: "gkv4", label: "G-KV, 4 bits", budgetSlots: 180 };
  const inBits = { ...packed, parameters: { ...gkv.parameters, storage: "quantised" } };
  const reason = "its window does not fit";
  const cannot = ["G-KV", "KeepKV"].map((label) => ({
    family: "story",
    columnId: "",
    label,
    budgetShare: 0.06,
    reason,
  }));
  const missing = [
    { label: "G-KV", budgetShares: [0.5] },
    { label: "StreamingLLM", budgetShares: [0.1, 0.5] },
  ];
  const table: ResultTable = { ...drawn, unit: "bytes", missing, cannot, cells: [full, gkv, inBits, ...others] };
  const [setting] = windowSettings(table);

  it("has budgets in bytes, and says how many slots a method has of them", () => {
    expect(budgetsOf(familyCells(table, "walk", setting).cells).map(writtenBudget)).toEqual([
      "10 %, 120 KiB",
      "25 %, 300 KiB",
    ]);
    expect(cellText(inBits)).toMatch(/^G-KV, 4 bits, 10 %, 120 KiB, which hold 180 slots: 0 % right/);
  });

  it("tells methods with fewer bits from those that store entries as computed", () => {
    expect(tableColumns(table).map(({ id, kind }) => [id, kind])).toEqual([
      ["gkv", "attention"],
      ["gkv4", "bits"],
      ["keepKv", "attention"],
    ]);
  });

  it("averages the families, of the columns that have them all, with the error of the mean", () => {
    const { full: ofFull, cells: means } = meanCells(table, setting);
    expect(ofFull).toMatchObject({ right: 1, count: 8 });
    expect(means.map(({ columnId, budgetShare, right }) => [columnId, budgetShare, right])).toEqual([
      ["gkv", 0.1, 0.25],
      ["gkv", 0.25, 0.875],
    ]);
    expect(means[0].rightError).toBeCloseTo(0.25 / 2, 12);
  });

  it("says what has not run, and what cannot, with the reason", () => {
    expect(missingWords(table, tableColumns(table))).toEqual([
      `cannot run on story at 6 %: G-KV, KeepKV. G-KV: ${reason}`,
      "not run yet at 25 %: G-KV, 4 bits, KeepKV",
      "not run yet: StreamingLLM, everything at 50 %",
    ]);
  });
});
