// What a policy is: a formula that turns the terms measured at an eviction event into one score per
// candidate slot. It never removes anything: admission.ts alone chooses who stays.
// A view is one layer × one KV head; the newest `windowSlots` slots are the observation window, not candidates.
import { formulaTerms, termSource, type Formula, type ScoreInputs } from "./formula";
import type { ParameterName, ParameterValues } from "./parameters";

/** What the engine can measure at an event, one kernel and one CPU twin each (src/engine/terms/). */
export type TermName =
  /** S before normalising: mean over the window's queries of the group-pooled softmax. [candidate] */
  | "windowAttention"
  /** Unbiased standard deviation over the window's queries of the same (the CAKE-like indicator). [candidate] */
  | "attentionShift"
  /** R: softmax over all slots of the mean cosine to the other keys, newest duplicate excused (methods 4.1). [candidate] */
  | "redundancy"
  /** The older variant of R, `cal_similarity_raw` (methods 4.2). [candidate] */
  | "redundancyRaw"
  /** Euclidean norm of the key after RoPE (rotation keeps it). [candidate] */
  | "keyNorm"
  /** Euclidean norm of the value. [candidate] */
  | "valueNorm"
  /** Cosine of the key and the mean of all the head's keys, each divided by its length. [candidate] */
  | "keyCosine"
  /** ‖W_o v‖₁ with each query head's part of the output projection, the mean over the group. [candidate] */
  | "projectedValueNorm"
  /** Length of the key behind a random projection that all heads share, divided by √columns. [candidate] */
  | "keySketchNorm"
  /** The same of the value. [candidate] */
  | "valueSketchNorm"
  /** Product of the key and its head's filter (Q-Filters). [candidate] */
  | "filterProduct"
  /** How unlike its neighbours the token is on the scale of the next block of slots (LagKV). [candidate] */
  | "lagSpread"
  /** Leverage of the key before RoPE among the candidates behind the sinks, through a random sketch. [candidate] */
  | "leverage"
  /** Window attention, each row times the number of keys before its query (Finch). [candidate] */
  | "placedAttention"
  /** Window attention as R-KV's repository has it: joined before the softmax, which is over the candidates alone. [candidate] */
  | "candidateAttention"
  /** â: softmax of the logits expected of the queries to come (Expected Attention); 0 for sinks. [candidate] */
  | "expectedAttention"
  /** ln â, also where â is smaller than 32 bits can hold; 0 for sinks. [candidate] */
  | "logExpectedAttention"
  /** What a value adds to the span of the well-placed values (Cap); 0 for sinks. [candidate] */
  | "valueLeverage"
  /** What the queries of its chunk pay to each slot when nothing is masked; 0 for sinks. [candidate] */
  | "chunkAttention"
  /** What each slot received since it was written, for every query that could see it. [candidate] */
  | "observedAttention"
  /**
   * What the window of a token's own instruction pays to it, the window split between two instructions; −1 for the window's
   * own tokens. Measured right after the prompt. [candidate]
   */
  | "instructionVotes"
  /** Observed attention, without what tokens of the earlier instruction receive from the later. As above. [candidate] */
  | "instructionAttention"
  /** Column sums of the whole prompt's attention at prefill (H2O with α = 1). [position of the prompt] */
  | "promptAttention";

/** Every number in force, whatever the policy; parameters.ts says of each what it is. */
export type PolicyParameters = ParameterValues;

export type Terms = Readonly<Partial<Record<TermName, Float32Array>>>;

/** One layer and one KV head at an event, as a policy's formula sees it. */
export interface PolicyView extends ScoreInputs {
  /** n: slots in use; the candidates are slots 0 … n − w − 1. */
  readonly lengthSlots: number;
  readonly terms: Terms;
}

/** How a policy shares fairly by the rules of the pitfalls paper's code (fairShare.ts). */
export interface PublishedFairness {
  /** The score inside an instruction. Absent: the policy's own. */
  formula?(parameters: PolicyParameters): Formula;
  /** By the lengths of the two instructions, or as one choice over a ramp in each of them falls out. */
  readonly quotas: "lengths" | "ramps";
}

export interface Policy {
  readonly id: string;
  readonly label: string;
  /** One line: the rule, and where it comes from. */
  readonly summary: string;
  /** Parameters that this policy sets; the user's choices come on top of them. */
  readonly defaults: Readonly<Partial<PolicyParameters>>;
  /** Parameters that change what it does, in the order in which a page shows them. */
  readonly uses: readonly ParameterName[];
  /** False for the full cache: no events at all. */
  readonly isEvicting: boolean;
  /**
   * The score as data: it says which terms have to be measured, what is carried and what the carried score starts from.
   * A start is set once, before the first event, whether that event acts or not.
   */
  formula(parameters: PolicyParameters): Formula;
  /** Absent where the code has no rule for it. */
  readonly fair?: PublishedFairness;
}

/** How a policy's step names a term that it reads. */
export const term: (name: TermName) => string = termSource;

/** The terms that have to be measured for a formula. */
export function neededTerms(formula: Formula): readonly TermName[] {
  return formulaTerms(formula) as TermName[]; // a policy names no others: policies.test.ts
}
