// What a run writes into its trace: the header, known before the first token, and a record for each step.

import { windowsOf } from "../model/layerConfig";
import type { Tokenizer } from "../model/tokenizer";
import { tokenTexts } from "../model/tokenizer";
import type { TextStream } from "../model/tokenizerDecoder";
import { policyById } from "../policy/policies";
import { policyFormula } from "../policy/secondStage";
import type { BackendSummary, MemorySummary, ModelSummary, TraceHeader, StepRecord } from "../trace/trace";
import type { RunRecipe, ModelReference } from "./protocol";
import type { LoopStep } from "./decodeLoop";
import { settledParameters } from "./storage/byteBudget";
import type { LoadedModel } from "../model/loadModel";

export interface RunFacts {
  readonly model: ModelSummary;
  readonly backend: BackendSummary;
  readonly memory: MemorySummary;
  readonly recipe: RunRecipe;
  readonly tokenizer: Tokenizer;
  readonly promptTokens: Int32Array; // [position]
  /** Fed the tokens of the full cache. Absent: its own. */
  readonly isForced?: boolean;
}

export function createTraceHeader(facts: RunFacts): TraceHeader {
  const { recipe, tokenizer, promptTokens } = facts;
  const { temperature, topP, topK, seed } = recipe.sampling;
  const policy = policyById(recipe.policyId);
  const parameters = settledParameters(policy, recipe.parameters, facts.model);
  return {
    version: 1,
    model: facts.model,
    backend: facts.backend,
    memory: facts.memory,
    policyId: recipe.policyId,
    policyLabel: policy.label,
    parameters: { ...parameters },
    formula: policyFormula(policy, parameters),
    sampling: { temperature, topP, topK, seed },
    maxNewTokens: recipe.maxNewTokens,
    promptText: recipe.promptText,
    promptTokens,
    promptTexts: tokenTexts(tokenizer, promptTokens),
    expectedAnswer: recipe.expectedAnswer,
    ...(recipe.spans !== undefined && { spans: recipe.spans }),
    ...(facts.isForced === true && { isForced: true }),
  };
}

/** `texts` has read the tokens generated before: a character that several tokens make is the text of the last of them. */
export function toStepRecord(loopStep: LoopStep, texts: TextStream): StepRecord {
  const { result, ownToken, timings, comparison } = loopStep;
  // Before the token itself is read: candidates are others in its place.
  const candidateTexts = Array.from(result.candidateTokens, (token) => texts.peek(token));
  return {
    step: result.step,
    token: result.token,
    ...(ownToken !== undefined && { ownToken }),
    text: texts.next(result.token),
    logProbability: result.logProbability,
    entropy: result.entropy,
    candidateTokens: result.candidateTokens,
    candidateTexts,
    candidateLogProbabilities: result.candidateLogProbabilities,
    lengths: result.lengths,
    attention: result.attention,
    attentionScale: result.attentionScale,
    ...(result.headAttention && { headAttention: result.headAttention }),
    ...(result.headAttentionScale && { headAttentionScale: result.headAttentionScale }),
    ...(result.readSlots && { readSlots: result.readSlots }),
    ...(result.readMeasures && { readMeasures: result.readMeasures }),
    timings,
    ...(comparison !== null && { comparison }),
  };
}

export function modelSummary(
  { id, label }: Pick<ModelReference, "id" | "label">,
  { config, parameterCount, digest }: Pick<LoadedModel, "config" | "parameterCount" | "digest">,
): ModelSummary {
  const windows = windowsOf(config.layers);
  return {
    id,
    label,
    architecture: config.architecture,
    layerCount: config.layerCount,
    headCount: config.headCount,
    kvHeadCount: config.kvHeadCount,
    headDim: config.headDim,
    vocabularySize: config.vocabularySize,
    parameterCount,
    maxPositions: config.maxPositions,
    ...(windows !== undefined && { windows }),
    digest,
  };
}
