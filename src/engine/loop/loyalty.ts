// What a step of the run is against the same step of the full cache: two distributions, and attention to what was let go.

import type { CacheState } from "../../cache/cacheState";
import { headCountOf, headRow, rowLength } from "../../cache/headRows";
import type { HeadRows } from "../../cache/headRows";
import { assert } from "../../lib/errors";
import type { LoyaltyRecord } from "../../trace/trace";

export type LogitComparison = Pick<LoyaltyRecord, "klNats" | "isTopAgreed" | "chosenRank">;
export type LostAttention = Pick<LoyaltyRecord, "lostAttention" | "regret">;

/** Positions that events have taken out of the cache so far, ascending. */
export interface LetGo {
  readonly byHead: readonly Int32Array[]; // [head] of positions
  readonly anywhere: Int32Array;
}

/** Logits of the next token in the full cache and in the run, and the token that the run chose. */
export function compareLogits(full: Float32Array, run: Float32Array, chosenToken: number): LogitComparison {
  assert(full.length === run.length, `${full.length} logits against ${run.length}`);
  const fullNorm = logSumOfExponentials(full);
  const runNorm = logSumOfExponentials(run);
  let klNats = 0;
  let chosenRank = 1;
  for (let token = 0; token < full.length; token++) {
    const logFull = full[token] - fullNorm;
    klNats += Math.exp(logFull) * (logFull - (run[token] - runNorm));
    // As candidates are ordered: the lower token first on a tie.
    const isAhead = full[token] > full[chosenToken] || (full[token] === full[chosenToken] && token < chosenToken);
    if (isAhead) chosenRank++;
  }
  // Never negative but for rounding, and exactly 0 for equal logits.
  return { klNats: Math.max(0, klNats), isTopAgreed: topToken(full) === topToken(run), chosenRank };
}

/** Natural logarithm of the probability of a token (temperature 1). */
export function logProbabilityOf(logits: Float32Array, token: number): number {
  return logits[token] - logSumOfExponentials(logits);
}

/** What is missing in each head of a cache into which `writtenCount` positions have been written. */
export function letGoOf(cache: CacheState, writtenCount: number): LetGo {
  const headCount = headCountOf(cache);
  const isGoneAnywhere = new Uint8Array(writtenCount);
  const byHead = Array.from({ length: headCount }, (_, head) => {
    const isHeld = new Uint8Array(writtenCount);
    for (const position of headRow(cache.positions, head)) isHeld[position] = 1;
    const gone = ascendingWhere(isHeld, 0);
    for (const position of gone) isGoneAnywhere[position] = 1;
    return gone;
  });
  return { byHead, anywhere: ascendingWhere(isGoneAnywhere, 1) };
}

/** `attention`: what the full cache's newest query pays to every position, in rows of positions. */
export function lostAttentionOf(attention: HeadRows<Float32Array>, { byHead, anywhere }: LetGo): LostAttention {
  const sums = new Float64Array(rowLength(attention, 0)); // [position]
  const lostAttention = Float32Array.from(byHead, (gone, head) => {
    const row = headRow(attention, head);
    let lost = 0;
    for (const position of gone) {
      lost += row[position];
      sums[position] += row[position];
    }
    return lost;
  });
  return { lostAttention, regret: Float32Array.from(anywhere, (position) => sums[position]) };
}

function logSumOfExponentials(logits: Float32Array): number {
  const maximum = logits[topToken(logits)];
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - maximum);
  return maximum + Math.log(sum);
}

/** The lowest token of the largest logit. */
function topToken(logits: Float32Array): number {
  let top = 0;
  for (let token = 1; token < logits.length; token++) if (logits[token] > logits[top]) top = token;
  return top;
}

function ascendingWhere(flags: Uint8Array, wanted: number): Int32Array {
  const found: number[] = [];
  for (let place = 0; place < flags.length; place++) if (flags[place] === wanted) found.push(place);
  return Int32Array.from(found);
}
