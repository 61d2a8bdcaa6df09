// What the term kernels read, and the interface through which golden cases and analyses reach them on either backend.
// One sequence at a time; query head h belongs to KV head floor(h / (headCount / kvHeadCount)).

export interface AttentionShape {
  readonly headCount: number;
  readonly kvHeadCount: number;
  readonly headDim: number;
  /** n: slots in use. */
  readonly lengthSlots: number;
  /** w: rows of queries; row i belongs to slot n − w + i and sees no later slot. */
  readonly windowSlots: number;
  /** Left padding: the oldest slots that nobody may see. 0 in the product; golden cases have some. */
  readonly paddingSlots: number;
}

export interface WindowInput {
  readonly shape: AttentionShape;
  readonly keys: Float32Array; // [kvHead][slot][headDim], after RoPE
  readonly queries: Float32Array; // [head][row][headDim], after RoPE
  readonly groupPooling: "max" | "mean";
}

export interface KeysShape {
  readonly kvHeadCount: number;
  readonly headDim: number;
  readonly lengthSlots: number;
  readonly paddingSlots: number;
}

export interface KeysInput extends KeysShape {
  readonly keys: Float32Array; // [kvHead][slot][headDim]
}

export interface Redundancy {
  /** ρ: mean cosine to the other keys, newest duplicate excused. [kvHead][slot], 0 on padding */
  readonly meanCosine: Float32Array;
  /** R = softmax of ρ over the slots that are not padding; 0 on padding. [kvHead][slot] */
  readonly softmax: Float32Array;
  /** Slot whose match with this column was excused, −1 = none. [kvHead][slot] */
  readonly excusedSlot: Int32Array;
}

/** Which match of a row `cal_similarity_raw` forgives; `ratio` of the slots counts for the percent directions only. */
export interface RawRetention {
  readonly direction: "last" | "first" | "last_percent" | "first_percent";
  readonly ratio: number;
}

/** The term kernels of one backend, run on arrays given from outside. */
export interface TermProbe {
  /** A: group-pooled softmax. [kvHead][row][slot of n]; −1 over a whole row that may see no key. */
  windowAttention(input: WindowInput): Promise<Float32Array>;
  /** Mean and unbiased standard deviation of A over the rows. Both [kvHead][candidate of n − w] */
  windowStatistics(input: WindowInput): Promise<{ mean: Float32Array; deviation: Float32Array }>;
  /** Query head of the group, from 0, that brought most of a candidate's mean; −1 where the mean is 0. [kvHead][candidate] */
  votingHeads(input: WindowInput): Promise<Int8Array>;
  redundancy(input: KeysInput): Promise<Redundancy>;
  /** `cal_similarity_raw`; direction "last", which is what the policies use, unless told otherwise. [kvHead][slot] */
  redundancyRaw(input: KeysInput, retention?: RawRetention): Promise<Float32Array>;
  keyNorm(input: KeysInput): Promise<Float32Array>; // [kvHead][slot]
  /** Column sums of causal attention with a query for every slot (w = n). [kvHead][slot] */
  promptAttention(input: WindowInput): Promise<Float32Array>;
}
