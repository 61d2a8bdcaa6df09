// The second grid: at equal bytes. Families × byte budgets × methods that evict, merge, store in fewer bits or read a part, each
// with as many slots as the bytes hold. A budget is a share of what a full cache in float32 takes on average at the end of a
// problem, in whole slots as computed, so that methods that store entries as computed stand where the first grid has them.

import { heldBytes, type CacheShape } from "../../src/engine/storage/byteBudget";
import { baseParameters } from "../../src/policy/parameters";
import { budgetSlots } from "../eval/budget";
import type { GridColumn } from "./grid";

/** One slot of all heads chosen together, as methods need that keep one thing for a layer's heads. */
const together = { grouping: "wholeChunks", groupingSlots: 1 } as const;
const packed = { storage: "quantised" } as const;
/** Each KV head selects for itself, which these small models need. */
const latents = { reading: "latents", readingSets: "head" } as const;

export const bytesColumns: readonly GridColumn[] = [
  { id: "streamingLlm", label: "StreamingLLM", policyId: "streamingLlm", choices: {} },
  { id: "promptRecent", label: "Prompt + recent", policyId: "promptRecent", choices: {} },
  { id: "gkv", label: "G-KV", policyId: "gkv", choices: {} },
  { id: "gkv16", label: "G-KV, 16 bits", policyId: "gkv", choices: { storage: "half" } },
  { id: "gkv8", label: "G-KV, 8 bits", policyId: "gkv", choices: { ...packed, keyBits: "8", valueBits: "8" } },
  { id: "gkv4", label: "G-KV, 4 bits", policyId: "gkv", choices: { ...packed, keyBits: "4", valueBits: "4" } },
  { id: "gkv2", label: "G-KV, 2 bits", policyId: "gkv", choices: { ...packed, keyBits: "2", valueBits: "2" } },
  { id: "gkvKivi4", label: "G-KV, KIVI-like 4 bits", policyId: "gkv", choices: { storage: "kivi" } },
  { id: "gkvTada4", label: "G-KV, TaDA 4 bits", policyId: "gkv", choices: { storage: "tada", ...together } },
  { id: "gkvMerged", label: "G-KV, merged (KeepKV)", policyId: "gkv", choices: { merging: "keepKv" } },
  { id: "keepKv", label: "KeepKV", policyId: "keepKv", choices: {} },
  {
    id: "gkvLatents",
    label: "G-KV, read through latents",
    policyId: "gkv",
    choices: { ...latents, ...together },
  },
  {
    id: "gkvLatents4",
    label: "G-KV, latents and 4-bit values",
    policyId: "gkv",
    choices: { ...latents, ...packed, keyBits: "4", valueBits: "4", ...together },
  },
];

/**
 * Of what the full cache takes on average. Lower than in the first grid: in codes of 4 bits a quarter of these bytes holds every
 * token, and from there on only entries as computed have anything to gain. At the least, some windows do not fit.
 */
export const bytesBudgets: readonly number[] = [0.06, 0.1, 0.15, 0.25, 0.5];

export const bytesProblemCount = 40;

/** A share of what these problems take in a full cache as computed. */
export function budgetBytes(share: number, fullLengths: readonly number[], shape: CacheShape): number {
  return heldBytes(baseParameters, shape, budgetSlots({ type: "ratio", ratio: share }, fullLengths));
}
