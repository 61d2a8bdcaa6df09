// The reference's decode loop (methods section 2) over a backend session: forwards, events, survivors.
// An event falls on steps 0, s, 2s, …; it acts only when n > B, after the forward of that step has seen everything.
//
//   started   ──●──●──●──●──●  up to ringDepth forwards beyond the last result, never beyond an event that acts
//   collected ──●──●           results in order; the event of a step runs when its result has been collected

import { assert } from "../lib/errors";
import type { Tokenizer } from "../model/tokenizer";
import type { EvictionEvent, LoyaltyRecord, MemorySummary, StepTimings } from "../trace/trace";
import type { Backend, ForwardResult, Model } from "./backend";
import { checkLength } from "./loop/checkRecipe";
import { requireInteger } from "./loop/requireNumber";
import { createRunPlan } from "./loop/runPlan";
import type { SessionRunner } from "./loop/sessionRunner";
import { createSessionRunner } from "./loop/sessionRunner";
import type { RunRecipe } from "./protocol";

export interface DecodeLoopRequest {
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  readonly promptTokens: Int32Array;
  readonly recipe: RunRecipe;
}

/** What must be known of an eviction to do it again. */
export type RecordedEviction = Pick<EvictionEvent, "step" | "candidateCount" | "survivors" | "carry">;

/** What a lost backend had done: fed again to a new one, so that the run goes on at its step with the same tokens. */
export interface DecodeLoopHistory {
  readonly tokens: readonly number[]; // [step]
  readonly evictions: readonly RecordedEviction[];
  /** How many tokens the run may generate; the recipe's maxNewTokens where it was never extended. */
  readonly tokenLimit?: number;
}

export interface LoopStep {
  readonly result: ForwardResult;
  readonly eviction: EvictionEvent | null;
  /** Where the recipe asks for the comparison with the full cache. */
  readonly loyalty: LoyaltyRecord | null;
  readonly timings: StepTimings;
  /** Set on the last step. */
  readonly end: "stopToken" | "length" | null;
}

export interface DecodeLoop {
  readonly memory: MemorySummary;
  /** The next step in order. Starts as many forwards as are useful before it waits. Must not be called again after `end` unless extended. */
  next(signal?: AbortSignal): Promise<LoopStep>;
  /** Allows this many more tokens after the end; throws InputError when the model's positions do not suffice and says what would. */
  extend(extraTokens: number): Promise<void>;
  /** What happened so far, in arrays of its own: those of the steps may have been transferred. */
  history(): DecodeLoopHistory;
  dispose(): void;
}

export type CreateDecodeLoop = (
  backend: Backend,
  request: DecodeLoopRequest,
  history?: DecodeLoopHistory,
) => Promise<DecodeLoop>;

/** Throws InputError for a recipe that this model cannot run. The prefill, and any history, run in the first `next`. */
export const createDecodeLoop: CreateDecodeLoop = async (backend, request, history) => {
  const plan = createRunPlan(request);
  const stopTokens = new Set(request.model.config.stopTokens);
  const tokens: number[] = [...(history?.tokens ?? [])]; // [step], of the steps collected
  const evictions: RecordedEviction[] = [...(history?.evictions ?? [])];
  let tokenLimit = history?.tokenLimit ?? request.recipe.maxNewTokens;
  let hasEnded = false;
  let roomTokens = tokenLimit; // what the session has room for
  let runner = await createSessionRunner(backend, request, plan, roomTokens);

  const next = async (signal?: AbortSignal): Promise<LoopStep> => {
    assert(!hasEnded && tokens.length < tokenLimit, "the run has ended; extend it first");
    signal?.throwIfAborted();
    const calledMs = performance.now();
    await runner.catchUp({ tokens, evictions }, signal);
    runner.startForwards(tokenLimit);
    const result = await runner.collect();
    assert(result.step === tokens.length, `step ${result.step} arrived in place of ${tokens.length}`);
    const collectedMs = performance.now();
    const loyalty = await runner.compare(result, { tokens, evictions }, signal);
    const comparedMs = performance.now();
    const eviction = await runner.runEvent(result.step);
    if (eviction !== null) evictions.push(recordEviction(eviction));
    tokens.push(result.token);
    const end = stopTokens.has(result.token) ? "stopToken" : tokens.length === tokenLimit ? "length" : null;
    hasEnded = end !== null;
    const timings: StepTimings = {
      // Time inside this call only: a pause of the caller is no computing. Nor is the comparison: it is no part of the run.
      computeMs: Math.max(0, collectedMs - calledMs - result.readBackMs),
      eventMs: performance.now() - comparedMs,
      readBackMs: result.readBackMs,
    };
    return { result, eviction, loyalty, timings, end };
  };

  const extend = async (extraTokens: number): Promise<void> => {
    requireInteger("extraTokens", extraTokens, { least: 1, most: 2 ** 31 });
    const text = { label: "the text so far", tokenCount: plan.promptCount + tokens.length };
    checkLength(text, extraTokens, plan.maxPositions);
    const extendedLimit = tokens.length + extraTokens;
    if (!runner.hasRoomFor(extendedLimit)) await makeRoom(extendedLimit);
    tokenLimit = extendedLimit;
    hasEnded = false;
  };

  /** A larger session, or, where there is no room for one, one as before: the run can still be continued by less. */
  const makeRoom = async (newTokens: number): Promise<void> => {
    // Room for as much again, so that a run continued in small steps is not done again at each of them.
    const roomy = Math.min(2 * newTokens, plan.maxPositions - plan.promptCount);
    runner.dispose(); // first: two sessions might not fit side by side
    try {
      runner = await openRunner(roomy).catch(() => openRunner(newTokens));
    } catch (error) {
      runner = await openRunner(roomTokens);
      throw error;
    }
  };

  const openRunner = async (newTokens: number): Promise<SessionRunner> => {
    const opened = await createSessionRunner(backend, request, plan, newTokens);
    roomTokens = newTokens;
    return opened;
  };

  return {
    get memory() {
      return runner.memory;
    },
    next,
    extend,
    history: () => ({ tokens: [...tokens], evictions: [...evictions], tokenLimit }),
    dispose: () => runner.dispose(),
  };
};

/** Copies: the event's own arrays may be transferred to the page. */
function recordEviction({ step, candidateCount, survivors, carry }: EvictionEvent): RecordedEviction {
  return { step, candidateCount, survivors: survivors.slice(), carry: carry.slice() };
}
