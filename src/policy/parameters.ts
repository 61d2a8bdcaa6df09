// The values every policy starts from, in one place; a policy overlays what defines it.
import type { PolicyParameters } from "./policy";

/** Sized for short reasoning by a small model; the paper's own scripts use w = 16, s = 128, B = 512 and more. */
export const baseParameters: PolicyParameters = {
  budgetSlots: 96,
  windowSlots: 16,
  intervalSteps: 16,
  budgetMode: "budget",
  compressRatio: 0.2,
  alpha: 0.8,
  lambda: 0.5,
  smoothing: "none",
  isNormalised: true,
  poolingSlots: 1,
  redundancy: "none",
  shiftGamma: 0,
  groupPooling: "max",
  sinkSlots: 4,
  isPromptProtected: false,
  seed: 0,
};

/** Parameters that change what every evicting policy does: they decide when and how much, not who. */
export const budgetParameters = ["budgetSlots", "intervalSteps", "budgetMode", "compressRatio"] as const;
