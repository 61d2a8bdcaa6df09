// Every table in public/results: its figures follow from its outcomes, its runs come out again, docs/results.md says the same.

import { readFile } from "node:fs/promises";
import { describe, expect, it, vi } from "vitest";
import { gridBudgets, gridCells, gridColumns } from "./grid";
import { shareError, shareOf } from "../../src/experiment/results";
import { checkTable } from "./runGrid";
import { parseFamily } from "../eval/problemSet";
import { readTables, withTables } from "./tableMarkdown";

const tables = await readTables("public/results");
const results = await readFile("docs/results.md", "utf8");

it("is written in docs/results.md as in the data (npm run table -- --readme docs/results.md)", () => {
  expect(withTables(results, tables)).toBe(results);
});

describe.each([...tables])("the stored table %s", (name, table) => {
  const modelFolder = `public/models/${table.model.id}`;

  it("has the name of its model, by which the page finds it", () => {
    expect([name, table.name]).toEqual([table.model.id, table.model.id]);
  });

  it("has figures that follow from its outcomes", () => {
    for (const { outcomes, count, right, rightError, exact, exactError } of table.cells) {
      const letters = Array.from(outcomes);
      expect(count).toBe(letters.length);
      expect(right).toBeCloseTo(shareOf(letters.map((letter) => "er".includes(letter))), 12);
      expect(exact).toBeCloseTo(shareOf(letters.map((letter) => letter === "e")), 12);
      expect([rightError, exactError]).toEqual([shareError(right, count), shareError(exact, count)]);
    }
  });

  it("has every cell of its families, columns and budgets once, and the full cache of each family", () => {
    const { cells, families } = table;
    const part = {
      families: families.map(({ family }) => parseFamily(family)),
      columns: gridColumns.filter(({ id }) => cells.some(({ columnId }) => columnId === id)),
      budgets: gridBudgets.filter((share) => cells.some(({ budgetShare }) => budgetShare === share)),
    };
    expect(cells.map(({ family, columnId, budgetShare }) => [family, columnId, budgetShare])).toEqual(
      gridCells(part).map(({ family, column, budgetShare }) => [family, column.id, budgetShare]),
    );
    expect(cells.map(({ windowSlots, intervalSteps }) => [windowSlots, intervalSteps])).toEqual(
      gridCells(part).map(({ setting }) => [setting?.windowSlots ?? null, setting?.intervalSteps ?? null]),
    );
  });

  // A table is only as good as the runs it claims to come from.
  it.each(table.families)("has runs of $family that come out as stored", { timeout: 120_000 }, async ({ family }) => {
    vi.spyOn(process.stderr, "write").mockImplementation(() => true); // progress
    const part = { ...table, cells: table.cells.filter((cell) => cell.family === family) };
    const runs = await checkTable(part, { modelFolder, sampleCount: 2, seed: 7, jobs: 2 });
    for (const { stored, found } of runs) expect(found).toBe(stored);
    expect(runs).toHaveLength(2);
  });
});
