// The full cache: a session that evicts nothing, brought to any step of a run. A run that is compared
// has one to itself, which is fed the run's tokens; forced lanes share one, which generates the tokens of all.
//
//   run         prefill ─ token 0 ─► forward 1 ─ token 1 ─► forward 2 …      evicts at events
//   full cache  prefill ─ token 0 ─► forward 1 ─ token 1 ─► forward 2 …      one step behind, keeps every position

import type { HeadRows } from "../../cache/headRows";
import { assert, InputError } from "../../lib/errors";
import type { Backend, ForwardResult, Session } from "../backend";
import { createBreather } from "../giveWay";
import { createHolder } from "./holder";
import type { RunPlan } from "./runPlan";

/** Catching up gives way after this much work, so that it can be stopped. */
const SLICE_MS = 25;

/** One forward of the full cache, with what can be read from it until the next one starts. */
export interface FullStep {
  /** What it generated itself. */
  readonly result: Promise<ForwardResult>;
  readonly logits: Promise<Float32Array>;
  /** What its newest query pays to every position, measured when first asked for. Rows of positions */
  attention(): Promise<HeadRows<Float32Array>>;
}

export interface FullCache {
  /**
   * The forward of this step, fed `tokens` before it; the same one again for the next lane that asks. Rejects with the
   * signal's reason when aborted in the prefill or on the way to the step.
   */
  stepAt(step: number, tokens: readonly number[], signal?: AbortSignal): Promise<FullStep>;
  /** Makes room for this many new tokens; throws InputError if there is none, and keeps the room it had. */
  makeRoom(newTokens: number): Promise<void>;
  dispose(): void;
}

export interface FullCacheRequest {
  readonly plan: RunPlan;
  readonly promptTokens: Int32Array;
  readonly newTokens: number;
  /** Why the run needs it, for the message when there is no room. */
  readonly purpose: "compare" | "follow";
}

/** Throws InputError if the full cache has no room next to the run. */
export async function createFullCache(
  backend: Backend,
  { plan, promptTokens, newTokens, purpose }: FullCacheRequest,
): Promise<FullCache> {
  const holder = await createHolder(openSession, newTokens, plan.maxPositions - plan.promptCount);
  let startedCount = 0; // forwards
  let newest: FullStep | null = null;
  let isSpoilt = false; // left in the middle of its prefill

  async function openSession(roomTokens: number): Promise<Session> {
    try {
      return await backend.createSession(plan.fullCacheRequest(roomTokens));
    } catch (error) {
      throw error instanceof InputError ? new InputError(refusal(purpose, error.message)) : error;
    }
  }

  const reset = (): void => {
    startedCount = 0;
    newest = null;
    isSpoilt = false;
  };

  const startForward = async (tokens: readonly number[], signal?: AbortSignal): Promise<void> => {
    newest = null;
    if (startedCount === 0) {
      isSpoilt = true; // until the prefill has been done to the end
      await holder.present.prefill(promptTokens, signal);
      isSpoilt = false;
    } else holder.present.decode(tokens[startedCount - 1]);
    startedCount++;
  };

  const catchUp = async (step: number, tokens: readonly number[], signal?: AbortSignal): Promise<void> => {
    const breather = createBreather(SLICE_MS);
    while (startedCount < step) {
      await breather.breathe(signal);
      await startForward(tokens, signal);
      await holder.present.collect();
    }
  };

  const stepAt: FullCache["stepAt"] = async (step, tokens, signal) => {
    if (newest !== null && startedCount === step + 1) return newest;
    assert(tokens.length >= step, `${tokens.length} tokens do not lead to step ${step}`);
    // A continued lane may lie behind. An earlier step cannot be read again, so the full cache starts over.
    if (isSpoilt || startedCount > step) {
      await holder.renew();
      reset();
    }
    await catchUp(step, tokens, signal);
    await startForward(tokens, signal);
    newest = outcomeOf(holder.present);
    return newest;
  };

  return {
    stepAt,
    async makeRoom(roomTokens) {
      if (roomTokens <= holder.roomTokens) return;
      reset();
      await holder.growTo(roomTokens);
    },
    dispose: () => holder.dispose(),
  };
}

/** All requested at once: on a GPU each separate answer costs a round trip. */
function outcomeOf(session: Session): FullStep {
  const logits = session.readLogits();
  const result = session.collect();
  let attention: Promise<HeadRows<Float32Array>> | null = null;
  // The caller awaits both, so a failure of either reaches it; without this the second would count as unhandled.
  for (const answer of [logits, result]) answer.catch(() => undefined);
  return { result, logits, attention: () => (attention ??= measureAttention(session)) };
}

async function measureAttention(session: Session): Promise<HeadRows<Float32Array>> {
  const { windowAttention } = (await session.measureTerms()).terms;
  assert(windowAttention !== undefined, "the full cache measures the attention of its newest query");
  return windowAttention;
}

function refusal(purpose: FullCacheRequest["purpose"], reason: string): string {
  return purpose === "compare"
    ? `the full cache to compare with finds no room next to the run: ${reason}; ` +
        "run without the comparison, or for fewer tokens"
    : `the full cache that the lanes follow finds no room: ${reason}; ` +
        "ask for fewer tokens, or let each lane follow its own";
}
