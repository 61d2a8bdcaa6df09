// The control for every scored policy: a seeded draw per event, layer, KV head and token, the prompt spared where it
// fits beside the window. Where it does not, half a prompt is no better than any tokens, and the draw is among all.
import { TOTAL } from "./formula";
import { budgetParameters } from "./parameters";
import type { Policy } from "./policy";

export const randomEviction: Policy = {
  id: "random",
  label: "Random (keep prompt)",
  summary: "Keeps the prompt, if it fits, and a seeded random choice of the rest; the control",
  defaults: {},
  uses: [...budgetParameters, "windowSlots", "seed"],
  isEvicting: true,
  formula: ({ seed, budgetSlots, windowSlots }) => ({
    steps: [{ column: TOTAL, operation: "draw", from: [], numbers: [seed, budgetSlots - windowSlots] }],
    carry: null,
    start: null,
  }),
};
