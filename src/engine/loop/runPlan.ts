// Everything about a run that is known before its first forward: rules checked, sizes computed.

import { budgetInForce, isActing, isEventStep, slotCapacity } from "../../policy/budget";
import { policyById } from "../../policy/policies";
import type { Tokenizer } from "../../model/tokenizer";
import { neededTerms, type Policy, type PolicyParameters } from "../../policy/policy";
import type { Model, SessionRequest } from "../backend";
import type { RunRecipe } from "../protocol";
import { checkParameters, checkRecipe } from "./checkRecipe";

/** A recipe, and the model that it runs on. */
export interface PlannedRun {
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  readonly promptTokens: Int32Array;
  readonly recipe: RunRecipe;
}

/** Rope tables are cheap and a longer one saves a rebuild when a run is continued. */
const SPARE_POSITIONS = 4096;

export interface RunPlan {
  readonly policy: Policy;
  readonly parameters: PolicyParameters;
  readonly promptCount: number;
  readonly maxPositions: number;
  /** B of each head if an event falls on this step and acts on a cache of these lengths; null otherwise. [head] */
  actingBudgets(step: number, lengths: Int32Array): Int32Array | null;
  /** The prompt's own attention starts the carried score, so event 0 measures even where it does not act. */
  readonly hasInitialCarry: boolean;
  sessionRequest(maxNewTokens: number): SessionRequest;
  /** The full cache beside the run, which samples as the run does. */
  fullCacheRequest(maxNewTokens: number): SessionRequest;
}

/** Throws InputError for anything in the recipe that cannot be run on this model. */
export function createRunPlan({ model, promptTokens, recipe }: PlannedRun): RunPlan {
  const { parameters } = recipe;
  const { maxPositions } = model.config;
  const policy = policyById(recipe.policyId);
  checkRecipe(recipe, promptTokens, model.config);
  checkParameters(policy, parameters);
  const promptCount = promptTokens.length;
  const terms = policy.isEvicting ? neededTerms(policy.formula(parameters)) : [];

  const actingBudgets = (step: number, lengths: Int32Array): Int32Array | null => {
    if (!policy.isEvicting || !isEventStep(step, parameters.intervalSteps)) return null;
    const budgets = lengths.map(() => budgetInForce(parameters, promptCount + step));
    return lengths.some((length, head) => isActing(length, budgets[head])) ? budgets : null;
  };

  const sessionRequest = (maxNewTokens: number): SessionRequest => ({
    // The last token generated is never fed back, so it needs neither a forward nor a slot.
    slotCapacity: slotCapacity(policy, parameters, { promptCount, decodeCount: maxNewTokens - 1 }),
    positionCapacity: Math.min(maxPositions, Math.max(promptCount + maxNewTokens, SPARE_POSITIONS)),
    windowSlots: parameters.windowSlots,
    sampling: recipe.sampling,
    stopTokens: model.config.stopTokens,
    hasTaps: recipe.hasTaps,
    // A KV head of one query head has that head's row already.
    hasHeadTaps: recipe.hasTaps && recipe.hasHeadTaps === true && model.config.headCount > model.config.kvHeadCount,
    terms,
    groupPooling: parameters.groupPooling,
    hasEvidence: true,
  });

  const fullCacheRequest = (maxNewTokens: number): SessionRequest => ({
    ...sessionRequest(maxNewTokens),
    slotCapacity: promptCount + maxNewTokens - 1,
    // The newest query alone, unrounded, its shares adding up to 1: what taps and the group's maximum cannot give.
    windowSlots: 1,
    terms: ["windowAttention"],
    groupPooling: "mean",
    hasTaps: false,
    hasHeadTaps: false,
    hasEvidence: false,
  });

  return {
    policy,
    parameters,
    promptCount,
    maxPositions,
    actingBudgets,
    hasInitialCarry: terms.includes("promptAttention"),
    sessionRequest,
    fullCacheRequest,
  };
}
