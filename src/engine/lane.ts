// One lane of a run: a recipe and its decode loop, opened again where its device was lost. What happens in it is an event
// in the run's outbox; the run decides when it happens (engineRun.ts).

import { assert, errorMessage } from "../lib/errors";
import type { Tokenizer } from "../model/tokenizer";
import type { MemorySummary, ModelSummary, RunEndReason } from "../trace/trace";
import { watchedHeads, type HeadPlace } from "../trace/watchedHeads";
import type { Backend, Model } from "./backend";
import { DeviceLostError } from "./backendKeeper";
import type { BackendKeeper } from "./backendKeeper";
import { createDecodeLoop } from "./decodeLoop";
import type { DecodeLoop, DecodeLoopHistory } from "./decodeLoop";
import type { ComparedFullCache } from "./loop/fullCacheComparison";
import type { Outbox } from "./outbox";
import type { RunRecipe } from "./protocol";
import { createTraceHeader, toStepRecord } from "./traceRecords";

/** What a run needs of the engine: a loaded model and a backend that serves it. */
export interface RunEngine {
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  readonly summary: ModelSummary;
  readonly keeper: BackendKeeper;
}

export interface LaneRequest {
  readonly run: number;
  readonly lane: number;
  readonly recipe: RunRecipe;
  readonly isForced: boolean;
  /** Of forced lanes: steps are posted with their logits. */
  readonly keepsLogits: boolean;
  readonly outbox: Outbox;
  /** Says in a message which lane it is about. */
  readonly explain: (message: string) => string;
}

export interface Lane {
  readonly engine: RunEngine;
  /** Steps reported to the page. */
  readonly stepCount: number;
  /** Null while there is more to do. */
  readonly end: RunEndReason | null;
  readonly isAskedForMore: boolean;
  /** Its loop on this backend; after a loss a new one that knows the steps taken. */
  open(backend: Backend, sharedFullCache: ComparedFullCache | null): Promise<void>;
  /** One step on the backend on which it is open. Rejects with the signal's reason when aborted in a prefill or a repetition. */
  step(signal: AbortSignal): Promise<void>;
  finish(reason: RunEndReason): void;
  /** From the next forward on, if its recipe has it watch some heads. */
  watchHeads(wanted: readonly HeadPlace[]): void;
  /** After its end: so many more tokens are wanted. */
  askForMore(extraTokens: number): void;
  /** Allows what was asked for. False where it cannot: the lane stays ended, and the outbox says why. */
  extend(): Promise<boolean>;
  readonly explain: (message: string) => string;
  dispose(): void;
}

export function createLane(engine: RunEngine, request: LaneRequest): Lane {
  const { run, lane, recipe, isForced, keepsLogits, outbox, explain } = request;
  const { model, tokenizer, summary, keeper } = engine;
  const promptTokens = tokenizer.encode(recipe.promptText);
  const texts = tokenizer.textStream();
  let loop: DecodeLoop | null = null;
  let loopBackend: Backend | null = null;
  let reportedMemory: MemorySummary | null = null;
  let stepCount = 0;
  let end: RunEndReason | null = null;
  let askedTokens = 0; // more of them, not yet given to the loop
  const { watch } = recipe;
  let watched = watch === undefined ? null : watchedHeads(model.config, watch);

  /** A session that takes the place of another has a summary of its own. */
  function reportMemory({ memory }: DecodeLoop): void {
    if (memory !== reportedMemory) outbox.push({ type: "memory", run, lane, memory });
    reportedMemory = memory;
  }

  function reportStart({ memory }: DecodeLoop, backend: Backend): void {
    const facts = { model: summary, backend: backend.summary, memory, recipe, tokenizer, promptTokens, isForced };
    outbox.push({ type: "started", run, lane, header: createTraceHeader(facts) });
    reportedMemory = memory;
  }

  function finish(reason: RunEndReason): void {
    end = reason;
    outbox.push({ type: "done", run, lane, reason });
  }

  /** The loop's work, or DeviceLostError as soon as its backend is gone. */
  function inLoop<Result>(work: (opened: DecodeLoop) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    assert(loop !== null && loopBackend !== null, "the lane is open");
    return keeper.guard(loopBackend, work(loop), signal);
  }

  return {
    engine,
    get stepCount() {
      return stepCount;
    },
    get end() {
      return end;
    },
    get isAskedForMore() {
      return askedTokens > 0;
    },
    async open(backend, sharedFullCache) {
      if (loop !== null && loopBackend === backend) return;
      const history = loop === null ? undefined : reportedHistory(loop, stepCount);
      if (loopBackend !== null) loop?.dispose();
      loopBackend = null;
      const wanted = {
        ...{ model, tokenizer, promptTokens, recipe, watchedHeads: () => watched },
        ...(sharedFullCache !== null && { sharedFullCache }),
      };
      const opened = await keeper.guard(backend, createDecodeLoop(backend, wanted, history));
      if (loop === null) reportStart(opened, backend);
      loop = opened;
      loopBackend = backend;
      reportMemory(opened);
    },
    async step(signal) {
      const step = await inLoop((opened) => opened.next(signal), signal);
      // Before anything else reuses them.
      const logits = keepsLogits ? step.logits?.slice() : undefined;
      stepCount++;
      const posted = { type: "step", run, lane, record: toStepRecord(step, texts), eviction: step.eviction } as const;
      outbox.push(logits !== undefined ? { ...posted, logits } : posted);
      if (step.end !== null) finish(step.end);
    },
    finish,
    watchHeads(wanted) {
      if (watch !== undefined) watched = watchedHeads(model.config, { ...watch, wanted });
    },
    askForMore(extraTokens) {
      askedTokens = extraTokens;
    },
    async extend() {
      const extraTokens = askedTokens;
      askedTokens = 0;
      try {
        await inLoop(async (opened) => {
          await opened.extend(extraTokens);
          reportMemory(opened);
        });
        end = null;
        return true;
      } catch (error) {
        if (error instanceof DeviceLostError) {
          askedTokens = extraTokens;
          throw error;
        }
        outbox.push({ type: "failed", run, message: explain(errorMessage(error)) });
        return false;
      }
    },
    explain,
    dispose: () => loop?.dispose(),
  };
}

/** The steps reported to the page: a lost backend may have finished one more, which is done again. */
function reportedHistory(past: DecodeLoop, stepCount: number): DecodeLoopHistory {
  const { tokens, evictions, tokenLimit } = past.history();
  return {
    tokens: tokens.slice(0, stepCount),
    evictions: evictions.filter(({ step }) => step < stepCount),
    tokenLimit,
  };
}
