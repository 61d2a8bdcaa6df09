// The reference's decode loop (methods section 2) over a backend session: forwards, events, survivors.
// An event falls on steps 0, s, 2s, …; it acts only when n > B, after the forward of that step has seen everything.

import type { Tokenizer } from "../model/tokenizer";
import type { EvictionEvent, MemorySummary, StepTimings } from "../trace/trace";
import type { Backend, ForwardResult, Model } from "./backend";
import type { RunRecipe } from "./protocol";

export interface DecodeLoopRequest {
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  readonly promptTokens: Int32Array;
  readonly recipe: RunRecipe;
}

/** What a lost backend had done: fed again to a new one, so that the run goes on at its step with the same tokens. */
export interface DecodeLoopHistory {
  readonly tokens: readonly number[]; // [step]
  readonly evictions: readonly EvictionEvent[];
}

export interface LoopStep {
  readonly result: ForwardResult;
  readonly eviction: EvictionEvent | null;
  readonly timings: StepTimings;
  /** Set on the last step. */
  readonly end: "stopToken" | "length" | null;
}

export interface DecodeLoop {
  readonly memory: MemorySummary;
  /** The next step in order. Starts as many forwards as are useful before it waits. Must not be called again after `end` unless extended. */
  next(signal?: AbortSignal): Promise<LoopStep>;
  /** Allows this many more tokens after the end; throws InputError when positions or slots do not suffice and says what would. */
  extend(extraTokens: number): Promise<void>;
  dispose(): void;
}

/** createDecodeLoop(backend, request, history?) is implemented below. */
export type CreateDecodeLoop = (
  backend: Backend,
  request: DecodeLoopRequest,
  history?: DecodeLoopHistory,
) => Promise<DecodeLoop>;
