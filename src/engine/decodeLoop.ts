// The reference's decode loop (methods section 2) over a backend session: forwards, events, survivors.
// An event falls on steps 0, s, 2s, …; it acts only when n > B, after the forward of that step has seen everything.
//
//   started   ──●──●──●──●──●  up to ringDepth forwards beyond the last result, never beyond an event that acts
//   collected ──●──●           results in order; the event of a step runs when its result has been collected
//
// A run that is compared with the full cache, or fed the tokens of another run, has one forward in flight: each step is
// compared, and perhaps fed another token, before the next.

import { copyRows, emptyRows, rowCount } from "../cache/headRows";
import { assert } from "../lib/errors";
import type { EvictionEvent, FullCacheComparison, MemorySummary, StepTimings } from "../trace/trace";
import type { Backend, ForwardResult } from "./backend";
import { createFullCache } from "./loop/fullCache";
import type { ComparedFullCache } from "./loop/fullCacheComparison";
import { compareStep, logProbabilityOf } from "./loop/fullCacheComparison";
import { createHolder } from "./loop/holder";
import type { PlannedRun } from "./loop/runPlan";
import { checkLength, createRunPlan, requireInteger } from "./loop/runPlan";
import type { RecordedEviction } from "./loop/sessionRunner";
import { createSessionRunner } from "./loop/sessionRunner";

export interface DecodeLoopRequest extends PlannedRun {
  /** The full cache that forced lanes follow; the loop does not dispose of it. Absent: the loop opens its own if the recipe asks for the comparison. */
  readonly sharedFullCache?: ComparedFullCache;
}

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
  /** Null for a run that is not compared with the full cache. */
  readonly comparison: FullCacheComparison | null;
  /** As in StepRecord. */
  readonly ownToken?: number;
  /** The run's own, where it is compared; they may be the session's, and hold until the next step. */
  readonly logits?: Float32Array;
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

interface DrawnStep {
  readonly result: ForwardResult;
  readonly computeMs: number;
}

