// How much a merge moves the newest query's attention output: o′ − o is a sum of values weighed by what each slot gets more or
// less, so logits and weights say everything but the norm of that sum, which the backend gives.
import { QUERY_SOURCE } from "./zipMerge";
import type { HeadMergePlan } from "./merging";

/** Mixes of values measured for a query head: its output, and how it moves in each of four outcomes (decideMerges.ts). */
export const MIXES_PER_QUERY = 5;

/** One query head over the slots of its KV head, before an event. */
export interface QueryLogits {
  readonly logits: ArrayLike<number>; // q·k/√d [slot]
  /** q·q̄/√d of this query and the mean over its group. */
  readonly queryProduct: number;
  readonly logBias: ArrayLike<number>; // [slot]
  readonly survivors: ArrayLike<number>; // slots, ascending
}

/** Attention that each slot gets before the event. [slot] */
export function sharesBefore({ logits, logBias }: QueryLogits): Float64Array {
  return softmax(Float64Array.from(logits, (logit, slot) => logit + logBias[slot]));
}

/** What the value of each slot before the event counts in the output after it; without a plan the evicted are dropped. [slot] */
export function sharesAfter(query: QueryLogits, plan: Pick<HeadMergePlan, "pairs" | "logBias"> | null): Float64Array {
  const { logits, queryProduct, logBias, survivors } = query;
  const merged = new Map<number, number>(); // target → logit of its new key
  for (const { target, source, keyWeight } of plan?.pairs ?? []) {
    const product = source === QUERY_SOURCE ? queryProduct : logits[source];
    merged.set(target, (merged.get(target) ?? 0) + keyWeight * product);
  }
  const shares = softmax(
    Float64Array.from(survivors, (slot, target) => {
      const bias = plan === null ? logBias[slot] : plan.logBias[target];
      return (merged.get(target) ?? logits[slot]) + bias;
    }),
  );
  const counted = new Float64Array(logits.length);
  shares.forEach((share, target) => {
    if (!merged.has(target)) counted[survivors[target]] += share;
  });
  for (const { target, source, valueWeight } of plan?.pairs ?? []) {
    if (source !== QUERY_SOURCE) counted[source] += shares[target] * valueWeight;
  }
  return counted;
}

function softmax(logits: Float64Array): Float64Array {
  const largest = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  const weights = logits.map((logit) => Math.exp(logit - largest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
