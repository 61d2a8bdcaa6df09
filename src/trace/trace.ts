// What a run leaves behind: the contract between the engine and everything that shows, stores or counts.
// A live run is a trace that is still growing; a recorded run is one read from a file.
//
// Clock: step t is forward t. Step 0 is the prefill of the P prompt tokens; step t ≥ 1 feeds the token generated
// at step t − 1, at position P + t − 1. Every step generates one token, the one at position P + t.
// An event at step t happens after forward t has seen everything; its survivors are felt from step t + 1 on.

import type { Packing } from "../cache/packing";
import type { HeadRows } from "../cache/headRows";
import type { PromptSpans } from "../lib/spans";
import type { Formula } from "../policy/formula";
import { rowLength } from "../cache/headRows";
import type { EventMerges } from "./merges";

export interface ModelSummary {
  readonly id: string;
  readonly label: string;
  readonly architecture: string;
  readonly layerCount: number;
  readonly headCount: number;
  readonly kvHeadCount: number;
  readonly headDim: number;
  readonly vocabularySize: number;
  readonly parameterCount: number;
  readonly maxPositions: number;
  /** How many of the newest tokens a layer's queries see, null for all; absent where every layer sees all. [layer] */
  readonly windows?: readonly (number | null)[];
  /** SHA-256 of the weight files, hexadecimal. */
  readonly digest: string;
}

export interface BackendSummary {
  readonly type: "cpu" | "gpu";
  /** What a person reads: adapter vendor and architecture, or "TypeScript and SIMD". */
  readonly adapter: string;
  /** A GPU in name only: WebGPU emulated on the CPU. */
  readonly isSoftware: boolean;
  /** Type in which the backend keeps weights. */
  readonly weightType: "f32" | "f16";
}

/** The largest model that the page runs without a GPU: SmolLM2 360M. */
export const MOST_CPU_PARAMETERS = 362e6;

/** What comparing a GPU with the CPU found before anything was shown (engine/selfTest). */
export interface BackendCheck {
  /** In units of the root mean square of the numbers compared; Infinity where one is not finite. */
  readonly largestDifference: number;
  /** "keys of layer 3" */
  readonly place: string;
  /** The most that rounding explains. */
  readonly tolerance: number;
  /** Layers that both computed. */
  readonly layerCount: number;
  readonly elapsedMs: number;
}

export interface MemorySummary {
  /** KV slots allocated for the longest head. */
  readonly slotCapacity: number;
  /** Bytes of K and V for one slot over all layers and KV heads. */
  readonly bytesPerSlot: number;
  /** Where slots are packed: bytesPerSlot is that of a packed one, the newest of each head stay as computed. */
  readonly packing?: Packing & {
    /** Bytes of a slot as computed, over all layers and KV heads. */
    readonly fullBytesPerSlot: number;
  };
  readonly kvBytes: number;
  readonly weightBytes: number;
  /** Query ring, term buffers, activations and other scratch. */
  readonly otherBytes: number;
}

export type ParameterValue = number | string | boolean;

export interface TraceHeader {
  readonly version: 1;
  readonly model: ModelSummary;
  readonly backend: BackendSummary;
  readonly memory: MemorySummary;
  readonly policyId: string;
  readonly policyLabel: string;
  /** Every policy parameter in force, by its name in PolicyParameters. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** How the scores of its events follow from their terms; null for a run made elsewhere that doesn't say. */
  readonly formula: Formula | null;
  readonly sampling: {
    readonly temperature: number;
    readonly topP: number;
    readonly topK: number;
    readonly seed: number;
  };
  readonly maxNewTokens: number;
  readonly promptText: string;
  readonly promptTokens: Int32Array; // [position]
  readonly promptTexts: readonly string[]; // [position]
  /** What the recipe said of the prompt's tokens; absent: nothing. */
  readonly spans?: PromptSpans;
  /** The right answer where the problem is known. */
  readonly expectedAnswer: string | null;
  /** The tokens are those of the full cache, which every lane of the run was fed; absent: the run's own. */
  readonly isForced?: true;
}

