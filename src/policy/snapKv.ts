// SnapKV (Li et al. 2024, arXiv:2404.14469), re-run at every event as G-KV's repository does; the paper selects once,
// after the prefill. The group is joined by maximum, the paper's code scores each query head by itself.
import { budgetParameters } from "./parameters";
import type { Policy } from "./policy";
import { scoreBased } from "./scoreBased";

export const snapKv: Policy = {
  id: "snapKv",
  label: "SnapKV",
  summary: "Mean attention of the newest window, pooled over 5 neighbouring slots (arXiv 2404.14469), at every event",
  defaults: { poolingSlots: 5 },
  uses: [...budgetParameters, "windowSlots", "poolingSlots", "groupPooling", "isPromptProtected"],
  isEvicting: true,
  formula: scoreBased,
};
