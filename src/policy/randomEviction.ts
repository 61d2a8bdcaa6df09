// The control for every scored policy: a seeded draw per event, layer, KV head and token, the prompt spared where it
// fits beside the window. Where it does not, half a prompt is no better than any tokens, and the draw is among all.
import { hashUniform } from "../lib/random";
import { budgetParameters } from "./parameters";
import type { Policy } from "./policy";

export const randomEviction: Policy = {
  id: "random",
  label: "Random (keep prompt)",
  summary: "Keeps the prompt, if it fits, and a seeded random choice of the rest; the control",
  defaults: {},
  uses: [...budgetParameters, "windowSlots", "seed"],
  isEvicting: true,
  needs: () => [],
  score: (view, { seed, budgetSlots, windowSlots }) => {
    const sparedCount = view.promptCount + windowSlots <= budgetSlots ? view.promptCount : 0;
    return {
      // 0 … 1 drawn, and 1 more for what is spared.
      total: Float32Array.from(
        view.positions.subarray(0, view.candidateCount),
        (position) =>
          hashUniform(seed, view.event, view.layer, view.kvHead, position) + (position < sparedCount ? 1 : 0),
      ),
      carry: null,
      parts: {},
    };
  },
};
