import { describe, expect, it } from "vitest";
import { shippedFolder } from "../../scripts/shippedFolder";
import { effectiveParameters, policies, policyById } from "../../src/policy/policies";
import { createShare } from "../../src/policy/share";
import { parametersOnModel } from "../../src/engine/storage/byteBudget";
import { openModel } from "../openModel";
import { budgetBytes, bytesColumns } from "./bytesGrid";
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

describe("the grid at equal bytes", () => {
  const shape = { layerCount: 4, kvHeadCount: 4, headDim: 32 };

  it("asks only for what its policies use", () => {
    for (const { policyId, choices } of bytesColumns) {
      const policy = policyById(policyId);
      const parameters = effectiveParameters(policy, choices);
      for (const [name, value] of Object.entries(choices))
        expect([name, parameters[name as keyof typeof parameters]]).toEqual([name, value]);
    }
  });

  it("gives entries as computed the slots of the first grid, and the others as many as the bytes hold", () => {
    const bytes = budgetBytes(0.25, [400, 600], shape);
    const slots = bytesColumns.map(({ id, policyId, choices }) => {
      const parameters = { budgetMode: "bytes", budgetBytes: bytes, ...gridSettings[0], ...choices } as const;
      return [id, parametersOnModel(policyById(policyId), parameters, shape).budgetSlots] as const;
    });
    expect(bytes).toBe(125 * 4096);
    const slotsOf = new Map(slots);
    expect(Object.fromEntries(slotsOf)).toMatchObject({ gkv: 125, promptRecent: 125, gkv16: 250, gkvMerged: 125 });
    expect(slotsOf.get("gkv2")).toBeGreaterThan(slotsOf.get("gkv4") ?? NaN);
  });
});
