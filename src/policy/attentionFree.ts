// Policies that never look at attention: baselines, and the full cache that all are measured against.
import { TOTAL } from "./formula";
import { budgetParameters, fullCacheParameters } from "./parameters";
import type { Policy } from "./policy";

/**
 * No eviction: with entries as computed, the reference every policy is measured against.
 */
export const fullCache: Policy = {
  id: "fullCache",
  label: "Full cache",
  summary: "Keeps every token; memory grows with the text",
  defaults: { windowSlots: 1 },
  uses: fullCacheParameters,
  isEvicting: false,
  formula: () => ({ steps: [], carry: null, start: null }),
};

/**
 * StreamingLLM (Xiao et al. 2023, arXiv:2309.17453): the first tokens ("sinks") and the most recent ones, whatever the
 * text. Keys keep their rotation, as in G-KV's baseline; the paper re-indexes positions inside the cache.
 */
export const streamingLlm: Policy = {
  id: "streamingLlm",
  label: "StreamingLLM",
  summary: "Keeps the first 4 tokens and the most recent ones (arXiv 2309.17453)",
  defaults: { windowSlots: 1, sinkSlots: 4 },
  uses: [...budgetParameters, "sinkSlots", "isPromptProtected"],
  isEvicting: true,
  formula: ({ sinkSlots }) => ({
    steps: [{ column: TOTAL, operation: "recency", from: [], numbers: [sinkSlots] }],
    carry: null,
    start: null,
  }),
  // The same order inside each instruction: the ramps of the fair rule only decide how many of each stay.
  fair: { quotas: "ramps" },
};

/**
 * StreamingLLM as its paper means it: keys that stay are rotated to their places in the cache (section 3.2), so that the
 * model never sees a distance longer than the cache; NVIDIA/kvpress 8bb29b9, key_rerotation_press.py around
 * streaming_llm_press.py. The paper evicts at every step, here as at every event.
 */
export const streamingLlmRerotated: Policy = {
  ...streamingLlm,
  id: "streamingLlmRerotated",
  label: "StreamingLLM (re-rotated)",
  summary: "Keeps the first 4 tokens and the most recent ones, at new positions (arXiv 2309.17453)",
  defaults: { ...streamingLlm.defaults, departure: "rerotate" },
};

/**
 * A plain baseline: the prompt and the most recent tokens, attention never looked at.
 */
export const promptRecent: Policy = {
  id: "promptRecent",
  label: "Prompt + recent",
  summary: "Keeps the prompt and the most recent tokens",
  defaults: { windowSlots: 1, isPromptProtected: true },
  uses: [...budgetParameters],
  isEvicting: true,
  formula: () => ({
    steps: [{ column: TOTAL, operation: "recency", from: [], numbers: [0] }],
    carry: null,
    start: null,
  }),
};

/**
 * The control for every scored policy: a seeded draw per event, layer, KV head and token. It keeps the prompt if prompt and
 * window fit the budget together. If they don't, half a prompt is worth no more than other tokens, and all are drawn from.
 */
export const randomEviction: Policy = {
  id: "random",
  label: "Random (keep prompt)",
  summary: "Evicts at random but keeps the prompt, if it fits the budget: the control",
  defaults: {},
  uses: [...budgetParameters, "windowSlots", "seed"],
  isEvicting: true,
  formula: ({ seed, budgetSlots, windowSlots }) => ({
    steps: [{ column: TOTAL, operation: "draw", from: [], numbers: [seed, budgetSlots - windowSlots] }],
    carry: null,
    start: null,
  }),
};
