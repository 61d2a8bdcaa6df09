// What a share gives each layer, and when an event acts.
import { describe, expect, it } from "vitest";
import { baseParameters } from "./parameters";
import { isOverBudget, layerBudgets, layerShare } from "./share";

const grid = { layerCount: 2, kvHeadCount: 3 };

describe("the uniform share", () => {
  it("gives every head B", () => {
    expect([...layerBudgets(baseParameters, 8, grid)]).toEqual([24, 24]);
    expect([...layerShare(baseParameters, 8)({ layer: 1, rows: [], lengths: [9, 9, 9] })]).toEqual([8, 8, 8]);
  });
});

describe("an event", () => {
  it("acts once some layer holds more than its heads may keep together", () => {
    const budgets = Int32Array.of(24, 24);
    expect(isOverBudget(budgets, Int32Array.of(8, 8, 8, 8, 8, 8), grid)).toBe(false);
    expect(isOverBudget(budgets, Int32Array.of(12, 6, 6, 8, 8, 8), grid)).toBe(false);
    expect(isOverBudget(budgets, Int32Array.of(8, 8, 8, 8, 9, 8), grid)).toBe(true);
  });
});
