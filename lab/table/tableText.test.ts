import { describe, expect, it } from "vitest";
import { InputError } from "../../src/lib/errors";
import { drawTable } from "../../src/experiment/drawTable.testing";
import { parseResultTable } from "../../src/experiment/resultTable";
import { tableText } from "./tableText";

const table = drawTable(`
  walk fullCache   eeee
  walk gkv w16     .25 eeew  .5 eeee
  walk snapKv w16  .25 wwur  .5 eerf`);

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
    [JSON.stringify({ ...table, version: 2 }), "small.json is not a table of results: version"],
    [JSON.stringify({ ...table, cells: [{ ...table.cells[0], right: 1.2 }] }), "cells.0.right"],
    [JSON.stringify({ ...table, cells: [{ ...table.cells[0], outcomes: "exact" }] }), "cells.0.outcomes"],
  ])("refuses %s", (text, message) => {
    expect(() => parseResultTable(text, "small.json")).toThrow(InputError);
    expect(() => parseResultTable(text, "small.json")).toThrow(message);
  });
});
