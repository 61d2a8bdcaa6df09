// Which cells of a stored table stand for a run.

import { describe, expect, it } from "vitest";
import { drawTable } from "../../src/experiment/drawTable.testing";
import type { TableCell } from "../../src/experiment/resultTable";
import { baseParameters } from "../../src/policy/parameters";
import { effectiveParameters, policyById } from "../../src/policy/policies";
import { gridColumns } from "./grid";
import { storedCell } from "./runGrid";

const columnOf = (id: string) => gridColumns.find((column) => column.id === id) ?? gridColumns[0];
const parameters = effectiveParameters(policyById("adaKv"), { budgetSlots: 75 });
const [drawn] = drawTable("walk adaKv w16 .25 eeww").cells;
const cell: TableCell = { ...drawn, parameters };
const find = (stored: TableCell) => storedCell([stored], { family: "walk", column: columnOf("adaKv") }, parameters);

describe("storedCell", () => {
  it("finds a cell of the same family, policy and parameters", () => {
    expect(find(cell)).toBe(cell);
    expect(find({ ...cell, family: "story" })).toBeNull();
    expect(find({ ...cell, policyId: "snapKv" })).toBeNull();
    expect(find({ ...cell, parameters: { ...parameters, budgetSlots: 76 } })).toBeNull();
  });

  it("takes a parameter that was not known then at its base value", () => {
    const { hasCovariance: _, ...older } = parameters;
    expect(parameters.hasCovariance).toBe(baseParameters.hasCovariance);
    const stored = { ...cell, parameters: older };
    expect(find(stored)).toBe(stored);
    const { share: __, ...withoutShare } = parameters;
    expect(find({ ...cell, parameters: withoutShare })).toBeNull();
  });

  it("runs a cell with failures again", () => {
    expect(find({ ...cell, failures: [{ id: "walk-1", message: "the process ended" }] })).toBeNull();
  });
});
