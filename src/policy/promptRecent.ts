// A plain baseline: the prompt and the most recent tokens, attention never looked at.
import { TOTAL } from "./formula";
import { budgetParameters } from "./parameters";
import type { Policy } from "./policy";

export const promptRecent: Policy = {
  id: "promptRecent",
  label: "Prompt + recent",
  summary: "Keeps the prompt and the most recent rest of the budget",
  defaults: { windowSlots: 1, isPromptProtected: true },
  uses: [...budgetParameters],
  isEvicting: true,
  formula: () => ({
    steps: [{ column: TOTAL, operation: "recency", from: [], numbers: [0] }],
    carry: null,
    start: null,
  }),
};
