import { describe, expect, it } from "vitest";
import { policies } from "../../src/policy/policies";
import { fullColumn, gridBudgets, gridCells, gridColumns, gridProblemCount, gridSeed, gridSettings } from "./grid";

describe("gridCells", () => {
  const cells = gridCells({ families: ["walk", "story"], columns: gridColumns, budgets: gridBudgets });

  it("has every combination once, and the full cache once per family", () => {
    const places = cells.map(({ family, column, budgetShare, setting }) =>
      JSON.stringify([family, column.id, budgetShare, setting]),
    );
    expect(new Set(places).size).toBe(cells.length);
    expect(cells).toHaveLength(2 * (1 + gridBudgets.length * gridSettings.length * gridColumns.length));
    expect(cells.filter(({ column }) => column === fullColumn)).toHaveLength(2);
  });
});

it("compares known policies, and G-KV without each of its parts", () => {
  const ids = [fullColumn, ...gridColumns].map(({ policyId }) => policyId);
  expect(policies.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
  expect(gridColumns.filter(({ policyId }) => policyId === "gkv").map(({ choices }) => choices)).toEqual([
    {},
    { lambda: 1 },
    { alpha: 0 },
  ]);
});

it("chooses only what its policy uses", () => {
  for (const { policyId, choices } of gridColumns) {
    const uses = policies.find(({ id }) => id === policyId)?.uses;
    for (const name of Object.keys(choices)) expect(uses).toContain(name);
  }
});

it("draws problems that training does not draw", () => {
  expect(gridSeed + gridProblemCount).toBeLessThan(1_000_000);
});
