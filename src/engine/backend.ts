// What a backend does for the decode loop (decodeLoop.ts). Two implementations: cpu/ defines what is correct, gpu/ is WGSL.
// A backend holds a model's weights; a session holds one sequence: KV slots, query ring, sampling, forwards in flight.

import type { HeadRows } from "../cache/headRows";
import type { ModelConfig } from "../model/config";
import type { KeyBasis } from "../model/keyBasis";
import type { QueryFilters } from "../model/queryFilters";
import type { HeadRoles } from "../model/headRoles";
import { assert } from "../lib/errors";
import type { Span } from "../lib/spans";
import type { Sampling } from "../model/sampling";
import type { ModelWeights } from "../model/weights";
import type { PolicyParameters, TermName } from "../policy/policy";
import type { SlotMerges } from "../trace/merges";
import type { BackendSummary, EventEvidence, MemorySummary, ReadMeasures } from "../trace/trace";
import type { LatentReading } from "./reading/latentReading";

export interface Model {
  readonly config: ModelConfig;
  readonly weights: ModelWeights;
  /** What its query heads do; absent or null where nobody has measured it. */
  readonly roles?: Pick<HeadRoles, "infScore"> | null;
  /** Where the queries of each KV head point (Q-Filters); absent or null where nobody has computed it. */
  readonly filters?: QueryFilters | null;
  /** The directions of its keys, for reading through latents; absent, or null when asked, where nobody has computed them. */
  readonly readBasis?: () => Promise<KeyBasis | null>;
}

/** What terms may depend on; the window is the session's own. */
export interface TermParameters extends Omit<PolicyParameters, "windowSlots"> {
  /** Of the prompt. Absent: none. */
  readonly instructions?: readonly Span[];
}

export interface SessionRequest {
  /** KV slots that the longest head can come to use. */
  readonly slotCapacity: number;
  /** KV slots of each layer, all its heads together, allocated once. Absent: `slotCapacity` for every head. [layer] */
  readonly layerSlots?: Int32Array | undefined;
  /** Prompt plus generated tokens: how far positions can go. */
  readonly positionCapacity: number;
  /** w: the newest slots, whose queries terms may read. */
  readonly windowSlots: number;
  readonly sampling: Sampling;
  readonly stopTokens: readonly number[];
  /** Attention rows per step are written and read back. */
  readonly hasTaps: boolean;
  /** Also a row for each single query head. Absent: no. */
  readonly hasHeadTaps?: boolean;
  /**
   * Numbers of the KV heads whose rows are written, ascending, asked for when a forward starts; null: of all. A new array
   * whenever they change. Absent: always all. Scales are written of all heads.
   */
  readonly watchedHeads?: (() => readonly number[] | null) | undefined;
  /** Terms that events of this run will ask for. */
  readonly terms: readonly TermName[];
  readonly parameters: TermParameters;
  /** Keys that stay at an event are rotated to their new slots, and so is what comes after. Absent: text positions count. */
  readonly isRerotated?: boolean;
  /** Keys are kept as latents, and a decode step reads what it selects. Absent or null: every slot is read. */
  readonly reading?: LatentReading | null;
  /** Events also record what stands behind their terms. */
  readonly hasEvidence?: boolean;
  /** Evicted slots may be merged into others, whose logits then have a bias. Absent: they are gone. */
  readonly merging?: MergeDemand | undefined;
  /** The model is cut down to these layers, ascending, for the self-test. Absent: all of them. */
  readonly layers?: readonly number[];
}

/** What was measured on the present cache. */
export interface Measured extends EventEvidence {
  /** By candidate; promptAttention by position of the prompt. */
  readonly terms: Readonly<Partial<Record<TermName, HeadRows<Float32Array>>>>;
}

/** What one forward produced, in the order in which forwards were started. */
export interface ForwardResult {
  readonly step: number;
  readonly token: number;
  readonly logProbability: number;
  readonly entropy: number;
  readonly candidateTokens: Int32Array;
  readonly candidateLogProbabilities: Float32Array;
  /** Slots that the newest query could see in each head, its own included. [head] */
  readonly lengths: Int32Array;
  /** As in StepRecord. */
  readonly attention: HeadRows<Uint8Array>;
  readonly attentionScale: Float32Array;
  readonly headAttention?: HeadRows<Uint8Array>;
  readonly headAttentionScale?: Float32Array;
  /** As in StepRecord. */
  readonly readSlots?: HeadRows<Int32Array>;
  readonly readMeasures?: ReadMeasures;
  /** Waiting for this result to reach the CPU. */
  readonly readBackMs: number;
}

/** What a session that merges has to keep and measure. */
export interface MergeDemand {
  /** Newest queries that scores are averaged over. */
  readonly queryRows: number;
  /** Weight of a query in the average beside that of the one after it. */
  readonly decay: number;
  /** Also what every slot received since it was written. */
  readonly needsReceived: boolean;
}

