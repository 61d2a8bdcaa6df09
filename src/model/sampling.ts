// How the next token is drawn from the logits. Stateless: the draw at a step depends on (seed, step) alone.

export interface Sampling {
  /** 0 = greedy: the highest logit, the lower token on a tie. */
  readonly temperature: number;
  /** Smallest set of most probable tokens whose probability reaches this; 1 = off. */
  readonly topP: number;
  /** The k most probable tokens; 0 = off. */
  readonly topK: number;
  readonly seed: number;
}

export const greedySampling: Sampling = { temperature: 0, topP: 1, topK: 0, seed: 0 };

/** Candidates shown per step, most probable first. */
export const CANDIDATE_COUNT = 8;
