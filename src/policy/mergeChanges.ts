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
  const biased = new Float64Array(logits.length);
  for (let slot = 0; slot < biased.length; slot++) biased[slot] = logits[slot] + logBias[slot];
  return softmax(biased);
}

/** What the value of each slot before the event counts in the output after it; without a plan the evicted are dropped. [slot] */
export function sharesAfter(query: QueryLogits, plan: Pick<HeadMergePlan, "pairs" | "logBias"> | null): Float64Array {
  const { logits, queryProduct, logBias, survivors } = query;
  const pairs = plan?.pairs ?? [];
  const isMerged = new Uint8Array(survivors.length);
  const ofNewKey = new Float64Array(survivors.length); // its logit
  for (const { target, source, keyWeight } of pairs) {
    isMerged[target] = 1;
    ofNewKey[target] += keyWeight * (source === QUERY_SOURCE ? queryProduct : logits[source]);
  }
  const biased = new Float64Array(survivors.length);
  for (let target = 0; target < biased.length; target++) {
    const bias = plan === null ? logBias[survivors[target]] : plan.logBias[target];
    biased[target] = (isMerged[target] === 1 ? ofNewKey[target] : logits[survivors[target]]) + bias;
  }
  const shares = softmax(biased);
  const counted = new Float64Array(logits.length);
  for (let target = 0; target < shares.length; target++) {
    if (isMerged[target] === 0) counted[survivors[target]] = shares[target];
  }
  for (const { target, source, valueWeight } of pairs) {
    if (source !== QUERY_SOURCE) counted[source] += shares[target] * valueWeight;
  }
  return counted;
}

/** In place. */
function softmax(logits: Float64Array): Float64Array {
  let largest = -Infinity;
  for (let slot = 0; slot < logits.length; slot++) if (logits[slot] > largest) largest = logits[slot];
  let total = 0;
  for (let slot = 0; slot < logits.length; slot++) {
    logits[slot] = Math.exp(logits[slot] - largest);
    total += logits[slot];
  }
  for (let slot = 0; slot < logits.length; slot++) logits[slot] /= total;
  return logits;
}
