// Which parts of a method do not go together, in one sentence each: the engine, the settings and the command line ask here.

import { storesCodes } from "../cache/packing";
import { formatSpans, noSpans, positionsOf, type PromptSpans } from "../lib/spans";
import { instructionPair, isFairByCode } from "./fairShare";
import { neededTerms, type Policy, type PolicyParameters, type TermName } from "./policy";
import type { InfScores } from "./shareBudgets";
import { layerBitsOf } from "./storageParameters";

/** What a combination needs of the model and of the prompt. */
export interface CombinedModel {
  readonly layerCount: number;
  readonly headCount: number;
  /** Null where nobody has looked what its heads do. */
  readonly roles: InfScores | null;
  /** Absent or null where nobody has looked where its queries point. */
  readonly filters?: ArrayLike<number> | null;
  /** Whether anybody has computed the directions of its keys; absent: nobody has looked, and a run may find out. */
  readonly hasBasis?: boolean;
  /** Whether some layers see only the newest tokens. */
  readonly hasWindows?: boolean;
  /** Absent where the prompt isn't known yet. */
  readonly spans?: PromptSpans;
}

/** Why a run of this policy with these values makes no sense on this model; null where it does. */
export function objectionToCombination(
  policy: Policy,
  parameters: PolicyParameters,
  { roles, filters = null, hasBasis = true, hasWindows = false, layerCount, headCount, spans }: CombinedModel,
): string | null {
  const objection =
    objectionToStorage(policy, parameters, layerCount) ??
    objectionToReading(policy, parameters, hasBasis) ??
    (hasWindows ? objectionToWindows(parameters) : null);
  if (objection !== null || !policy.isEvicting) return objection;
  const terms = neededTerms(policy.formula(parameters));
  if (parameters.secondStage !== "none" && terms.length === 0) {
    return `${policy.label} keeps by a fixed rule, and a second stage refines scores of what was measured; choose no second stage, or a policy that scores`;
  }
  if (filters === null && terms.includes("filterProduct")) {
    return `${policy.label} needs filters made from this model’s own queries, and there are none; choose another policy`;
  }
  if (parameters.share === "roles") {
    if (roles === null) {
      return "the share by head role needs to know what this model’s heads do, and nobody has looked yet; choose another share";
    }
    const isFitting = roles.infScore.length === layerCount && roles.infScore.every((row) => row.length === headCount);
    if (!isFitting) {
      return `the head roles are those of another model: expected ${layerCount} layers of ${headCount} heads; choose another share`;
    }
  }
  const readsText = terms.some((term) => textTerms.includes(term));
  if (parameters.departure === "rerotate" && parameters.schedule !== "once" && readsText) {
    return `${policy.label} reads past queries by their positions in the text, which new positions leave behind; let keys keep their rotation, or choose one event after the prompt`;
  }
  return objectionToFairRule(policy, parameters, spans) ?? objectionToSelection(parameters, spans ?? noSpans);
}

/** Why layers with a window cannot do this: their slots are the newest tokens, and what leaves them is dead. */
function objectionToWindows({ departure, merging, reading, share }: PolicyParameters): string | null {
  const layers = "some layers of this model see only their newest tokens";
  if (departure === "rerotate") {
    return `${layers}, and so hold other numbers of slots than the rest, which keys turned to their slots cannot; let keys keep their rotation`;
  }
  if (merging !== "none")
    return `${layers}, and what leaves those can be merged into nothing that stays; merge nothing`;
  if (reading !== "everything") return `${layers}, and what those read is fixed; read every slot`;
  if (share === "roles") return `${layers}, which have no share in a budget by roles; choose another share`;
  return null;
}

/** Why entries cannot be stored like this. */
function objectionToStorage(
  { isEvicting, label }: Policy,
  { storage, layerBits, grouping, departure }: PolicyParameters,
  layerCount: number,
): string | null {
  if (storage === "tada" && isEvicting && grouping !== "wholeChunks") {
    return `TaDA stores one mean for all KV heads of a layer, so they must hold the same tokens, and under ${label} each head keeps its own; choose by whole chunks (of 1 slot: single tokens), or the full cache`;
  }
  if (storage === "thin" && isEvicting && departure === "rerotate") {
    return "rotating keys to new positions would mix the channels that ThinK set to 0 with others; let keys keep their rotation, or store all channels";
  }
  const bitCount = layerBitsOf(layerBits).length;
  if (storesCodes(storage) && bitCount > 0 && bitCount !== layerCount) {
    return `the bits of each layer are ${bitCount} numbers, and the model has ${layerCount} layers; give one number for each layer, or none`;
  }
  return null;
}