export interface StepTimings {
  /** Forward pass of this step: prefill at step 0, decode afterwards. On a GPU from one result to the next. */
  readonly computeMs: number;
  /** Terms, policy and compaction, where an event fell on this step. */
  readonly eventMs: number;
  /** Waiting for results to reach the CPU. */
  readonly readBackMs: number;
}

/** Attention of the newest query for each query head by itself, of a run that recorded it: both fields or none. */
export interface HeadAttention {
  /** 255 × p / scale, rounded; the group's maximum is `attention`. Rows of query heads, empty where the group's is: [layer][head] of [slot] */
  readonly headAttention?: HeadRows<Uint8Array>;
  readonly headAttentionScale?: Float32Array; // [layer][head], the row's largest p
}

/**
 * What a selection found of what a dense pass over the same step would look at: the same queries over all slots held, with keys as
 * computed. NaN for a head that read every slot.
 */
export interface ReadMeasures {
  /**
   * Of the N_c slots with the most attention, beside those always read, the share that was selected. Heads that select together
   * are counted together. [layer][kvHead]
   */
  readonly recall: Float32Array;
  /** Share of the attention, mean over the group's query heads, that lay in the slots read. [layer][kvHead] */
  readonly attention: Float32Array;
}

/** The fields of HeadAttention are there on every step of a run that recorded each query head, on no step of another. */
export interface StepRecord extends HeadAttention {
  readonly step: number;
  /** Token generated by this step, at position promptCount + step. */
  readonly token: number;
  /** What the run itself would have chosen, on a step that was fed another token. */
  readonly ownToken?: number;
  readonly text: string;
  /** Natural logarithm of the model's own probability of it (temperature 1). */
  readonly logProbability: number;
  /** Entropy of the model's distribution, in nats. */
  readonly entropy: number;
  readonly candidateTokens: Int32Array; // most probable first
  readonly candidateTexts: readonly string[];
  readonly candidateLogProbabilities: Float32Array;
  /** n: slots this step's newest query could see in each head, itself included. [layer][kvHead] */
  readonly lengths: Int32Array;
  /**
   * Attention of the newest query, maximum over the query heads of a group: 255 × p / scale, rounded. Rows of n slots; empty
   * where a head was not watched (recorded.ts says so), and all of them when taps are off.
   */
  readonly attention: HeadRows<Uint8Array>;
  /** The largest p of every head, watched or not; no values at all when taps are off. [layer][kvHead] */
  readonly attentionScale: Float32Array;
  /**
   * Slots that the newest query read, ascending, where it selects them; an empty row where it read every slot, as in the prefill
   * and in layers read whole. On every step of a run that reads through latents, on no step of another. [layer][kvHead] of [slot]
   */
  readonly readSlots?: HeadRows<Int32Array>;
  /** Beside `readSlots`, of a run that recorded attention on a backend that measures it: on every step or on none. */
  readonly readMeasures?: ReadMeasures;
  readonly timings: StepTimings;
  /** There on every step of a run that was compared with the full cache, on no step of another. */
  readonly comparison?: FullCacheComparison;
}

/**
 * How a step compares with the full cache, which was fed the run's tokens. Derived: it sets two measured runs side by side.
 * "Evicted" means by an event before this step: what this step's forward could no longer see.
 */
export interface FullCacheComparison {
  /** KL(full ‖ run) of the distributions of the next token (temperature 1, all tokens), in nats. */
  readonly klNats: number;
  /** Both hold the same token for the most probable one. */
  readonly isTopAgreed: boolean;
  /** Place of the run's token among the full cache's, from 1. */
  readonly chosenRank: number;
  /** Attention that the full cache's newest query pays to what the run evicted from this head: mean over the group's query heads, so a share of all, 0 … 1. [layer][kvHead] */
  readonly lostAttention: Float32Array;
  /** The same attention by position instead of by head: its sum over the heads that evicted the position. [position that any head evicted, ascending] */
  readonly regret: Float32Array;
}

