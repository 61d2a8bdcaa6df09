// A plain baseline: the prompt and the most recent tokens, attention never looked at.
import { budgetParameters } from "./parameters";
import type { Policy } from "./policy";

export const promptRecent: Policy = {
  id: "promptRecent",
  label: "Prompt + recent",
  summary: "Keeps the prompt and the most recent rest of the budget",
  defaults: { windowSlots: 1, isPromptProtected: true },
  uses: [...budgetParameters],
  isEvicting: true,
  needs: () => [],
  score: (view) => ({
    total: Float32Array.from(view.positions.subarray(0, view.candidateCount)),
    carry: null,
    parts: {},
  }),
};