/** Why latents and what else is chosen do not go together. */
function objectionToReading({ isEvicting }: Policy, parameters: PolicyParameters, hasBasis: boolean): string | null {
  const { reading, grouping, departure, storage, merging } = parameters;
  if (reading !== "latents") return null;
  if (storage === "thin") {
    return "latents are kept in place of keys, so there are no channels to set to 0; store as computed, or read every slot";
  }
  if (storage === "kivi" || storage === "tada") {
    return `latents are kept in place of keys, so ${storage === "kivi" ? "KIVI’s groups of keys" : "TaDA’s mean of keys"} have nothing to hold; quantise values, store 16 bits or as computed, or read every slot`;
  }
  if (merging !== "none") {
    return "a merged key is a sum of keys after their rotation, and latents keep keys from before it; read every slot, or merge nothing";
  }
  if (!hasBasis) {
    return "reading through latents needs the directions of this model’s keys, and nobody has computed them; read every slot";
  }
  if (!isEvicting) return null;
  if (grouping !== "wholeChunks") {
    return "a latent holds a token for all heads of a layer, so they must keep the same tokens; choose by whole chunks (of 1 slot: single tokens), or the full cache";
  }
  return departure === "rerotate"
    ? "keys kept as latents are rotated at their positions in the text; let keys keep their rotation, or read every slot"
    : null;
}

/** Why the fair share of the paper's code has nothing to go by. */
function objectionToFairRule(
  policy: Policy,
  parameters: PolicyParameters,
  spans: PromptSpans | undefined,
): string | null {
  if (!isFairByCode(parameters)) return null;
  if (policy.fair === undefined) {
    return `the fair share of the paper’s code has rules for the scores of ${fairPolicies} alone, not for that of ${policy.label}; choose one of these, or the fair share by lengths alone`;
  }
  if (parameters.schedule !== "once") {
    return "the fair share of the paper’s code reads the votes of the whole prompt, which are there once; choose one event after the prompt, or the fair share by lengths alone";
  }
  if (spans === undefined || instructionPair(spans.instructions) !== null) return null;
  const { length } = spans.instructions;
  const found = length === 2 ? "two with tokens between them" : length === 0 ? "none" : String(length);
  return `the fair share of the paper’s code needs two instructions, one directly behind the other, and found ${found}; mark two, or choose the fair share by lengths alone`;
}

/** Those whose rules (`Policy.fair`) others can take over with their scores; a test holds this to the list of policies. */
export const fairPolicies = "StreamingLLM, Knorm, TOVA, SnapKV (KVPress) and H2O (KVPress)";

/** Terms that look up queries by the positions at which they were rotated. */
const textTerms: readonly TermName[] = [
  "expectedAttention",
  "logExpectedAttention",
  "valueLeverage",
  "chunkAttention",
  "observedAttention",
];

/** Why the grouping, the fair share, new positions and kept spans do not go together. */
function objectionToSelection(
  { grouping, fairShare, departure, share, budgetSlots, windowSlots, merging }: PolicyParameters,
  { kept }: PromptSpans,
): string | null {
  if (departure === "rerotate" && merging !== "none") {
    return "a merged token stands for several positions and has no single one to be rotated to; let keys keep their rotation, or merge nothing";
  }
  if (departure === "rerotate" && share !== "uniform") {
    return "keys are rotated to new positions only where all heads hold the same number of slots; choose the uniform share, or let keys keep their rotation";
  }
  if (grouping === "wholeChunks" && share !== "uniform") {
    return "all heads of a layer keep the same whole chunks, so they need the same number of slots; choose the uniform share or single tokens";
  }
  if (grouping !== "tokens" && fairShare > 0) {
    return "a fair share picks single tokens of each instruction; choose by single tokens, or set the fair share to 0";
  }
  if (grouping === "wholeChunks" && kept.length > 0) {
    return "whole chunks cannot promise that a kept span stays, because its chunks may not fit; choose by single tokens";
  }
  if (kept.length > 0 && share !== "uniform") {
    return "a kept span stays in every head, which only the uniform share has room for; choose the uniform share, or keep no span";
  }
  const keptCount = positionsOf(kept).length;
  const roomSlots = Math.max(0, budgetSlots - windowSlots);
  if (keptCount <= roomSlots) return null;
  return (
    `the kept spans ${formatSpans(kept)} hold ${keptCount} tokens, but a budget of ${budgetSlots} slots with a window of ` +
    `${windowSlots} has room for ${roomSlots}; raise the budget or keep less`
  );
}

/** Why these spans are not spans of a prompt of so many tokens; null where they are. */
export function objectionToSpans({ kept, instructions }: PromptSpans, promptCount: number): string | null {
  for (const [name, spans] of [
    ["kept spans", kept],
    ["instructions", instructions],
  ] as const) {
    const odd = spans.find(({ start, end }) => !(start >= 0 && start < end && end <= promptCount));
    if (odd !== undefined) {
      return `${name}: ${formatSpans([odd])} is not in the prompt, whose tokens are 0 to ${promptCount - 1}; name tokens of the prompt`;
    }
  }
  const sorted = [...instructions].sort((left, right) => left.start - right.start);
  const overlapping = sorted.find(({ end }, place) => place + 1 < sorted.length && end > sorted[place + 1].start);
  return overlapping === undefined
    ? null
    : `instructions: ${formatSpans([overlapping])} overlaps the one behind it; each token belongs to one instruction`;
}
