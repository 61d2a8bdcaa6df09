// What becomes of a prompt that a policy is to keep, where it does not fit the budget. Pure.
import type { Settings } from "../../settings/settings";

type PromptParameters = Pick<Settings, "budgetSlots" | "windowSlots" | "isPromptProtected">;

/** In words; null where the prompt fits, or may be evicted like the rest. */
export function promptNote(policyId: string, parameters: PromptParameters, promptCount: number): string | null {
  const { budgetSlots, windowSlots, isPromptProtected } = parameters;
  const isToBeKept = policyId === "random" || isPromptProtected;
  if (!isToBeKept || promptCount <= budgetSlots - windowSlots) return null;
  const room = `The prompt has ${promptCount} tokens, but outside the window there is room for ${budgetSlots - windowSlots}.`;
  return policyId === "random"
    ? `${room} So this run keeps none of it by rule: every token is drawn for, the prompt’s included.`
    : `${room} So only part of it stays.`;
}
