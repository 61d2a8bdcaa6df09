// G-KV (Liao et al. 2025, arXiv:2512.00504), as its code computes it: see scoreBased.ts. With no history the paper
// scores by S, the code by S / max S; the code is followed.
import { budgetParameters } from "./parameters";
import type { Policy } from "./policy";
import { scoreBased } from "./scoreBased";

export const gkv: Policy = {
  id: "gkv",
  label: "G-KV",
  summary: "Window attention joined with its decayed past maximum, minus redundancy of keys (arXiv 2512.00504)",
  defaults: { smoothing: "max", alpha: 0.8, redundancy: "kernel", lambda: 0.5 },
  uses: [
    ...budgetParameters,
    "windowSlots",
    "alpha",
    "lambda",
    "smoothing",
    "isNormalised",
    "redundancy",
    "poolingSlots",
    "shiftGamma",
    "groupPooling",
    "isPromptProtected",
  ],
  isEvicting: true,
  formula: scoreBased,
};
