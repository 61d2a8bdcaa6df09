import { expect, it } from "vitest";
import { promptNote } from "./promptNote";

const snapKv = { policyId: "snapKv", budgetSlots: 64, windowSlots: 16, isPromptProtected: false };
const random = { ...snapKv, policyId: "random" };

it("says what becomes of a prompt that does not fit the budget", () => {
  expect(promptNote(random, 48)).toBeNull();
  expect(promptNote(random, 49)).toBe(
    "The prompt has 49 tokens, but outside the window there is room for 48. So this run protects none of it: any token outside the window may be evicted, the prompt’s included.",
  );
  expect(promptNote(snapKv, 49)).toBeNull();
  expect(promptNote({ ...snapKv, isPromptProtected: true }, 49)).toMatch(/So only part of it stays\.$/);
});
