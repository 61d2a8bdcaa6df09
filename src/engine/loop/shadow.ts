// A step of a run beside the same step of the full cache: compared with it, and where the run is forced, made to take its
// token. The comparison only reads: a run is the same with and without it, and its time and memory appear in none of the
// run's figures.

import type { LoyaltyRecord } from "../../trace/trace";
import type { ForwardResult } from "../backend";
import type { FullCache, FullStep } from "./fullCache";
import type { LetGo, LostAttention } from "./loyalty";
import { compareLogits, logProbabilityOf, lostAttentionOf } from "./loyalty";

/** The full cache that a run is compared with. */
export interface Shadow {
  readonly fullCache: FullCache;
  /**
   * Tokens that the full cache generated, which the run is fed instead of its own: shared by all lanes, so longer than the
   * run where another lane is ahead, and added to here. Null where the run follows its own. [step]
   */
  readonly forcedTokens: number[] | null;
}

/** A forward of the run, with the token that its own session drew. */
export interface RunForward {
  readonly result: ForwardResult;
  /** What the run took before. [step] */
  readonly pastTokens: readonly number[];
  /** What events before this step took out of the run's cache. */
  readonly letGo: LetGo;
  /** Of the run's forward at this step. */
  readonly readLogits: () => Promise<Float32Array>;
}

export interface ComparedStep {
  /** The step as the run takes it. */
  readonly result: ForwardResult;
  readonly loyalty: LoyaltyRecord;
}

/** Rejects with the signal's reason when aborted before the full cache is at this step; it can then be asked again. */
export async function compareStep(
  { fullCache, forcedTokens }: Shadow,
  { result, pastTokens, letGo, readLogits }: RunForward,
  signal?: AbortSignal,
): Promise<ComparedStep> {
  const { step } = result;
  const full = await fullCache.stepAt(step, pastTokens, signal);
  const [fullLogits, runLogits, lost, { token: fullToken }] = await Promise.all([
    full.logits,
    readLogits(),
    measureLost(full, letGo),
    full.result,
  ]);
  // A token that another lane has taken stays, even if a device that took the place of a lost one would draw another.
  const token = forcedTokens === null ? result.token : (forcedTokens[step] ??= fullToken);
  return {
    result: token === result.token ? result : { ...result, token, logProbability: logProbabilityOf(runLogits, token) },
    loyalty: { ...compareLogits(fullLogits, runLogits, token), ...lost },
  };
}

async function measureLost(full: FullStep, letGo: LetGo): Promise<LostAttention> {
  if (letGo.anywhere.length > 0) return lostAttentionOf(await full.attention(), letGo);
  return { lostAttention: new Float32Array(letGo.byHead.length), regret: new Float32Array(0) };
}
