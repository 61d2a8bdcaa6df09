// R-KV (Cai et al. 2025, arXiv:2505.24133) as the preset of G-KV's repository. R-KV's own code joins the group before
// the softmax, leaves the window out of it, pools over 7 slots and keeps its cache in rank order (methods section 12).
import { budgetParameters } from "./parameters";
import type { Policy } from "./policy";
import { scoreBased } from "./scoreBased";

export const rKv: Policy = {
  id: "rKv",
  label: "R-KV",
  summary: "Pooled window attention minus redundancy of keys, neither normalised (arXiv 2505.24133, G-KV's preset)",
  defaults: { poolingSlots: 5, redundancy: "kernel", lambda: 0.1 },
  uses: [
    ...budgetParameters,
    "windowSlots",
    "lambda",
    "redundancy",
    "poolingSlots",
    "groupPooling",
    "isPromptProtected",
  ],
  isEvicting: true,
  formula: scoreBased,
};