/** Measured before the survivors of an event close ranks. A group's mean query has the group's mean logits. */
export interface MergeMeasures {
  /** Place among the survivors of the key closest to an evicted one, by cosine. Rows of evicted slots, ascending */
  readonly partners: HeadRows<Int32Array>;
  readonly cosines: HeadRows<Float32Array>; // rows of evicted slots
  /** ln ŝ: the average of exp(q·k/√d) of the mean queries that could see a slot, without its bias. Rows of slots */
  readonly logScores: HeadRows<Float32Array>;
  /** q·k/√d of the newest query of every query head, without bias. Rows of query heads, [layer][head], of slots */
  readonly logits: HeadRows<Float32Array>;
  /** q·q̄/√d of every newest query and the mean of its group. [layer][head] */
  readonly queryProducts: Float32Array;
  readonly valueNorms: HeadRows<Float32Array>; // rows of slots
  /** Rows of slots; empty unless the session was asked for it. */
  readonly received: HeadRows<Float32Array>;
}

/** What becomes of the slots at an event. */
export interface CompactionPlan {
  /** Slots that stay, ascending; heads may keep different numbers of them. */
  readonly survivors: HeadRows<Int32Array>;
  /** Absent: the others are gone. Only in a session that merges. */
  readonly merges?: SlotMerges;
}

export interface CacheEntries {
  readonly keys: HeadRows<Float32Array>;
  readonly values: HeadRows<Float32Array>;
}

/** Of a session whose cache a question must leave as it was: what cannot be taken back is refused. The query ring is not restored. */
export function requireRewindable({ terms, parameters, merging, reading = null }: SessionRequest): void {
  const isSummed = terms.includes("promptAttention") || terms.includes("observedAttention");
  assert(!isSummed, "sums of attention cannot be taken back");
  assert(parameters.storage === "asComputed" && reading === null, "packed entries and latents cannot be taken back");
  assert(merging === undefined, "merges cannot be taken back");
}

export interface SessionMerges {
  /** On the present cache, whose survivors will be these. */
  measure(survivors: HeadRows<Int32Array>): Promise<MergeMeasures>;
  /** ‖Σ weight · value of the slot‖ of as many mixes in every head: rows of [mix][slot] → [head][mix]. */
  mixNorms(weights: HeadRows<Float32Array>, mixCount: number): Promise<Float32Array>;
}

export interface Session {
  readonly memory: MemorySummary;
  /** Slots in use in each head, the newest started forward included; a new array after every change. [head] */
  readonly lengths: Int32Array;
  /** Forwards started whose results have not been collected. */
  readonly inFlightCount: number;
  /** How many forwards may usefully be in flight: 1 on the CPU, the ring's depth on a GPU. */
  readonly ringDepth: number;
  /** Forward 0 over the prompt, in chunks between which the caller's thread is free; rejects with the signal's reason when aborted. */
  prefill(promptTokens: Int32Array, signal?: AbortSignal): Promise<void>;
  /** Starts the next forward, on the token that the last one generated (which need not have reached the CPU), or on a given one. */
  decode(forcedToken?: number): void;
  /** More tokens behind those in the cache, without logits or results: frames of a stream. Once every forward is collected. */
  append(tokens: Int32Array): Promise<void>;
  /** The newest slots of every head are gone, and the cache is as if their tokens had never come: a question leaves no trace. */
  rewind(slotCount: number): void;
  /** What every slot holds, keys after RoPE. Copies; rows of [slot][headDim]. */
  readEntries(): Promise<CacheEntries>;
  /** The oldest result not yet collected. */
  collect(): Promise<ForwardResult>;
  /** Measures the session's terms on the present cache. `positions`: those at which every slot is rotated; absent: its slot. */
  measureTerms(positions?: HeadRows<Int32Array>): Promise<Measured>;
  /** There in a session that merges, and only there. */
  readonly merges?: SessionMerges | undefined;
  /** The survivors of each head close ranks; the other slots are evicted. */
  compact(plan: CompactionPlan): void;
  /** Logits of the newest forward, for comparisons and reference tests. [token] */
  readLogits(): Promise<Float32Array>;
  dispose(): void;
}

export interface Backend {
  readonly summary: BackendSummary;
  /** Of the matrices that the forward of one token multiplies with, as they are held. */
  readonly weightReadBytes: number;
  createSession(request: SessionRequest): Promise<Session>;
  /** Resolves with a plain-words reason if the device is lost; never resolves on the CPU or after dispose. */
  readonly lost: Promise<string>;
  dispose(): void;
}

export type CreateBackend = (model: Model) => Promise<Backend>;
