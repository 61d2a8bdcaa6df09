// What happens to a prompt that should stay but does not fit the budget, in words. Pure.
import type { Settings } from "../../settings/settings";

type PromptSettings = Pick<Settings, "policyId" | "budgetSlots" | "windowSlots" | "isPromptProtected">;

/** In words; null where the prompt fits, or may be evicted like the rest. */
export function promptNote(settings: PromptSettings, promptCount: number): string | null {
  const { policyId, budgetSlots, windowSlots, isPromptProtected } = settings;
  const isToBeKept = policyId === "random" || isPromptProtected;
  if (!isToBeKept || promptCount <= budgetSlots - windowSlots) return null;
  const room = `The prompt has ${promptCount} tokens, but outside the window there is room for ${budgetSlots - windowSlots}.`;
  return policyId === "random"
    ? `${room} So this run protects none of it: any token outside the window may be evicted, the prompt’s included.`
    : `${room} So only part of it stays.`;
}
