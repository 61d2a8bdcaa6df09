// Policies that differ from others in what becomes of the evicted.
import type { Policy } from "./policy";
import { snapKv } from "./scoreBased";

/**
 * KeepKV (Tian et al. 2025, arXiv:2504.09936): evicted tokens are merged into kept ones so that the present query's output does
 * not change. Its selection and layer budgets are PyramidInfer's; here window attention selects, averaged over the queries and
 * the group, and any other score of the list can take its place (`merging`). Its averaging α and window are not given.
 */
export const keepKv: Policy = {
  ...snapKv,
  id: "keepKv",
  label: "KeepKV",
  summary: "Merges what it evicts into the kept token of the nearest key, counting votes (arXiv 2504.09936)",
  defaults: { groupPooling: "mean", merging: "keepKv" },
};
