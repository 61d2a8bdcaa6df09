// The control for every scored policy: a seeded draw per event, layer, KV head and token, the prompt spared.
import { hashUniform } from "../lib/random";
import { budgetParameters } from "./parameters";
import type { Policy } from "./policy";

export const randomEviction: Policy = {
  id: "random",
  label: "Random (keep prompt)",
  summary: "Keeps the prompt and a seeded random choice of the rest; the control",
  defaults: { isPromptProtected: true },
  uses: [...budgetParameters, "windowSlots", "seed"],
  isEvicting: true,
  needs: () => [],
  score: (view, { seed }) => ({
    total: Float32Array.from(view.positions.subarray(0, view.candidateCount), (position) =>
      hashUniform(seed, view.event, view.layer, view.kvHead, position),
    ),
    carry: null,
    parts: {},
  }),
};
