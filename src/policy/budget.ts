// When an event falls, how many slots may stay, and how many slots a run needs (methods sections 2 and 3, step 0).
import type { Policy, PolicyParameters } from "./policy";

type BudgetRule = Pick<PolicyParameters, "budgetSlots" | "budgetMode" | "compressRatio">;

/** Events fall on forwards 0, s, 2s, …, counted in forwards and not in tokens of text. */
export function isEventStep(step: number, intervalSteps: number): boolean {
  return step % intervalSteps === 0;
}

/** Which event a step is: 0 at the prefill. */
export function eventOfStep(step: number, intervalSteps: number): number {
  return step / intervalSteps;
}

/** B in force when `textLength` = prompt + decoded tokens have been seen. In ratio mode B is a floor that grows. */
export function budgetInForce({ budgetSlots, budgetMode, compressRatio }: BudgetRule, textLength: number): number {
  const isGrowing = budgetMode === "ratio" && budgetSlots / textLength < compressRatio;
  return isGrowing ? Math.floor(textLength * compressRatio) : budgetSlots;
}

/**
 * KV slots to allocate per layer and KV head for a prompt and so many further forwards. Between events the cache grows
 * by one slot per forward, from at most B to at most B + s; it never exceeds the text.
 */
export function slotCapacity(
  policy: Pick<Policy, "isEvicting">,
  parameters: BudgetRule & Pick<PolicyParameters, "intervalSteps">,
  { promptCount, decodeCount }: { promptCount: number; decodeCount: number },
): number {
  const textLength = promptCount + decodeCount;
  if (!policy.isEvicting) return textLength;
  const largestBudget = Math.max(parameters.budgetSlots, budgetInForce(parameters, textLength));
  return Math.min(textLength, Math.max(promptCount, largestBudget + parameters.intervalSteps));
}
