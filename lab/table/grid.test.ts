import { describe, expect, it } from "vitest";
import { shippedFolder } from "../../scripts/shippedFolder";
import { effectiveParameters, policies, policyById } from "../../src/policy/policies";
import { createShare } from "../../src/policy/share";
import { openModel } from "../openModel";
import {
  fullColumn,
  gridBudgets,
  gridCells,
  gridColumns,
  gridProblemCount,
  gridSeed,
  gridSettings,
  settingsOf,
} from "./grid";

describe("gridCells", () => {
  const cells = gridCells({ families: ["walk", "story"], columns: gridColumns, budgets: gridBudgets });

  it("has every combination once, and the full cache once per family", () => {
    const places = cells.map(({ family, column, budgetShare, setting }) =>
      JSON.stringify([family, column.id, budgetShare, setting]),
    );
    expect(new Set(places).size).toBe(cells.length);
    const perBudget = gridColumns.reduce((sum, column) => sum + settingsOf(column).length, 0);
    expect(cells).toHaveLength(2 * (1 + gridBudgets.length * perBudget));
    expect(cells.filter(({ column }) => column === fullColumn)).toHaveLength(2);
  });
});

it("compares all policies, and G-KV without each of its parts", () => {
  const ids = [fullColumn, ...gridColumns].map(({ policyId }) => policyId);
  expect(new Set(ids)).toEqual(new Set(policies.map(({ id }) => id)));
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

it("compares equal slots in total, whatever the share", async () => {
  const opened = await openModel(shippedFolder, "cpu");
  const { config, roles } = opened.loaded;
  for (const { policyId, choices } of gridColumns) {
    const parameters = effectiveParameters(policyById(policyId), { ...gridSettings[0], ...choices });
    const share = createShare(parameters, config, roles);
    for (const budgetSlots of [40, 67, 94, 134, 188, 352]) {
      const layers = share.layerBudgets({ budgetSlots, textLength: 500 });
      const total = layers.reduce((sum, slots) => sum + slots, 0);
      const lackingSlots = budgetSlots * config.layerCount * config.kvHeadCount - total;
      const most = parameters.share === "roles" ? 1 : 0; // its rounding
      expect([policyId, budgetSlots, lackingSlots >= 0 && lackingSlots <= most]).toEqual([policyId, budgetSlots, true]);
    }
  }
});

it("draws problems that training does not draw", () => {
  expect(gridSeed + gridProblemCount).toBeLessThan(1_000_000);
});
