// Everything about a run that is known before its first forward: the recipe checked, sizes computed, nothing allocated yet.
// effectiveParameters (policy/policies.ts) adjusts a user's choices so that they pass; any others are refused by name.

import { InputError } from "../../lib/errors";
import { noSpans, type PromptSpans } from "../../lib/spans";
import type { ModelConfig } from "../../model/config";
import { windowsOf } from "../../model/layerConfig";
import type { Sampling } from "../../model/sampling";
import type { Tokenizer } from "../../model/tokenizer";
import { budgetInForce, eventInterval, isEventStep } from "../../policy/budget";
import {
  acceptedValue,
  expectedWords,
  fullCacheParameters,
  parameterNames,
  parameterRow,
  parameterTable,
  plainCacheChoices,
  roomOf,
} from "../../policy/parameters";
import { objectionToCombination, objectionToSpans } from "../../policy/combination";
import { policyById } from "../../policy/policies";
import { neededTerms, type Policy, type PolicyParameters } from "../../policy/policy";
import { policyFormula } from "../../policy/secondStage";
import { createShare, isOverBudget, type LayerShare, type Share } from "../../policy/share";
import { slotRoom } from "../../policy/slotRoom";
import { decidedGrid, shareBesideWindows, type LayerWindows } from "../../policy/layerWindows";
import type { Model, SessionRequest } from "../backend";
import type { RunRecipe } from "../protocol";
import { latentReadingOf } from "../reading/latentReading";
import { settledParameters } from "../storage/byteBudget";
import { objectionToBytes } from "../storage/byteObjection";
import { mergeDemand } from "./decideMerges";
import { keepsEveryQuery } from "../terms/queryRows";

/** A recipe, and the model that it runs on. */
export interface PlannedRun {
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  readonly promptTokens: Int32Array;
  readonly recipe: RunRecipe;
  /** As in SessionRequest. */
  readonly watchedHeads?: SessionRequest["watchedHeads"];
}

/** Rope tables are cheap and a longer one saves a rebuild when a run is continued. Queries of as many positions are not cheap. */
const SPARE_POSITIONS = 4096;

export interface RunPlan {
  readonly policy: Policy;
  readonly parameters: PolicyParameters;
  readonly promptCount: number;
  readonly spans: PromptSpans;
  /** Of the model; undefined where every layer sees all. */
  readonly windows: LayerWindows | undefined;
  readonly maxPositions: number;
  /** How an event that falls on this step shares out the slots of a cache of these lengths; null where none acts. [head] */
  actingShare(step: number, lengths: Int32Array): LayerShare | null;
  /** The prompt's own attention starts the carried score, so event 0 measures even where it does not act. */
  readonly hasInitialCarry: boolean;
  sessionRequest(maxNewTokens: number): SessionRequest;
  /** For the full-cache comparison: no eviction, entries as computed and all of them read, the same sampling. */
  fullCacheRequest(maxNewTokens: number): SessionRequest;
}

/** Throws InputError for anything in the recipe that cannot be run on this model. */
export function createRunPlan({ model, promptTokens, recipe, watchedHeads }: PlannedRun): RunPlan {
  const { maxPositions } = model.config;
  const policy = policyById(recipe.policyId);
  const parameters = settledParameters(policy, recipe.parameters, model.config);
  checkRecipe(recipe, promptTokens, model.config);
  refuse(objectionToBytes(policy, parameters, model.config));
  checkParameters(policy, parameters);
  const promptCount = promptTokens.length;
  const spans = recipe.spans ?? noSpans;
  const { roles = null } = model;
  const windows = windowsOf(model.config.layers);
  refuse(objectionToSpans(spans, promptCount));
  refuse(
    objectionToCombination(policy, parameters, {
      ...model.config,
      roles,
      filters: model.filters ?? null,
      spans,
      hasWindows: windows !== undefined,
    }),
  );
  const terms = policy.isEvicting ? neededTerms(policyFormula(policy, parameters)) : [];
  const sparePositions = keepsEveryQuery(terms) ? 0 : SPARE_POSITIONS;

  const share = createModelShare(parameters, model, windows);

  const actingShare = (step: number, lengths: Int32Array): LayerShare | null => {
    if (!policy.isEvicting || !isEventStep(step, eventInterval(parameters))) return null;
    const textLength = promptCount + step;
    const shared = { budgetSlots: budgetInForce(parameters, textLength), textLength };
    const budgets = share
      .layerBudgets(shared)
      .map((slots, layer) => ((windows?.[layer] ?? null) === null ? slots : slotLimit));
    return isOverBudget(budgets, lengths, model.config) ? share.layerShare(shared) : null;
  };

  const sessionRequest = (maxNewTokens: number): SessionRequest => ({
    // The last token generated is never fed back, so it needs neither a forward nor a slot.
    ...slotRoom(
      { policy, parameters, share, grid: model.config, isUneven: windows !== undefined },
      { promptCount, decodeCount: maxNewTokens - 1 },
    ),
    positionCapacity: Math.min(maxPositions, Math.max(promptCount + maxNewTokens, sparePositions)),
    windowSlots: parameters.windowSlots,
    sampling: recipe.sampling,
    stopTokens: model.config.stopTokens,
    hasTaps: recipe.hasTaps,
    watchedHeads,
    // A KV head of one query head has that head's row already.
    hasHeadTaps: recipe.hasTaps && recipe.hasHeadTaps === true && model.config.headCount > model.config.kvHeadCount,
    terms,
    parameters: { ...parameters, instructions: spans.instructions },
    isRerotated: parameters.departure === "rerotate",
    reading: latentReadingOf(parameters, model.config),
    hasEvidence: true,
    merging: policy.isEvicting ? mergeDemand(parameters) : undefined,
  });

  const fullCacheRequest = (maxNewTokens: number): SessionRequest => ({
    ...sessionRequest(maxNewTokens),
    ...{ slotCapacity: promptCount + maxNewTokens - 1, layerSlots: undefined },
    // The newest query alone, unrounded, its shares adding up to 1: what taps and the group's maximum cannot give.
    windowSlots: 1,
    terms: ["windowAttention"],
    parameters: { ...parameters, ...plainCacheChoices, groupPooling: "mean" },
    hasTaps: false,
    hasHeadTaps: false,
    ...{ isRerotated: false, reading: null },
    hasEvidence: false,
    merging: undefined,
  });

  return {
    policy,
    parameters,
    promptCount,
    spans,
    windows,
    maxPositions,
    actingShare,
    hasInitialCarry: terms.includes("promptAttention"),
    sessionRequest,
    fullCacheRequest,
  };
}

