// Messages between the page and the engine's worker. Whatever belongs to a run carries its `run`; events of another run are dropped.
// A run has one lane or several: recipes that are stepped together. Commands act on all of them; what a lane did carries its `lane`.
// Back-pressure is by credit: the worker posts a step only against a credit, holds the rest in its outbox (bounded by
// maxNewTokens) and never waits, so a slow page slows nothing and loses nothing.

import type { PromptSpans } from "../lib/spans";
import type { QuantisedFormat } from "../model/quantiseWeights";
import type { Sampling } from "../model/sampling";
import type { NamedBlob } from "../model/source/blobSource";
import type { PolicyParameters } from "../policy/policy";
import type { MergeAftermath } from "../trace/merges";
import type { HeadPlace, HeadWatch } from "../trace/watchedHeads";
import type {
  StreamAnswer,
  StreamBlock,
  StreamCompression,
  StreamEnd,
  StreamHeader,
  StreamRecipe,
} from "../trace/stream/streamTrace";
import type {
  BackendCheck,
  BackendSummary,
  EvictionEvent,
  MemorySummary,
  ModelSummary,
  RunEndReason,
  StepRecord,
  TraceHeader,
} from "../trace/trace";

/** What it takes to measure the aftermath of an event: the last of these. */
export interface AftermathRequest {
  /** Of the run: what its steps generated, so that step t + 1 is fed the t-th. */
  readonly tokens: readonly number[];
  /** Its events up to the one in question. */
  readonly events: readonly EvictionEvent[];
}

export type { QuantisedFormat } from "../model/quantiseWeights";

/** "auto": GPU when a hardware adapter is found, else CPU. */
export type BackendChoice = "auto" | "gpu" | "cpu";

export interface ModelReference {
  readonly id: string;
  readonly label: string;
  /** Folder of the model's files, relative to the page or absolute. */
  readonly address: string;
  /** Of a model that the visitor brought: its files, which lie under no address. Empty: it is not here. */
  readonly files?: readonly NamedBlob[];
  /** SHA-256 of its weights, where it is known before they are read. */
  readonly digest?: string;
}

export interface RunRecipe {
  /** Of a lane that runs another model than the one loaded. Absent: that one. */
  readonly model?: ModelReference;
  readonly promptText: string;
  readonly expectedAnswer: string | null;
  readonly policyId: string;
  readonly parameters: PolicyParameters;
  /** Spans of the prompt, in its tokens. Absent: none. */
  readonly spans?: PromptSpans;
  readonly sampling: Sampling;
  readonly maxNewTokens: number;
  /**
   * Tokens that the run takes instead of its own, from its first step on; behind them it goes on by itself. Of lanes that follow
   * their own tokens. Absent: none. [step]
   */
  readonly fedTokens?: readonly number[];
  readonly hasTaps: boolean;
  /** Attention of every query head by itself, where several share a KV head; needs hasTaps. Absent: it is not kept. */
  readonly hasHeadTaps?: boolean;
  /** Which heads' attention is kept; needs hasTaps. Absent: every head's. */
  readonly watch?: HeadWatch;
  /** The full cache is fed the run's tokens too, and every step compared with it (loop/fullCacheComparison.ts). Absent: it is not. */
  readonly isCompared?: boolean;
}

/** What a run is asked to do. */
export interface RunRequest {
  /** One to MOST_LANES recipes, stepped together; the first is the run itself where there is only one. */
  readonly lanes: readonly RunRecipe[];
  /**
   * Every lane is fed the tokens that the full cache of the first lane's model generates, instead of its own, and compared with
   * the full cache of its own model (loop/fullCacheComparison.ts). The first lane says how tokens are sampled; the lanes' own
   * sampling and isCompared are ignored.
   */
  readonly isForced: boolean;
  /** Of forced lanes: tokens that all are fed first, before the full cache's own. [step] */
  readonly fedTokens?: readonly number[];
  /** Of forced lanes: their steps come with the logits that the lane itself computed. Absent: they stay in the worker. */
  readonly keepsLogits?: boolean;
}

/** Lanes of one stream of frames, watched together on the model that is loaded. */
export interface StreamRequest {
  /** One to MOST_LANES; all plan the same questions. */
  readonly lanes: readonly StreamRecipe[];
  /** Words with marker and brackets. [frame][token of the frame] */
  readonly frames: readonly (readonly string[])[];
  /** What stands before the first frame. */
  readonly systemWords: readonly string[];
  /** Answers say what they looked at. */
  readonly hasTaps: boolean;
}

