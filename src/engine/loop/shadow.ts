// The full cache beside a run: a second session that forgets nothing and is fed the run's own tokens, so that every
// step of the run can be compared with what it would have been. It only reads: the run is the same with and without it.
//
//   run     prefill ─ token 0 ─► forward 1 ─ token 1 ─► forward 2 …      evicts at events
//   shadow  prefill ─ token 0 ─► forward 1 ─ token 1 ─► forward 2 …      one step behind, keeps every position

import type { CacheState } from "../../cache/cacheState";
import { assert, InputError } from "../../lib/errors";
import type { LoyaltyRecord } from "../../trace/trace";
import type { Backend, Session, SessionRequest } from "../backend";
import type { DecodeLoopRequest } from "../decodeLoop";
import { createBreather } from "../giveWay";
import type { LetGo, LostAttention } from "./loyalty";
import { compareLogits, letGoOf, lostAttentionOf } from "./loyalty";

/** Catching up gives way after this much work, so that it can be stopped. */
const SLICE_MS = 25;

export interface ComparedStep {
  readonly step: number;
  /** What the run generated at this step. */
  readonly token: number;
  readonly logits: Float32Array;
  /** What it generated before. [step] */
  readonly pastTokens: readonly number[];
}

export interface Shadow {
  /** The run's cache after an event, with `writtenCount` positions written so far. */
  noteEviction(cache: CacheState, writtenCount: number): void;
  /** Follows the run to this step and compares. Rejects with the signal's reason when aborted while it has more than one step to go. */
  compare(run: ComparedStep, signal?: AbortSignal): Promise<LoyaltyRecord>;
  dispose(): void;
}

/** Throws InputError in plain words where the full cache has no room beside the run. */
export async function createShadow(
  backend: Backend,
  request: SessionRequest,
  { model, promptTokens }: Pick<DecodeLoopRequest, "model" | "promptTokens">,
): Promise<Shadow> {
  const session = await openSession(backend, request);
  const headCount = model.config.layerCount * model.config.kvHeadCount;
  let followedCount = 0; // forwards
  let letGo: LetGo | null = null;

  const follow = async ({ step, pastTokens }: ComparedStep, signal?: AbortSignal): Promise<void> => {
    const breather = createBreather(SLICE_MS);
    // A single step is not worth stopping for: whoever stops it has to begin again.
    const isCatchingUp = followedCount < step;
    while (followedCount <= step) {
      if (isCatchingUp) await breather.breathe(signal);
      if (followedCount === 0) await session.prefill(promptTokens, signal);
      else session.decode(pastTokens[followedCount - 1]);
      await session.collect();
      followedCount++;
    }
    assert(followedCount === step + 1, `the full cache is at step ${followedCount - 1}, the run at ${step}`);
  };

  const measureLost = async (): Promise<LostAttention> => {
    if (letGo === null) return { lostAttention: new Float32Array(headCount), regret: new Float32Array(0) };
    const { windowAttention } = await session.measureTerms();
    assert(windowAttention !== undefined, "the full cache measures the attention of its newest query");
    return lostAttentionOf(windowAttention, letGo);
  };

  return {
    noteEviction(cache, writtenCount) {
      letGo = letGoOf(cache, writtenCount);
    },
    async compare(run, signal) {
      await follow(run, signal);
      return { ...compareLogits(await session.readLogits(), run.logits, run.token), ...(await measureLost()) };
    },
    dispose: () => session.dispose(),
  };
}

async function openSession(backend: Backend, request: SessionRequest): Promise<Session> {
  try {
    return await backend.createSession(request);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      `the full cache to compare with finds no room beside the run: ${error.message}; ` +
        "run without the comparison, or for fewer tokens",
    );
  }
}
