import { expect, it } from "vitest";
import { promptNote } from "./promptNote";

const numbers = { budgetSlots: 64, windowSlots: 16, isPromptProtected: false };

it("says what becomes of a prompt that does not fit the budget", () => {
  expect(promptNote("random", numbers, 48)).toBeNull();
  expect(promptNote("random", numbers, 49)).toBe(
    "The prompt has 49 tokens, but outside the window there is room for 48. So this run keeps none of it by rule: every token is drawn for, the prompt’s included.",
  );
  expect(promptNote("snapKv", numbers, 49)).toBeNull();
  expect(promptNote("snapKv", { ...numbers, isPromptProtected: true }, 49)).toMatch(/So only part of it stays\.$/);
});
