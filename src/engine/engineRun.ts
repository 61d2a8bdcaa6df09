// One run in the worker: drives the decode loop, obeys pause, step and stop between two tokens, survives the loss of
// its device. Everything that happens is an event in the run's outbox; nothing is thrown to the outside.
//
//   allowance  0 = paused, n = that many tokens and then paused, Infinity = to the end

import { errorMessage, InputError } from "../lib/errors";
import type { Tokenizer } from "../model/tokenizer";
import type { MemorySummary, ModelSummary, RunEndReason } from "../trace/trace";
import type { Backend, Model } from "./backend";
import { DeviceLostError } from "./backendKeeper";
import type { BackendKeeper } from "./backendKeeper";
import { createDecodeLoop } from "./decodeLoop";
import type { DecodeLoop, DecodeLoopHistory, LoopStep } from "./decodeLoop";
import { createBreather } from "./giveWay";
import type { Outbox } from "./outbox";
import type { RunRecipe } from "./protocol";
import { createTraceHeader } from "./runHeader";
import { toStepRecord } from "./stepRecord";

/** What a run needs of the engine: a loaded model and a backend that serves it. */
export interface RunEngine {
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  readonly summary: ModelSummary;
  readonly keeper: BackendKeeper;
}

export interface EngineRunRequest {
  readonly run: number;
  readonly recipe: RunRecipe;
  readonly isPaused: boolean;
  readonly outbox: Outbox;
}

export interface EngineRun {
  pause(): void;
  /** Generates this many tokens and pauses; Infinity goes on to the end. */
  advance(stepCount: number): void;
  /** Goes on after the end, by up to this many tokens. */
  continueBy(extraTokens: number): void;
  /** Ends the run where it stands; it can still be continued. */
  stop(): void;
  /** Ends the run without a word, because another takes its place. */
  close(): void;
}

/** Longest stretch of work between two looks at the worker's messages. */
const SLICE_MS = 8;
/** A device lost this often within one run will be lost again. */
const MOST_LOSSES = 3;

