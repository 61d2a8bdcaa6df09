// The grid of the table, fixed before anything was run: families × budgets × settings × policies, with the problems' seeds.
// A budget is a number of slots in total: B times the heads of all layers, however a policy shares them out. A test holds the
// shares to it; that by role loses a single slot of all to its rounding.

import type { RunRecipe } from "../../src/engine/protocol";
import { policies } from "../../src/policy/policies";
import type { ProblemFamily } from "../../src/problems/problem";

type PolicyParameters = RunRecipe["parameters"];

export interface GridSetting {
  readonly windowSlots: number;
  readonly intervalSteps: number;
}

/** The second window is shorter than a step of reasoning, which makes every score uncertain. */
export const gridSettings: readonly GridSetting[] = [
  { windowSlots: 16, intervalSteps: 16 },
  { windowSlots: 8, intervalSteps: 16 },
];

/** One column of the table: a policy and where it departs from its own defaults. */
export interface GridColumn {
  readonly id: string;
  readonly label: string;
  readonly policyId: string;
  readonly choices: Readonly<Partial<PolicyParameters>>;
}

/** The family around G-KV and the two controls, under both settings. */
const studiedColumns: readonly GridColumn[] = [
  { id: "streamingLlm", label: "StreamingLLM", policyId: "streamingLlm", choices: {} },
  { id: "random", label: "Random (keep prompt)", policyId: "random", choices: {} },
  { id: "promptRecent", label: "Prompt + recent", policyId: "promptRecent", choices: {} },
  { id: "h2o", label: "H2O", policyId: "h2o", choices: {} },
  { id: "snapKv", label: "SnapKV", policyId: "snapKv", choices: {} },
  { id: "rKv", label: "R-KV", policyId: "rKv", choices: {} },
  { id: "gkv", label: "G-KV", policyId: "gkv", choices: {} },
  { id: "gkvNoRedundancy", label: "G-KV, λ = 1", policyId: "gkv", choices: { lambda: 1 } },
  { id: "gkvLocal", label: "G-KV, α = 0", policyId: "gkv", choices: { alpha: 0 } },
];

/** Every other policy once, under the first setting alone. TOVA is the vote of the newest token, whatever the others' window. */
const furtherColumns: readonly GridColumn[] = policies
  .filter(({ id, isEvicting }) => isEvicting && !studiedColumns.some(({ policyId }) => policyId === id))
  .map(({ id, label }) =>
    id === "tova"
      ? { id, label: `${label} (w = 1)`, policyId: id, choices: { windowSlots: 1 } }
      : { id, label, policyId: id, choices: {} },
  );

export const gridColumns: readonly GridColumn[] = [...studiedColumns, ...furtherColumns];

/** The reference that needs no budget: one cell per family. */
export const fullColumn: GridColumn = { id: "fullCache", label: "Full cache", policyId: "fullCache", choices: {} };

/** Shares of the mean full length: prompt and reference trace. */
export const gridBudgets: readonly number[] = [0.15, 0.25, 0.35, 0.5, 0.7];

export const gridProblemCount = 100;

/**
 * Seed of the table's random evictions and of its first problem in every family; the others follow. Training draws from
 * a million on, so these problems are new to every model trained here.
 */
export const gridSeed = 900_000;

/** The place of a cell. */
export interface GridCell {
  readonly family: ProblemFamily;
  readonly column: GridColumn;
  /** Null for the full cache. */
  readonly budgetShare: number | null;
  readonly setting: GridSetting | null;
}

/** A part of a grid, for a trial before the whole grid is run. */
export interface GridPart {
  /** What the budgets are shares of: slots, or bytes (bytesGrid.ts). */
  readonly unit: "slots" | "bytes";
  readonly families: readonly ProblemFamily[];
  readonly columns: readonly GridColumn[];
  readonly budgets: readonly number[];
}

/** The settings that a column is run under. */
export function settingsOf(column: GridColumn): readonly GridSetting[] {
  return studiedColumns.includes(column) ? gridSettings : gridSettings.slice(0, 1);
}

/** All cells of a part: per family the full cache first, then by setting, budget and column. */
export function gridCells({ families, columns, budgets }: Omit<GridPart, "unit">): GridCell[] {
  return families.flatMap((family) => [
    { family, column: fullColumn, budgetShare: null, setting: null },
    ...gridSettings.flatMap((setting) =>
      budgets.flatMap((budgetShare) =>
        columns
          .filter((column) => settingsOf(column).includes(setting))
          .map((column) => ({ family, column, budgetShare, setting })),
      ),
    ),
  ]);
}
