// Every table in public/results: its figures follow from its outcomes, its runs come out again, docs/results.md says the same.

import { readFile } from "node:fs/promises";
import { describe, expect, it, vi } from "vitest";
import { gridBudgets, gridCells, gridColumns } from "./grid";
import type { TableCell } from "../../src/experiment/resultTable";
import { shareError, shareOf } from "../../src/experiment/results";
import { checkTable } from "./runGrid";
import { parseFamily } from "../eval/problemSet";
import { readTables, withTables } from "./tableMarkdown";

type PlacedCell = Pick<TableCell, "columnId" | "budgetShare" | "windowSlots" | "intervalSteps">;

const tables = await readTables("public/results");

it.each(["docs/results.md", "README.md"])(
  "is written in %s as in the data (npm run table -- --readme FILE)",
  async (file) => {
    const text = await readFile(file, "utf8");
    expect(withTables(text, tables)).toBe(text);
  },
);

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

  it("has cells of the grid, in its order and once each, all families alike, and the full cache of each", () => {
    const { cells, families } = table;
    const part = {
      families: families.map(({ family }) => parseFamily(family)),
      columns: gridColumns.filter(({ id }) => cells.some(({ columnId }) => columnId === id)),
      budgets: gridBudgets.filter((share) => cells.some(({ budgetShare }) => budgetShare === share)),
    };
    const placeOf = ({ columnId, budgetShare, windowSlots, intervalSteps }: PlacedCell): string =>
      JSON.stringify([columnId, budgetShare, windowSlots, intervalSteps]);
    const grid = gridCells(part).map(({ family, column, budgetShare, setting }) => {
      const { windowSlots = null, intervalSteps = null } = setting ?? {};
      return { family, place: placeOf({ columnId: column.id, budgetShare, windowSlots, intervalSteps }) };
    });
    const stored = new Set(cells.map(placeOf));
    expect(cells.map((cell) => ({ family: cell.family, place: placeOf(cell) }))).toEqual(
      grid.filter(({ place }) => stored.has(place)),
    );
    for (const { count } of cells) expect(count).toBe(table.problemCount);
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
