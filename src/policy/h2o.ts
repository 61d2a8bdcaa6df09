// H2O (Zhang et al. 2023, arXiv:2306.14048) as the preset of G-KV's repository: the newest query alone, taken once per
// event and divided by its maximum, in a sum that decays by α. The paper sums every step's attention, undecayed, and
// keeps a recent window of half the budget. α = 1 starts the sum from the attention of all prompt tokens.
import { budgetParameters } from "./parameters";
import type { Policy } from "./policy";
import { scoreBased } from "./scoreBased";

export const h2o: Policy = {
  id: "h2o",
  label: "H2O",
  summary:
    "Decayed sum of the newest query's attention, sampled at events only; H2O itself sums every step (arXiv 2306.14048)",
  defaults: { windowSlots: 1, smoothing: "sum", alpha: 0.8 },
  uses: [...budgetParameters, "alpha", "isNormalised", "groupPooling", "isPromptProtected"],
  isEvicting: true,
  formula: scoreBased,
};
