// Messages between the page and the engine's worker. Whatever belongs to a run carries its `run`; events of another run are dropped.
// Back-pressure is by credit: the worker posts a step only against a credit, holds the rest in its outbox (bounded by
// maxNewTokens) and never waits, so a slow page slows nothing and loses nothing.

import type { Sampling } from "../model/sampling";
import type { PolicyParameters } from "../policy/policy";
import type {
  BackendSummary,
  EvictionEvent,
  MemorySummary,
  ModelSummary,
  RunEndReason,
  StepRecord,
  TraceHeader,
} from "../trace/trace";

/** "auto": GPU when a hardware adapter is found, else CPU. */
export type BackendChoice = "auto" | "gpu" | "cpu";

export interface ModelReference {
  readonly id: string;
  readonly label: string;
  /** Folder of the model's files, relative to the page or absolute. */
  readonly address: string;
}

export interface RunRecipe {
  readonly promptText: string;
  readonly expectedAnswer: string | null;
  readonly policyId: string;
  readonly parameters: PolicyParameters;
  readonly sampling: Sampling;
  readonly maxNewTokens: number;
  readonly hasTaps: boolean;
  /** The full cache is fed the run's tokens beside it, and every step compared (loop/shadow.ts). Absent: it is not. */
  readonly hasShadow?: boolean;
}

export type EngineCommand =
  | { type: "load"; model: ModelReference; backend: BackendChoice }
  | { type: "start"; run: number; recipe: RunRecipe; isPaused: boolean }
  | { type: "pause"; run: number }
  | { type: "resume"; run: number }
  /** Generates this many tokens and pauses again. */
  | { type: "advance"; run: number; stepCount: number }
  /** Goes on after the end, by up to this many tokens. */
  | { type: "continue"; run: number; extraTokens: number }
  | { type: "stop"; run: number }
  | { type: "credit"; run: number; stepCount: number }
  /** For tests: loses the GPU device as a driver crash would. */
  | { type: "loseDevice" };

export type EngineEvent =
  | { type: "loading"; loadedBytes: number; totalBytes: number | null }
  | { type: "ready"; model: ModelSummary; backend: BackendSummary; notice: string | null }
  | { type: "started"; run: number; header: TraceHeader }
  /** An event that falls on this step travels with it. */
  | { type: "step"; run: number; record: StepRecord; eviction: EvictionEvent | null }
  /** The run has other buffers than its header says: it outgrew them, or their device was lost. */
  | { type: "memory"; run: number; memory: MemorySummary }
  | { type: "paused"; run: number; stepCount: number }
  | { type: "resumed"; run: number }
  | { type: "done"; run: number; reason: RunEndReason }
  /** The backend changed under a run: lost device, fallback to the CPU. Plain words. */
  | { type: "backendChanged"; backend: BackendSummary; reason: string }
  | { type: "failed"; run: number | null; message: string };
