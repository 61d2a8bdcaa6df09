import { describe, expect, it } from "vitest";
import { InputError } from "../lib/errors";
import { drawResults } from "./drawResult";
import type { ResultTable, TableCell } from "./resultTable";
import { parseResultTable } from "./resultTable";
import { outcomeLetters, summariseResults } from "./summary";
import { tableText } from "./tableText";

const drawCell = (label: string, budgetShare: number | null, letters: string): TableCell => {
  const results = drawResults(letters);
  const isFull = budgetShare === null;
  return {
    family: "walk",
    columnId: label,
    label,
    policyId: "gkv",
    budgetShare,
    budgetSlots: isFull ? null : Math.round(budgetShare * 300),
    windowSlots: isFull ? null : 16,
    intervalSteps: isFull ? null : 16,
    parameters: { alpha: 0.8, smoothing: "max", isNormalised: true },
    ...summariseResults(results),
    outcomes: outcomeLetters(results),
  };
};

const table: ResultTable = {
  version: 1,
  name: "small",
  command: "npm run table -- --name small",
  date: "2026-01-31",
  model: { id: "pilot", digest: "4be7f73a4dde9181bc14346b2e38b196", parameterCount: 820352 },
  backend: "cpu",
  seed: 900_000,
  problemCount: 4,
  families: [{ family: "walk", difficulty: 10, meanFullLength: 300.4 }],
  cells: [
    drawCell("Full cache", null, "eeee"),
    drawCell("G-KV", 0.25, "eeew"),
    drawCell("SnapKV", 0.25, "wwur"),
    drawCell("G-KV", 0.5, "eeee"),
    drawCell("SnapKV", 0.5, "eerf"),
  ],
};

describe("tableText", () => {
  it("puts budgets down and policies across", () => {
    expect(tableText(table).split("\n").slice(4)).toEqual([
      "walk, w 16, s 16 (4 problems, mean length 300; full cache 1.00/1.00)",
      "budget      G-KV       SnapKV",
      "75 (25 %)   .75/.75    .25/.00",
      "150 (50 %)  1.00/1.00  .75/.50 (1 failed)",
    ]);
  });
});

describe("parseResultTable", () => {
  it("reads what was stored", () => {
    expect(parseResultTable(JSON.stringify(table), "small.json")).toEqual(table);
  });

  it.each([
    ["{", "small.json: expected JSON"],
    [JSON.stringify({ ...table, version: 2 }), "small.json is no table of results: version"],
    [JSON.stringify({ ...table, cells: [{ ...table.cells[0], right: 1.2 }] }), "cells.0.right"],
    [JSON.stringify({ ...table, cells: [{ ...table.cells[0], outcomes: "exact" }] }), "cells.0.outcomes"],
  ])("refuses %s", (text, message) => {
    expect(() => parseResultTable(text, "small.json")).toThrow(InputError);
    expect(() => parseResultTable(text, "small.json")).toThrow(message);
  });
});