export function startEngineRun(engine: RunEngine, request: EngineRunRequest): EngineRun {
  const { run, recipe, outbox } = request;
  const { keeper, tokenizer } = engine;
  const promptTokens = tokenizer.encode(recipe.promptText);
  let loop: DecodeLoop | null = null;
  let toldMemory: MemorySummary | null = null;
  let loopBackend: Backend | null = null;
  let latestBackend: Backend | null = null;
  let allowance = request.isPaused ? 0 : Infinity;
  let end: RunEndReason | null = null;
  let isPauseTold = false;
  let isStopAsked = false;
  let isClosed = false;
  let extraTokens = 0; // asked for by `continueBy`, not yet given to the loop
  let stepCount = 0; // told to the page
  let lossCount = 0;
  let interruption = new AbortController();
  let wake = (): void => undefined;

  /** The loop on the backend in use; after a loss a new one that knows the steps taken. */
  async function openLoop(): Promise<{ loop: DecodeLoop; backend: Backend }> {
    const backend = await keeper.current();
    latestBackend = backend;
    if (loop !== null && loopBackend === backend) return { loop, backend };
    const history = loop === null ? undefined : historyOf(loop);
    if (loopBackend !== null) loop?.dispose();
    loopBackend = null;
    const loopRequest = { model: engine.model, tokenizer, promptTokens, recipe };
    const opened = await keeper.guard(backend, createDecodeLoop(backend, loopRequest, history));
    if (loop === null) {
      const { memory } = opened;
      const header = createTraceHeader({
        model: engine.summary,
        backend: backend.summary,
        memory,
        recipe,
        tokenizer,
        promptTokens,
      });
      outbox.push({ type: "started", run, lane: 0, header });
      toldMemory = memory;
    }
    loop = opened;
    loopBackend = backend;
    return { loop, backend };
  }

  /** A session that takes the place of another has a summary of its own. */
  function tellMemory({ memory }: DecodeLoop): void {
    if (memory !== toldMemory) outbox.push({ type: "memory", run, lane: 0, memory });
    toldMemory = memory;
  }

  /** The steps that the page was told of: a lost backend may have finished one more, which is done again. */
  function historyOf(past: DecodeLoop): DecodeLoopHistory {
    const { tokens, evictions, tokenLimit } = past.history();
    return {
      tokens: tokens.slice(0, stepCount),
      evictions: evictions.filter(({ step }) => step < stepCount),
      tokenLimit,
    };
  }

  /** What the run does next, once; false when there is nothing to do until someone says so. */
  async function proceed(): Promise<boolean> {
    const opened = await openLoop();
    if (extraTokens > 0) await extend(opened.loop, opened.backend);
    tellMemory(opened.loop);
    if (isStopAsked) finish("stopped");
    if (end !== null) return false;
    if (allowance === 0) {
      if (!isPauseTold) outbox.push({ type: "paused", run, stepCount });
      isPauseTold = true;
      return false;
    }
    if (isPauseTold) outbox.push({ type: "resumed", run });
    isPauseTold = false;
    interruption = new AbortController();
    const { signal } = interruption;
    try {
      report(await keeper.guard(opened.backend, opened.loop.next(signal)));
    } catch (error) {
      // Pause and stop cut a prefill short; `next` begins it again.
      if (error !== signal.reason || !signal.aborted) throw error;
    }
    return true;
  }

  async function extend(opened: DecodeLoop, backend: Backend): Promise<void> {
    const extra = extraTokens;
    extraTokens = 0;
    try {
      await keeper.guard(backend, opened.extend(extra));
      end = null;
      allowance = Infinity;
      isPauseTold = false;
      outbox.push({ type: "resumed", run });
    } catch (error) {
      if (error instanceof DeviceLostError) {
        extraTokens = extra;
        throw error;
      }
      outbox.push({ type: "failed", run, message: errorMessage(error) });
    }
  }

  function report(step: LoopStep): void {
    stepCount++;
    allowance = Math.max(0, allowance - 1); // a pause may have set it to 0 meanwhile
    outbox.push({
      type: "step",
      run,
      lane: 0,
      record: toStepRecord(step, tokenizer),
      eviction: step.eviction,
    });
    if (step.end !== null) finish(step.end);
  }

  function finish(reason: RunEndReason): void {
    end = reason;
    isStopAsked = false;
    outbox.push({ type: "done", run, lane: 0, reason });
  }

  function fail(message: string): void {
    end = "failed";
    outbox.push({ type: "failed", run, message });
    close();
  }

  function surviveLoss({ message }: DeviceLostError): void {
    lossCount++;
    if (lossCount < MOST_LOSSES) return;
    fail(`The GPU was lost ${lossCount} times during this run (${message}). Run again, or choose the CPU.`);
  }

  async function drive(): Promise<void> {
    const breather = createBreather(SLICE_MS);
    while (!isClosed) {
      const woken = new Promise<void>((resolve) => (wake = resolve));
      try {
        const isBusy = await proceed();
        await (isBusy ? breather.breathe() : woken);
      } catch (error) {
        if (error instanceof DeviceLostError) surviveLoss(error);
        else {
          fail(errorMessage(error));
          if (!(error instanceof InputError) && latestBackend !== null) keeper.renew(latestBackend);
        }
      }
    }
    loop?.dispose();
  }

  function close(): void {
    isClosed = true;
    interruption.abort(new Error("the run is over"));
    wake();
  }

  void drive();
  return {
    pause() {
      if (end !== null) return;
      allowance = 0;
      interruption.abort(new Error("paused"));
    },
    advance(tokens) {
      if (end !== null) return;
      // Steps asked for while others are still due come on top of them.
      allowance = allowance === Infinity ? tokens : allowance + tokens;
      wake();
    },
    continueBy(tokens) {
      if (end === null) return;
      extraTokens = tokens;
      wake();
    },
    stop() {
      if (end !== null) return;
      isStopAsked = true;
      interruption.abort(new Error("stopped"));
      wake();
    },
    close,
  };
}
