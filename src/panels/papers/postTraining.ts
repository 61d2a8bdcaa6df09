// What the paper reports of post-training under eviction, as far as its numbers are known to us, and what our own figures next to
// them can and cannot say. The paper's absolute pass@1 is not in the material we have: only the differences are.

/** Points of pass@1 that a training adds at a budget. */
export interface PaperGain {
  readonly training: string;
  readonly benchmark: string;
  readonly budgetSlots: number;
  /** Percentage points; null where the paper trains so, and no number is known to us. */
  readonly points: number | null;
  readonly note: string;
}

const amc = { benchmark: "AMC 2023", budgetSlots: 512 };

/** arXiv 2512.00504: pass@1 over 32 samples at temperature 0.6. */
export const paperGains: readonly PaperGain[] = [
  { ...amc, training: "RL under eviction (RL-Sparse)", points: 6.01, note: "400 steps, groups of 8" },
  { ...amc, training: "RL with the full cache (RL-Full)", points: 2.65, note: "the same, but the cache is full" },
  { ...amc, training: "Distillation", points: null, note: "for tasks whose answers nobody can check" },
];

export const comparable: readonly string[] = [
  "The direction: training under the cache that decoding will have raises the share of right answers at a small budget.",
  "The objective: the paper’s distillation and ours both hold a student with a small cache to its own full-cache self.",
];

export const notComparable: readonly string[] = [
  "The size of a gain. The paper’s models have 7 and 8 billion parameters and solve competition problems; ours has 1 million and looks facts up.",
  "Budgets. 512 slots are 3 % of a text of 16,000 tokens; ours are 15 and 25 % of some 300 to 500.",
  "The measure. The paper averages 32 samples at temperature 0.6; ours decode greedily, once a problem.",
  "Absolute numbers. We know the paper’s gains, not its pass@1. Its reviewers note that the untrained row of the training table does not match the main table.",
];