/** What stands behind terms of an event, for the record: no policy reads it. A field is absent where its term was not measured, or not by a run of this version. */
export interface EventEvidence {
  /** Newest near-duplicate of each slot (cosine of their keys above 0.5), whose redundancy leaves their match out; −1 = none. Of the term "redundancy" only. Rows of n slots */
  readonly excusedSlots?: HeadRows<Int32Array>;
  /** Query head, counted from 0 within its group, that brought most of S; −1 where S is 0. Rows of m candidates */
  readonly votingHeads?: HeadRows<Int8Array>;
  /**
   * The buffered queries of a group's heads, turned as those to come will be on average, in the plane in which they spread
   * most: where each stands along its two axes. Of the term "expectedAttention" with covariance only, as are the next two.
   * Rows of [member][query, the oldest first][2]
   */
  readonly queryPoints?: HeadRows<Float32Array>;
  /** The keys of all slots in the same plane. Rows of [slot of n][2] */
  readonly keyPoints?: HeadRows<Float32Array>;
  /** Variance of these queries about the mean of their query head, all dimensions together; the mean over the group. [layer][kvHead] */
  readonly queryVariance?: Float32Array;
}

/**
 * One eviction that took place. Heads may hold and keep different numbers of slots: a head's n, m and B are the lengths
 * of its rows (lengthBefore, candidateCount and keptCount below).
 */
export interface EvictionEvent extends EventEvidence {
  /** Counts events that could have acted, from 0 at the prefill. */
  readonly event: number;
  readonly step: number;
  /** B in force, the mean over the heads; in ratio mode it grows with the text. What each head kept: `survivors`. */
  readonly budgetSlots: number;
  readonly windowSlots: number;
  readonly positionsBefore: HeadRows<Int32Array>; // rows of n slots, the newest token included
  /**
   * What was measured, by TermName. Rows of m = n − w candidates; promptAttention: of the prompt's positions. Empty, as are
   * parts, total and carry, for a head whose scores were left out (recorded.ts).
   */
  readonly terms: Readonly<Record<string, HeadRows<Float32Array>>>;
  /** Intermediate figures of the policy, by ScorePart. Rows of m candidates */
  readonly parts: Readonly<Record<string, HeadRows<Float32Array>>>;
  readonly total: HeadRows<Float32Array>; // rows of m candidates
  /** Score kept with each survivor for the next event. Rows of m candidates, empty where nothing is carried. */
  readonly carry: HeadRows<Float32Array>;
  /** Slots that stay, ascending, window included. Rows of B slots */
  readonly survivors: HeadRows<Int32Array>;
  /** Lowest total that stayed. [layer][kvHead] */
  readonly cutOff: Float32Array;
  /** cutOff minus the highest total that left. [layer][kvHead] */
  readonly margin: Float32Array;
  /** On every event of a run that merges, on no event of another. */
  readonly merges?: EventMerges;
}

/** n of a head: the slots that it held when the event fell, the newest token included. */
export function lengthBeforeOf({ positionsBefore }: Pick<EvictionEvent, "positionsBefore">, head: number): number {
  return rowLength(positionsBefore, head);
}

/** m of a head: its slots before the window. */
export function candidateCountOf(event: Pick<EvictionEvent, "positionsBefore" | "windowSlots">, head: number): number {
  return lengthBeforeOf(event, head) - event.windowSlots;
}

/** How many slots a head kept, window included. */
export function keptCountOf({ survivors }: Pick<EvictionEvent, "survivors">, head: number): number {
  return rowLength(survivors, head);
}

export type RunEndReason = "stopToken" | "length" | "stopped" | "failed";

export interface Trace {
  readonly header: TraceHeader;
  readonly steps: readonly StepRecord[];
  readonly events: readonly EvictionEvent[];
  readonly end: RunEndReason | null;
}
