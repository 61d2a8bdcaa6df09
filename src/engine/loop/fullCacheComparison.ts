// Compares a step of a run with the same step of the full cache (two distributions, and the attention that goes to evicted
// positions), and in forced lanes replaces the run's token by the full cache's. A run is the same with and without the
// comparison, whose time and memory count in none of the run's figures.

import type { CacheState } from "../../cache/cacheState";
import { headCountOf, headRow, rowLength } from "../../cache/headRows";
import type { HeadRows } from "../../cache/headRows";
import { assert } from "../../lib/errors";
import type { FullCacheComparison } from "../../trace/trace";
import type { ForwardResult } from "../backend";
import type { FullCache, FullStep } from "./fullCache";

type LogitComparison = Pick<FullCacheComparison, "klNats" | "isTopAgreed" | "chosenRank">;
type LostAttention = Pick<FullCacheComparison, "lostAttention" | "regret">;

/** Positions that events have evicted so far, ascending. */
export interface EvictedPositions {
  readonly byHead: readonly Int32Array[]; // [head] of positions
  /** By at least one head. */
  readonly anywhere: Int32Array;
}

/** The full cache that a run is compared with. */
export interface ComparedFullCache {
  readonly fullCache: FullCache;
  /**
   * The tokens that the full cache generated, which forced lanes are fed; null for a run that follows its own. All lanes
   * share the array and append to it, so it is longer than the run while another lane is ahead. [step]
   */
  readonly forcedTokens: number[] | null;
  /** Of forced lanes: what generates their next token, if it is the full cache of another model. Absent: this full cache. */
  readonly nextForcedToken?: (step: number, tokens: readonly number[], signal?: AbortSignal) => Promise<number>;
}

/** A forward of the run, with the token that its own session drew. */
export interface RunForward {
  readonly result: ForwardResult;
  /** The run's tokens before this step. [step] */
  readonly pastTokens: readonly number[];
  /** By the events before this step. */
  readonly evicted: EvictedPositions;
  /** Of the run's forward at this step. */
  readonly readLogits: () => Promise<Float32Array>;
}

export interface ComparedStep {
  /** The step as the run takes it. */
  readonly result: ForwardResult;
  readonly comparison: FullCacheComparison;
  /** Of the run's own forward. */
  readonly logits: Float32Array;
}

/** Rejects with the signal's reason if aborted before the full cache reaches this step; the call can then be repeated. */
export async function compareStep(
  { fullCache, forcedTokens, nextForcedToken }: ComparedFullCache,
  { result, pastTokens, evicted, readLogits }: RunForward,
  signal?: AbortSignal,
): Promise<ComparedStep> {
  const { step } = result;
  const full = await fullCache.stepAt(step, pastTokens, signal);
  const [fullLogits, runLogits, lost, { token: fullToken }] = await Promise.all([
    full.logits,
    readLogits(),
    measureLost(full, evicted),
    full.result,
  ]);
  // A token that another lane has taken stays, even if the device that replaced a lost one would draw another.
  const token =
    forcedTokens === null
      ? result.token
      : (forcedTokens[step] ??= (await nextForcedToken?.(step, pastTokens, signal)) ?? fullToken);
  return {
    result: token === result.token ? result : { ...result, token, logProbability: logProbabilityOf(runLogits, token) },
    comparison: { ...compareLogits(fullLogits, runLogits, token), ...lost },
    logits: runLogits,
  };
}

async function measureLost(full: FullStep, evicted: EvictedPositions): Promise<LostAttention> {
  if (evicted.anywhere.length > 0) return lostAttentionOf(await full.attention(), evicted);
  return { lostAttention: new Float32Array(evicted.byHead.length), regret: new Float32Array(0) };
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
    // The order of candidates: on a tie the lower token first.
    const isAhead = full[token] > full[chosenToken] || (full[token] === full[chosenToken] && token < chosenToken);
    if (isAhead) chosenRank++;
  }
  // Only rounding makes it negative; equal logits give exactly 0.
  return { klNats: Math.max(0, klNats), isTopAgreed: topToken(full) === topToken(run), chosenRank };
}

/** Natural logarithm of the probability of a token (temperature 1). */
export function logProbabilityOf(logits: Float32Array, token: number): number {
  return logits[token] - logSumOfExponentials(logits);
}

/** The positions missing from each head of a cache into which `writtenCount` positions have been written. */
export function evictedPositions(cache: CacheState, writtenCount: number): EvictedPositions {
  const headCount = headCountOf(cache);
  const isEvicted = new Uint8Array(writtenCount);
  const byHead = Array.from({ length: headCount }, (_, head) => {
    const isHeld = new Uint8Array(writtenCount);
    for (const position of headRow(cache.positions, head)) isHeld[position] = 1;
    const evicted = ascendingWhere(isHeld, 0);
    for (const position of evicted) isEvicted[position] = 1;
    return evicted;
  });
  return { byHead, anywhere: ascendingWhere(isEvicted, 1) };
}

/** `attention`: what the full cache's newest query pays to every position. Rows of positions */
export function lostAttentionOf(
  attention: HeadRows<Float32Array>,
  { byHead, anywhere }: EvictedPositions,
): LostAttention {
  const sums = new Float64Array(rowLength(attention, 0)); // [position]
  const lostAttention = Float32Array.from(byHead, (evicted, head) => {
    const row = headRow(attention, head);
    let lost = 0;
    for (const position of evicted) {
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