/** What a lane's cache did with the frames of a block that closed. */
export interface WatchedBlock {
  readonly block: StreamBlock;
  readonly compression: StreamCompression | null;
}

export const MOST_LANES = 4;

export type EngineCommand =
  /** `weights`: the blocks that they are stored in; absent: as they are in their files. */
  | { type: "load"; load: number; model: ModelReference; backend: BackendChoice; weights?: QuantisedFormat }
  | { type: "start"; run: number; request: RunRequest; isPaused: boolean }
  /** A run like any other, whose steps are frames. */
  | { type: "startStream"; run: number; request: StreamRequest; isPaused: boolean }
  /** Of a stream, in every lane at the frame that it has come to; also while it is paused, and after its end. "? where lay the parcel last :" */
  | { type: "ask"; run: number; question: string }
  | { type: "pause"; run: number }
  | { type: "resume"; run: number }
  /** Takes this many steps in every lane that has not ended and pauses again. */
  | { type: "advance"; run: number; stepCount: number }
  /** Goes on after the end, by up to this many tokens in every lane that has ended. */
  | { type: "continue"; run: number; extraTokens: number }
  | { type: "stop"; run: number }
  /** From the next forward on, these are the heads that each lane watches if its recipe has it watch some. */
  | { type: "watchHeads"; run: number; wanted: readonly HeadPlace[] }
  | { type: "credit"; run: number; stepCount: number }
  /** What an event of this recipe's run did to the queries after it; ends a run in progress. */
  | { type: "measureAftermath"; run: number; recipe: RunRecipe; request: AftermathRequest }
  /** For tests: loses the GPU device as a driver crash would. */
  | { type: "loseDevice" };

/** What the user should know about a model once it is open: where it runs and why, what its files lack. Plain words. */
export interface LoadNotice {
  /** A warning where the GPU failed its check. */
  readonly tone: "info" | "warning";
  readonly text: string;
}

/** `load`: which of the loads an event answers, if it answers one; those of an earlier one are dropped. */
export type EngineEvent =
  /** `lane`: whose model it is, if it is another than the one asked for with `load`. */
  | { type: "loading"; load?: number; loadedBytes: number; totalBytes: number | null; lane?: number }
  /** The GPU has the model and is compared with the CPU, before `ready`; of a lane's own model too. */
  | { type: "checking"; load?: number; lane?: number }
  /** `weightReadBytes`: as the backend that was opened says. */
  | {
      type: "ready";
      load?: number;
      model: ModelSummary;
      backend: BackendSummary;
      /** Null on the CPU. */
      check: BackendCheck | null;
      notice: LoadNotice | null;
      weightReadBytes: number;
    }
  | { type: "started"; run: number; lane: number; header: TraceHeader }
  /** An event that falls on this step travels with it. */
  | {
      type: "step";
      run: number;
      lane: number;
      record: StepRecord;
      eviction: EvictionEvent | null;
      logits?: Float32Array;
    }
  | { type: "streamStarted"; run: number; lane: number; header: StreamHeader }
  /**
   * The stream has come to a frame, or a question was asked there: blocks that closed, and answers, or none. One credit each.
   * [lane]
   */
  | {
      type: "watched";
      run: number;
      framesShown: number;
      blocks: readonly (WatchedBlock | null)[];
      answers: readonly StreamAnswer[];
    }
  /** A question could not be asked; the stream goes on. Plain words. */
  | { type: "refused"; run: number; message: string }
  | { type: "streamEnded"; run: number; end: StreamEnd }
  /** The lane has other buffers than its header says: it outgrew them, or their device was lost. */
  | { type: "memory"; run: number; lane: number; memory: MemorySummary }
  | { type: "paused"; run: number; stepCount: number }
  | { type: "resumed"; run: number }
  /** Once per lane: the run is over when every lane is. */
  | { type: "done"; run: number; lane: number; reason: RunEndReason }
  /** The backend of a model changed under a run: lost device, fallback to the CPU. Plain words. */
  | {
      type: "backendChanged";
      modelId: string;
      backend: BackendSummary;
      check: BackendCheck | null;
      reason: string;
    }
  /** As in `ready`, of a lane's own model; the run goes on. */
  | { type: "laneNotice"; run: number; lane: number; notice: LoadNotice }
  | { type: "aftermath"; run: number; aftermath: MergeAftermath }
  | { type: "failed"; run: number | null; load?: number; message: string };
