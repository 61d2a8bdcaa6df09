// One backend session driven by the rules of the decode loop: which forwards may be in flight, what an event does,
// and how recorded steps are done again. decodeLoop.ts keeps the record and the limits.

import type { CacheState } from "../../cache/cacheState";
import { appendPositions, emptyCache } from "../../cache/cacheState";
import { rowLengths } from "../../cache/headRows";
import { assert } from "../../lib/errors";
import { eventInterval, eventOfStep } from "../../policy/budget";
import type { EvictionEvent, MemorySummary } from "../../trace/trace";
import type { Backend, ForwardResult, SessionMerges } from "../backend";
import { createBreather } from "../giveWay";
import { applyEviction, decideEviction, withInitialCarry } from "./decideEviction";
import { decideMerges } from "./decideMerges";
import type { EvictedPositions } from "./fullCacheComparison";
import { evictedPositions } from "./fullCacheComparison";
import type { PlannedRun, RunPlan } from "./runPlan";

/** Catching up gives way after this much work, so that it can be stopped. */
const SLICE_MS = 25;

/** What it takes to repeat an eviction. */
export type RecordedEviction = Pick<EvictionEvent, "step" | "survivors" | "carry" | "merges">;

export interface PastSteps {
  readonly tokens: readonly number[]; // [step]
  readonly evictions: readonly RecordedEviction[];
}

export interface SessionRunner {
  readonly memory: MemorySummary;
  /** Whether a run of so many new tokens has room in this session. */
  hasRoomFor(maxNewTokens: number): boolean;
  /** Prefill, then the past steps with their tokens and survivors; nothing when that has been done. */
  catchUp(past: PastSteps, signal?: AbortSignal): Promise<void>;
  /** As many forwards as are useful, up to step `stepLimit` − 1; the first on this token instead of the one last generated. */
  startForwards(stepLimit: number, token?: number): void;
  collect(): Promise<ForwardResult>;
  /** Of the newest forward. */
  readLogits(): Promise<Float32Array>;
  /** By the events so far. */
  evictedPositions(): EvictedPositions;
  /** The event of the step just collected, when one falls on it and acts. */
  runEvent(step: number): Promise<EvictionEvent | null>;
  dispose(): void;
}

export async function createSessionRunner(
  backend: Backend,
  { model, promptTokens }: PlannedRun,
  plan: RunPlan,
  maxNewTokens: number,
): Promise<SessionRunner> {
  const { promptCount } = plan;
  const sessionRequest = plan.sessionRequest(maxNewTokens);
  const newCache = (): CacheState => emptyCache(model.config);
  let session = await backend.createSession(sessionRequest);
  let state: "new" | "spoilt" | "ready" = "new";
  let cache = newCache();
  let cachedPositions = 0; // positions that `cache` knows of: it is brought up to date at events only
  let startedCount = 0;
  let heldStep: number | null = null; // no forward may start before the event of this step has run
  let knownEvicted: EvictedPositions | null = null; // of `cache` as it is
  let forcedToken: number | undefined;

  const noteStarted = (): void => {
    const step = startedCount++;
    const isMeasured = step === 0 && plan.hasInitialCarry;
    if (isMeasured || plan.actingShare(step, session.lengths) !== null) heldStep = step;
  };

  const startForward = (token?: number): void => {
    session.decode(token);
    noteStarted();
  };

  const updateCache = (step: number): void => {
    const positionCount = promptCount + step;
    cache = appendPositions(cache, cachedPositions, positionCount - cachedPositions);
    cachedPositions = positionCount;
    const held = rowLengths(cache.positions);
    assert(
      held.every((length, head) => length === session.lengths[head]),
      "cache and session hold the same slots",
    );
  };

  const runEvent = async (step: number): Promise<EvictionEvent | null> => {
    if (heldStep !== step) return null;
    const share = plan.actingShare(step, session.lengths);
    updateCache(step);
    // Keys that are rotated again stand at their slots.
    const isRerotated = plan.parameters.departure === "rerotate";
    const measured = await session.measureTerms(isRerotated ? undefined : cache.positions);
    if (step === 0 && plan.hasInitialCarry) cache = withInitialCarry(cache, measured.terms, plan);
    heldStep = null;
    if (share === null) return null;
    const event = eventOfStep(step, eventInterval(plan.parameters));
    const decided = decideEviction({ ...plan, event, step, share }, cache, measured).eviction;
    const eviction = session.merges === undefined ? decided : await withMerges(decided, session.merges);
    carryOut(eviction);
    return eviction;
  };

  const withMerges = async (eviction: EvictionEvent, merges: SessionMerges): Promise<EvictionEvent> => {
    const { headDim, headCount, kvHeadCount } = model.config;
    const occasion = { parameters: plan.parameters, headDim, groupSize: headCount / kvHeadCount };
    return { ...eviction, merges: await decideMerges(occasion, cache, eviction, merges) };
  };

  const carryOut = (eviction: Omit<RecordedEviction, "step">): void => {
    const { survivors, merges } = eviction;
    session.compact({ survivors, ...(merges && { merges }) });
    cache = applyEviction(cache, eviction);
    knownEvicted = null;
  };

  const repeatEvent = async (step: number, recorded: RecordedEviction | undefined): Promise<void> => {
    if (heldStep !== step) return;
    // An event that only measured left no record: it measures again.
    if (recorded === undefined) {
      await runEvent(step);
      return;
    }
    updateCache(step);
    carryOut(recorded);
    heldStep = null;
  };

  const repeatSteps = async ({ tokens, evictions }: PastSteps, signal?: AbortSignal): Promise<void> => {
    const breather = createBreather(SLICE_MS);
    const evictionOfStep = new Map(evictions.map((eviction) => [eviction.step, eviction]));
    await session.prefill(promptTokens, signal);
    noteStarted();
    for (let step = 0; step < tokens.length; step++) {
      await breather.breathe(signal);
      if (step > 0) startForward(tokens[step - 1]);
      await session.collect();
      await repeatEvent(step, evictionOfStep.get(step));
    }
    forcedToken = tokens.at(-1);
  };

  const catchUp = async (past: PastSteps, signal?: AbortSignal): Promise<void> => {
    if (state === "ready") return;
    if (state === "spoilt") {
      session.dispose();
      session = await backend.createSession(sessionRequest);
      [cache, cachedPositions, startedCount, heldStep, knownEvicted] = [newCache(), 0, 0, null, null];
    }
    state = "spoilt"; // until it has been done to the end
    await repeatSteps(past, signal);
    state = "ready";
  };

  const startForwards = (stepLimit: number, token = forcedToken): void => {
    let nextToken = token;
    while (heldStep === null && startedCount < stepLimit && session.inFlightCount < session.ringDepth) {
      startForward(nextToken);
      nextToken = forcedToken = undefined;
    }
  };

  return {
    get memory() {
      return session.memory;
    },
    hasRoomFor: (newTokens) => {
      const needed = plan.sessionRequest(newTokens);
      return (
        needed.slotCapacity <= sessionRequest.slotCapacity &&
        needed.positionCapacity <= sessionRequest.positionCapacity &&
        (needed.layerSlots?.every((slots, layer) => slots <= (sessionRequest.layerSlots?.[layer] ?? 0)) ?? true)
      );
    },
    catchUp,
    startForwards,
    collect: () => session.collect(),
    readLogits: () => session.readLogits(),
    evictedPositions: () => (knownEvicted ??= evictedPositions(cache, cachedPositions)),
    runEvent,
    dispose: () => session.dispose(),
  };
}
