// Every table in public/results: its figures follow from its outcomes, its runs come out again, docs/results.md says the same.

import { readFile } from "node:fs/promises";
import { describe, expect, it, vi } from "vitest";
import { bytesBudgets, bytesColumns } from "./bytesGrid";
import { gridBudgets, gridCells, gridColumns } from "./grid";
import { heldBytes, parametersOnModel } from "../../src/engine/storage/byteBudget";
import { policyById } from "../../src/policy/policies";
import { shippedModels } from "../../src/settings/shippedModels";
import type { TableCell } from "../../src/experiment/resultTable";
import { shareError, shareOf } from "../../src/experiment/results";
import { checkTable } from "./runGrid";
import { parseFamily } from "../eval/problemSet";
import { readTables, withTables } from "./tableMarkdown";

type PlacedCell = Pick<TableCell, "columnId" | "budgetShare" | "windowSlots" | "intervalSteps">;

const tables = await readTables("public/results");
const atEqualBytes = await readTables("public/results/bytes");

it.each(["docs/results.md", "README.md"])(
  "is written in %s as in the data (npm run table -- --readme FILE)",
  async (file) => {
    const text = await readFile(file, "utf8");
    expect(withTables(text, tables, atEqualBytes)).toBe(text);
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

describe.each([...atEqualBytes])("the table at equal bytes %s", (name, table) => {
  it("has the name of its model, and cells of the grid, once each, all with their outcomes", () => {
    expect([name, table.name, table.unit]).toEqual([table.model.id, table.model.id, "bytes"]);
    const ids = ["fullCache", ...bytesColumns.map(({ id }) => id)];
    const places = table.cells.map(({ family, columnId, budgetShare }) => {
      expect(ids).toContain(columnId);
      expect([null, ...bytesBudgets]).toContain(budgetShare);
      return JSON.stringify([family, columnId, budgetShare]);
    });
    expect(new Set(places).size).toBe(places.length);
    for (const { outcomes, count, right, rightError } of table.cells) {
      const letters = Array.from(outcomes);
      expect([count, letters.length]).toEqual([table.problemCount, table.problemCount]);
      expect(right).toBeCloseTo(shareOf(letters.map((letter) => "er".includes(letter))), 12);
      expect(rightError).toBe(shareError(right, count));
    }
  });

  it("gives every method of a place the same bytes, and as many slots as they hold", () => {
    const model = shippedModels.find(({ id }) => id === table.model.id) ?? shippedModels[0];
    const bytes = new Map<string, number>();
    for (const { family, budgetShare, budgetBytes = 0, budgetSlots, policyId, parameters } of table.cells) {
      if (budgetShare === null) continue;
      const place = `${family} ${budgetShare}`;
      expect(budgetBytes).toBe(bytes.get(place) ?? budgetBytes);
      bytes.set(place, budgetBytes);
      const settled = parametersOnModel(policyById(policyId), parameters, model);
      expect([settled.budgetSlots, settled.budgetBytes]).toEqual([budgetSlots, budgetBytes]);
      expect(heldBytes(settled, model, settled.budgetSlots)).toBeLessThanOrEqual(budgetBytes);
    }
  });

  it("has runs that come out as stored", { timeout: 120_000 }, async () => {
    vi.spyOn(process.stderr, "write").mockImplementation(() => true); // progress
    const modelFolder = `public/models/${table.model.id}`;
    const runs = await checkTable(table, { modelFolder, sampleCount: 3, seed: 7, jobs: 2 });
    for (const { stored, found } of runs) expect(found).toBe(stored);
  });
});
