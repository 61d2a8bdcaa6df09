// What a backend does for the decode loop (decodeLoop.ts). Two implementations: cpu/ defines what is correct, gpu/ is WGSL.
// A backend holds a model's weights; a session holds one sequence: KV slots, query ring, sampling, forwards in flight.

import type { HeadRows } from "../cache/headRows";
import type { ModelConfig } from "../model/config";
import type { KeyBasis } from "../model/keyBasis";
import type { QueryFilters } from "../model/queryFilters";
import type { HeadRoles } from "../model/headRoles";
import type { Span } from "../lib/spans";
import type { Sampling } from "../model/sampling";
import type { ModelWeights } from "../model/weights";
import type { PolicyParameters, TermName } from "../policy/policy";
import type { BackendSummary, EventEvidence, MemorySummary } from "../trace/trace";
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
  /** Terms that events of this run will ask for. */
  readonly terms: readonly TermName[];
  readonly parameters: TermParameters;
  /** Keys that stay at an event are rotated to their new slots, and so is what comes after. Absent: text positions count. */
  readonly isRerotated?: boolean;
  /** Keys are kept as latents, and a decode step reads what it selects. Absent or null: every slot is read. */
  readonly reading?: LatentReading | null;
  /** Events also record what stands behind their terms. */
  readonly hasEvidence?: boolean;
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
  /** Waiting for this result to reach the CPU. */
  readonly readBackMs: number;
}

/** Which slots go into which survivors: a survivor's new key is Σ weight · key of its sources, and so is its value. */
export interface SlotMerges {
  /** Place among the survivors of the head. Pairs of one target lie side by side, targets ascend. [pair] */
  readonly targets: HeadRows<Int32Array>;
  /** Slot before the event: the target itself or an evicted one; −1 is the mean of the group's newest queries. [pair] */
  readonly sources: HeadRows<Int32Array>;
  readonly keyWeights: HeadRows<Float32Array>; // [pair]
  readonly valueWeights: HeadRows<Float32Array>; // [pair]
  /** Added to the logit of each survivor from now on. [kept] */
  readonly logBias: HeadRows<Float32Array>;
}

/** What becomes of the slots at an event. */
export interface CompactionPlan {
  /** Slots that stay, ascending; heads may keep different numbers of them. */
  readonly survivors: HeadRows<Int32Array>;
  /** Absent: the others are gone. Only in a session that merges. */
  readonly merges?: SlotMerges;
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
  /** The oldest result not yet collected. */
  collect(): Promise<ForwardResult>;
  /** Measures the session's terms on the present cache. `positions`: those at which every slot is rotated; absent: its slot. */
  measureTerms(positions?: HeadRows<Int32Array>): Promise<Measured>;
  /** The survivors of each head close ranks; the other slots are evicted. */
  compact(plan: CompactionPlan): void;
  /** Logits of the newest forward, for comparisons and reference tests. [token] */
  readLogits(): Promise<Float32Array>;
  dispose(): void;
}

export interface Backend {
  readonly summary: BackendSummary;
  createSession(request: SessionRequest): Promise<Session>;
  /** Resolves with a plain-words reason if the device is lost; never resolves on the CPU or after dispose. */
  readonly lost: Promise<string>;
  dispose(): void;
}

export type CreateBackend = (model: Model) => Promise<Backend>;
