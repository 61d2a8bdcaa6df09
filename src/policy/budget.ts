// When an event falls, how many slots may stay, and how many slots a run needs (methods sections 2 and 3, step 0).
import type { Policy, PolicyParameters } from "./policy";

type BudgetRule = Pick<PolicyParameters, "budgetSlots" | "budgetMode" | "compressRatio">;
type ScheduleRule = Pick<PolicyParameters, "schedule" | "intervalSteps">;

/** Steps from one event to the next; infinite where only the prompt's event takes place. */
export function eventInterval({ schedule, intervalSteps }: ScheduleRule): number {
  return schedule === "once" ? Infinity : intervalSteps;
}

/** Events fall on forwards 0, s, 2s, …, counted in forwards and not in tokens of text; with an infinite s on 0 alone. */
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
  parameters: BudgetRule & ScheduleRule,
  { promptCount, decodeCount }: { promptCount: number; decodeCount: number },
): number {
  const textLength = promptCount + decodeCount;
  if (!policy.isEvicting) return textLength;
  const interval = eventInterval(parameters);
  const lastEventLength = interval === Infinity ? promptCount : textLength;
  const largestBudget = Math.max(parameters.budgetSlots, budgetInForce(parameters, lastEventLength));
  return Math.min(textLength, Math.max(promptCount, largestBudget + Math.min(interval, decodeCount)));
}

/**
 * The share r of a cache that has to leave so that ⌊length·(1 − r)⌋ slots stay, which a scorer that takes shares needs:
 * up to 20 bisections (NVIDIA/kvpress 8bb29b9, decoding_press.py: _find_target_compression_ratio).
 */
export function evictedShare(lengthSlots: number, keptSlots: number): number {
  if (lengthSlots <= keptSlots) return 0;
  let [low, high, evicted] = [0, 1, 1 - keptSlots / lengthSlots];
  for (let bisection = 0; bisection < 20; bisection++) {
    const kept = keptOfShare(lengthSlots, evicted);
    if (kept === keptSlots) break;
    if (kept > keptSlots) low = evicted;
    else high = evicted;
    evicted = (low + high) / 2;
  }
  return evicted;
}

/** ⌊length·(1 − r)⌋ as KVPress counts what stays of a cache: a share such as 0.3 can land one lower. */
export function keptOfShare(lengthSlots: number, evictedShare: number): number {
  return Math.floor(lengthSlots * (1 - evictedShare));
}
