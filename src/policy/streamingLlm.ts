// StreamingLLM (Xiao et al. 2023, arXiv:2309.17453): the first tokens ("sinks") and the most recent ones, whatever the
// text. Keys keep their rotation, as in G-KV's baseline; the paper re-indexes positions inside the cache.
import { TOTAL } from "./formula";
import { budgetParameters } from "./parameters";
import type { Policy } from "./policy";

export const streamingLlm: Policy = {
  id: "streamingLlm",
  label: "StreamingLLM",
  summary: "The first 4 slots and the most recent rest of the budget (arXiv 2309.17453)",
  defaults: { windowSlots: 1, sinkSlots: 4 },
  uses: [...budgetParameters, "sinkSlots", "isPromptProtected"],
  isEvicting: true,
  formula: ({ sinkSlots }) => ({
    steps: [{ column: TOTAL, operation: "recency", from: [], numbers: [sinkSlots] }],
    carry: null,
    start: null,
  }),
};
