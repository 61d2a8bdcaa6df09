// What a stream of frames under a cap leaves behind: the contract between the engine and whatever shows, stores or counts a stream.
// One lane, one trace; it only grows. A live stream is a trace that is still growing, a recorded one is read from a file.
//
// Positions are those of the stream, evicted tokens counted: system tokens first, then frames of T tokens, one behind the other.
//   position  0 … S − 1 │ S … S + T − 1 │ S + T … S + 2T − 1 │ …         the first token of a frame is its marker, patches follow
//             system    │ frame 0       │ frame 1            │
// "After f frames" means: f frames have arrived, and the compression that they brought about is over.

import type { HeadRows } from "../../cache/headRows";
import type { StreamChoices, StreamPolicyId } from "../../policy/streamChoices";
import type { BackendSummary, MemorySummary, ModelSummary } from "../trace";

/** A question as it is asked. */
export interface AskedQuestion {
  /** A1 … S2 of the family's list; null where a visitor typed it. */
  readonly type: string | null;
  /** Frames seen when it is asked. */
  readonly moment: number;
  /** ? what lay by the desk : */
  readonly question: string;
  /** Words of the right answer, without the end token; null where the frames do not say. */
  readonly answer: string | null;
}

/** What makes a lane what it is: the same recipe on the same model leaves the same trace. */
export interface StreamRecipe {
  /** Draws the stream again (problems/stream). */
  readonly streamId: string;
  readonly policyId: StreamPolicyId;
  /** Every number in force, those of the policy included. */
  readonly choices: StreamChoices;
  /** What "snapkv" compresses by; null for all others. */
  readonly knownQuestion: string | null;
  /** Those planned, in order of their moments; what was asked beside them is found among the answers. */
  readonly questions: readonly AskedQuestion[];
}

export interface StreamHeader {
  readonly version: 1;
  readonly model: ModelSummary;
  readonly backend: BackendSummary;
  readonly memory: MemorySummary;
  readonly recipe: StreamRecipe;
  /** S: they always stay. */
  readonly systemTokens: Int32Array;
  /** Every frame of the stream, also those that have not arrived: words with marker and brackets. [frame][token of the frame] */
  readonly frames: readonly (readonly string[])[];
  /** |M|, or room for the whole stream. */
  readonly slotCapacity: number;
}

/** Frames that arrived at once. */
export interface StreamBlock {
  /** f, these included. */
  readonly framesSeen: number;
  readonly arrivedFrames: number;
  /** Slots in use in every head with the block, before a compression. */
  readonly arrivedSlots: number;
  /** Slots in use in every head after f frames. */
  readonly lengthSlots: number;
  /** The most slots that were in use so far, questions included. */
  readonly peakSlots: number;
  readonly computeMs: number;
  /** 0 without a compression. */
  readonly compressMs: number;
}

/** Right behind the block with the same `framesSeen`. */
export interface StreamCompression {
  readonly framesSeen: number;
  /** Stream positions that stay, ascending, the system's included. [layer][kvHead] of [slot after it] */
  readonly kept: HeadRows<Int32Array>;
  /** TaR, high: has changed since; 0 in the newest r frames. [layer][kvHead] of [frame slot before it: slot − S] */
  readonly temporal: HeadRows<Float32Array>;
  /** VaN, pooled. [layer][kvHead] of [frame slot before it] */
  readonly valueNorms: HeadRows<Float32Array>;
  /** What the known question looked at; of "snapkv" only. [layer][kvHead] of [frame slot before it] */
  readonly questionAttention?: HeadRows<Float32Array>;
}

export interface StreamAnswer {
  readonly asked: AskedQuestion;
  /** Greedy, the stop token included. */
  readonly tokens: Int32Array;
  readonly words: readonly string[]; // one for each token
  /** Natural logarithm of the probability of each token. [token] */
  readonly logProbabilities: Float32Array;
  /** All words and the end; null where nobody knows the answer. */
  readonly isRight: boolean | null;
  /**
   * Attention of the queries that brought the answer's tokens: the largest of a group's query heads, summed over the tokens.
   * [layer][kvHead] of [slot held after asked.moment frames]; its positions: `heldAfter`. Empty rows where it was not recorded.
   */
  readonly attention: HeadRows<Float32Array>;
  /** Slots in use with question and answer. */
  readonly peakSlots: number;
  readonly askedMs: number;
}

/** "whole": every frame was seen; questions may still follow. */
export type StreamEnd = "whole" | "stopped" | "failed";

export interface StreamTrace {
  readonly header: StreamHeader;
  readonly blocks: readonly StreamBlock[];
  readonly compressions: readonly StreamCompression[];
  readonly answers: readonly StreamAnswer[];
  readonly end: StreamEnd | null;
}

export interface StreamTraceBuilder {
  /** The same object from first to last. */
  readonly trace: StreamTrace;
  appendBlock(block: StreamBlock, compression: StreamCompression | null): void;
  appendAnswer(answer: StreamAnswer): void;
  finish(end: StreamEnd): void;
  /** The stream goes on in other buffers. */
  changeMemory(memory: MemorySummary): void;
}

export function createStreamTraceBuilder(header: StreamHeader): StreamTraceBuilder {
  const [blocks, compressions, answers]: [StreamBlock[], StreamCompression[], StreamAnswer[]] = [[], [], []];
  const trace: { -readonly [Key in keyof StreamTrace]: StreamTrace[Key] } = {
    ...{ header, blocks, compressions, answers, end: null },
  };
  return {
    trace,
    appendBlock(block, compression) {
      blocks.push(block);
      if (compression !== null) compressions.push(compression);
    },
    appendAnswer: (answer) => void answers.push(answer),
    finish(end) {
      trace.end = end;
    },
    changeMemory(memory) {
      trace.header = { ...trace.header, memory };
    },
  };
}

/** T. */
export function frameTokensOf({ header }: Pick<StreamTrace, "header">): number {
  return header.recipe.choices.frameTokens;
}

/** f: frames that have arrived. */
export function framesSeenBy({ blocks }: Pick<StreamTrace, "blocks">): number {
  return blocks.at(-1)?.framesSeen ?? 0;
}

export interface PatchPlace {
  readonly frame: number;
  /** In its frame: 0 is the marker, patch p is token p + 1. */
  readonly token: number;
}

/** Where a stream position is; null for the system's. */
export function placeOf(trace: Pick<StreamTrace, "header">, position: number): PatchPlace | null {
  const place = position - trace.header.systemTokens.length;
  if (place < 0) return null;
  const frameTokens = frameTokensOf(trace);
  return { frame: Math.floor(place / frameTokens), token: place % frameTokens };
}

export function positionAt(trace: Pick<StreamTrace, "header">, { frame, token }: PatchPlace): number {
  return trace.header.systemTokens.length + frame * frameTokensOf(trace) + token;
}
