// The full cache beside a run: a second session that forgets nothing and is fed the run's own tokens, so that every
// step of the run can be compared with what it would have been. It only reads: the run is the same with and without it,
// and its time and memory appear in none of the run's figures.
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
  /** What it generated before. [step] */
  readonly pastTokens: readonly number[];
  /** Of the run's forward at this step. */
  readLogits(): Promise<Float32Array>;
}

export interface Shadow {
  /** The run's cache after an event, with `writtenCount` positions written so far. */
  noteEviction(cache: CacheState, writtenCount: number): void;
  /** Follows the run to this step and compares. Rejects with the signal's reason when aborted in its prefill or while it catches up. */
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
  let startedCount = 0; // forwards
  let letGo: LetGo | null = null;

  const startForward = async ({ pastTokens }: ComparedStep, signal?: AbortSignal): Promise<void> => {
    if (startedCount === 0) await session.prefill(promptTokens, signal);
    else session.decode(pastTokens[startedCount - 1]);
    startedCount++;
  };

  const catchUp = async (run: ComparedStep, signal?: AbortSignal): Promise<void> => {
    const breather = createBreather(SLICE_MS);
    while (startedCount < run.step) {
      await breather.breathe(signal);
      await startForward(run, signal);
      await session.collect();
    }
    assert(startedCount === run.step, `the full cache is at step ${startedCount}, the run at ${run.step}`);
  };

  const measureLost = async (): Promise<LostAttention> => {
    if (letGo === null) return { lostAttention: new Float32Array(headCount), regret: new Float32Array(0) };
    const { windowAttention } = (await session.measureTerms()).terms;
    assert(windowAttention !== undefined, "the full cache measures the attention of its newest query");
    return lostAttentionOf(windowAttention, letGo);
  };

  return {
    noteEviction(cache, writtenCount) {
      letGo = letGoOf(cache, writtenCount);
    },
    async compare(run, signal) {
      await catchUp(run, signal);
      await startForward(run, signal);
      // Asked for all at once: on a GPU every answer on its own is a round trip.
      const [full, chosenFrom, lost] = await Promise.all([
        session.readLogits(),
        run.readLogits(),
        measureLost(),
        session.collect(),
      ]);
      return { ...compareLogits(full, chosenFrom, run.token), ...lost };
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
