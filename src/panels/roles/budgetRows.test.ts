import { expect, it } from "vitest";
import { budgetRows, budgetVerdict } from "./budgetRows";
import { drawnRoles } from "./drawRoles.testing";

it("compares the same problems under both shares", () => {
  const [low, high] = budgetRows(drawnRoles);
  expect(low).toMatchObject({ label: "G-KV", budgetShare: 0.25, problemCount: 4, difference: 0.25 });
  expect([low.uniform.right, low.roles.right]).toEqual([0.25, 0.5]);
  // One of four pairs differs: mean 0.25, variance 0.25, standard error √(0.25 / 4).
  expect(low.differenceError).toBeCloseTo(0.25, 12);
  expect(high).toMatchObject({ budgetShare: 0.5, difference: -0.25 });
});

it("has no rows where nothing was measured", () => {
  expect(budgetRows({ budgets: null })).toEqual([]);
});

it("calls a difference only beyond two standard errors", () => {
  const rows = budgetRows(drawnRoles);
  expect(budgetVerdict(rows)).toBe("Of 2 comparisons, slots by role did no different beyond two standard errors in 2.");
  const clear = { ...rows[0], difference: 0.3, differenceError: 0.1 };
  expect(budgetVerdict([clear, { ...clear, difference: -0.3 }, rows[1]])).toBe(
    "Of 3 comparisons, slots by role did better in 1, worse in 1, no different beyond two standard errors in 1.",
  );
});
