// No eviction: the reference every policy is measured against.
import type { Policy } from "./policy";

export const fullCache: Policy = {
  id: "fullCache",
  label: "Full cache",
  summary: "Keeps every token; memory grows with the text",
  defaults: { windowSlots: 1 },
  uses: [],
  isEvicting: false,
  formula: () => ({ steps: [], carry: null, start: null }),
};