/** In place of the budget of a layer that no policy acts on. */
const slotLimit = 2 ** 31 - 1;

function createModelShare(
  parameters: PolicyParameters,
  { config, roles = null }: Model,
  windows: LayerWindows | undefined,
): Share {
  if (windows === undefined) return createShare(parameters, config, roles);
  const share = createShare(parameters, decidedGrid(config, windows), roles);
  return shareBesideWindows(share, config, windows, parameters.windowSlots);
}

function refuse(objection: string | null): void {
  if (objection !== null) throw new InputError(objection);
}

/** Throws InputError naming the thing, what was found and what would do. */
function checkRecipe(recipe: RunRecipe, promptTokens: Int32Array, config: ModelConfig): void {
  requireInteger("maxNewTokens", recipe.maxNewTokens, { least: 1, most: config.maxPositions });
  if (promptTokens.length === 0) throw new InputError("the prompt is empty; write at least one word");
  for (const token of promptTokens) {
    if (token >= 0 && token < config.vocabularySize) continue;
    throw new InputError(
      `the prompt holds token ${token}, the model knows 0 … ${config.vocabularySize - 1}; ` +
        "write the prompt without it, or use a tokenizer.json that belongs to the model",
    );
  }
  const stranger = recipe.fedTokens?.find((token) => !(token >= 0 && token < config.vocabularySize));
  if (stranger !== undefined) {
    throw new InputError(
      `the run is to be fed token ${stranger}, the model knows 0 … ${config.vocabularySize - 1}; open the link with the model ` +
        "that it names",
    );
  }
  checkLength({ label: "the prompt", tokenCount: promptTokens.length }, recipe.maxNewTokens, config.maxPositions);
  checkSampling(recipe.sampling);
}

/** Throws InputError when so many new tokens behind `text` would leave the positions that the model was made for. */
export function checkLength(
  text: { readonly label: string; readonly tokenCount: number },
  newTokens: number,
  maxPositions: number,
): void {
  const needed = text.tokenCount + newTokens;
  if (needed <= maxPositions) return;
  const room = maxPositions - text.tokenCount;
  throw new InputError(
    `${text.label} (${text.tokenCount} tokens) and ${newTokensText(newTokens)} need ${needed} positions, the model has ` +
      `${maxPositions}; ${room > 0 ? `ask for at most ${newTokensText(room)}` : "use a shorter text"}`,
  );
}

function newTokensText(count: number): string {
  return `${count} new ${count === 1 ? "token" : "tokens"}`;
}

function checkSampling({ temperature, topP, topK, seed }: Sampling): void {
  // Lower temperatures than this overflow float32 when logits are divided by them (src/model/sampler.ts).
  if (temperature !== 0) requireNumber("temperature (if not 0)", temperature, { least: 0.001, most: 100 });
  requireNumber("topP", topP, { least: Number.MIN_VALUE, most: 1 });
  requireInteger("topK", topK, { least: 0, most: 2 ** 31 });
  requireInteger("seed", seed, { least: 0, most: 2 ** 32 - 1 });
}

/** Throws InputError for the first parameter that cannot be in force. The full cache reads few of them. */
function checkParameters(policy: Policy, parameters: PolicyParameters): void {
  for (const name of policy.isEvicting ? parameterNames : (["windowSlots", ...fullCacheParameters] as const)) {
    const [row, value] = [parameterRow(name), parameters[name]];
    const nearest = acceptedValue(row, value);
    if (nearest === value) continue;
    throw new InputError(
      `${row.label} is ${String(value)}, expected ${expectedWords(row)}; the nearest that works is ${String(nearest)}`,
    );
  }
  const room = policy.isEvicting ? roomOf(parameterTable.windowSlots, parameters) : null;
  if (room === null || parameters.windowSlots <= room.most) return;
  throw new InputError(
    `${parameterTable.windowSlots.label} is ${parameters.windowSlots}, but ${room.words}; ` +
      "raise the budget or narrow the window",
  );
}

interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** Throws InputError unless the value is a finite number within the bounds, both included. */
function requireNumber(name: string, value: number, { least, most }: Bounds): void {
  if (Number.isFinite(value) && value >= least && value <= most) return;
  throw new InputError(`${name} is ${value}, expected a number ${rangeText({ least, most })}`);
}

export function requireInteger(name: string, value: number, { least, most }: Bounds): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new InputError(`${name} is ${value}, expected a whole number ${rangeText({ least, most })}`);
}

function rangeText({ least, most }: Bounds): string {
  if (least === Number.MIN_VALUE) return `above 0 and up to ${most}`;
  return `from ${least} to ${most}`;
}