/** Throws InputError for a recipe that this model cannot run. The prefill, and any history, run in the first `next`. */
export const createDecodeLoop: CreateDecodeLoop = async (backend, request, history) => {
  const plan = createRunPlan(request);
  const stopTokens = new Set(request.model.config.stopTokens);
  const tokens: number[] = [...(history?.tokens ?? [])]; // [step], of the steps collected
  const evictions: RecordedEviction[] = [...(history?.evictions ?? [])];
  const fedTokens = request.sharedFullCache === undefined ? (request.recipe.fedTokens ?? []) : [];
  let drawn: DrawnStep | null = null; // collected, but put off by a pause before it was done
  let tokenLimit = history?.tokenLimit ?? request.recipe.maxNewTokens;
  let hasEnded = false;
  const openRunner = (newTokens: number) => createSessionRunner(backend, request, plan, newTokens);
  const holder = await createHolder(openRunner, tokenLimit, plan.maxPositions - plan.promptCount);
  const compared = await openCompared().catch((error: unknown) => {
    holder.dispose();
    throw error;
  });

  async function openCompared(): Promise<ComparedFullCache | null> {
    const { sharedFullCache, promptTokens, recipe } = request;
    if (sharedFullCache !== undefined) {
      await sharedFullCache.fullCache.makeRoom(tokenLimit);
      return sharedFullCache;
    }
    if (recipe.isCompared !== true) return null;
    const wanted = { plan, promptTokens, newTokens: tokenLimit, purpose: "compare" } as const;
    return { fullCache: await createFullCache(backend, wanted), forcedTokens: null };
  }

  const draw = async (): Promise<DrawnStep> => {
    const calledMs = performance.now();
    const { present } = holder;
    if (compared === null && fedTokens.length === 0) present.startForwards(tokenLimit);
    else present.startForwards(tokens.length + 1, tokens.at(-1));
    const result = await present.collect();
    assert(result.step === tokens.length, `step ${result.step} arrived in place of ${tokens.length}`);
    return { result, computeMs: Math.max(0, performance.now() - calledMs - result.readBackMs) };
  };

  const compare = async (
    result: ForwardResult,
    signal?: AbortSignal,
  ): Promise<Pick<LoopStep, "result" | "comparison" | "logits">> => {
    if (compared === null) return { result, comparison: null };
    const { present } = holder;
    const step = {
      result,
      pastTokens: tokens,
      evicted: present.evictedPositions(),
      readLogits: () => present.readLogits(),
    };
    return compareStep(compared, step, signal);
  };

  /** The step with the token that it is fed, where that is not the one that it chose. */
  const feed = async (result: ForwardResult): Promise<Pick<LoopStep, "result" | "ownToken">> => {
    const token = fedTokens.at(result.step) ?? result.token;
    if (token === result.token) return { result };
    const logProbability = logProbabilityOf(await holder.present.readLogits(), token);
    return { result: { ...result, token, logProbability }, ownToken: result.token };
  };

  const next = async (signal?: AbortSignal): Promise<LoopStep> => {
    assert(!hasEnded && tokens.length < tokenLimit, "the run has ended; extend it first");
    signal?.throwIfAborted();
    const calledMs = performance.now();
    await holder.present.catchUp({ tokens, evictions }, signal);
    const caughtUpMs = performance.now() - calledMs;
    drawn ??= await draw();
    const { result: own, comparison, logits } = await compare(drawn.result, signal);
    const { result, ...fed } = await feed(own);
    const comparedMs = performance.now();
    const eviction = await holder.present.runEvent(result.step);
    if (eviction !== null) {
      evictions.push(recordEviction(eviction));
      const old = evictions.length - 1 - CARRIES_KEPT;
      if (old >= 0)
        evictions[old] = { ...evictions[old], carry: emptyRows(rowCount(evictions[old].carry), Float32Array) };
    }
    tokens.push(result.token);
    const end = stopTokens.has(result.token) ? "stopToken" : tokens.length === tokenLimit ? "length" : null;
    hasEnded = end !== null;
    const timings: StepTimings = {
      // Time inside this call only: a pause of the caller is no computing. Nor is the comparison: it is no part of the run.
      computeMs: caughtUpMs + drawn.computeMs,
      eventMs: performance.now() - comparedMs,
      readBackMs: result.readBackMs,
    };
    drawn = null;
    return { result, ...fed, eviction, comparison, ...(logits !== undefined && { logits }), timings, end };
  };

  const extend = async (extraTokens: number): Promise<void> => {
    requireInteger("extraTokens", extraTokens, { least: 1, most: 2 ** 31 });
    const text = { label: "the text so far", tokenCount: plan.promptCount + tokens.length };
    checkLength(text, extraTokens, plan.maxPositions);
    const extendedLimit = tokens.length + extraTokens;
    if (!holder.present.hasRoomFor(extendedLimit)) await holder.growTo(extendedLimit);
    await compared?.fullCache.makeRoom(extendedLimit);
    tokenLimit = extendedLimit;
    hasEnded = false;
  };

  return {
    get memory() {
      return holder.present.memory;
    },
    next,
    extend,
    history: () => ({ tokens: [...tokens], evictions: [...evictions], tokenLimit }),
    dispose: () => {
      holder.dispose();
      if (request.sharedFullCache === undefined) compared?.fullCache.dispose();
    },
  };
};

/** Only the next event reads carried scores: the last event's, or those before it where a backend was lost with the last. */
const CARRIES_KEPT = 2;

/** Copies: the event's own arrays may be transferred to the page. */
function recordEviction({ step, survivors, carry, merges }: EvictionEvent): RecordedEviction {
  const recorded = { step, survivors: copyRows(survivors), carry: copyRows(carry) };
  return merges === undefined ? recorded : { ...recorded, merges: structuredClone(merges) };
}
