// What a run writes into its trace: the header, known before the first token, and a record for each step.

import type { Tokenizer } from "../model/tokenizer";
import { policyById } from "../policy/policies";
import type { BackendSummary, MemorySummary, ModelSummary, TraceHeader, StepRecord } from "../trace/trace";
import type { RunRecipe, ModelReference } from "./protocol";
import type { LoopStep } from "./decodeLoop";
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
  return {
    version: 1,
    model: facts.model,
    backend: facts.backend,
    memory: facts.memory,
    policyId: recipe.policyId,
    policyLabel: policyById(recipe.policyId).label,
    parameters: { ...recipe.parameters },
    sampling: { temperature, topP, topK, seed },
    maxNewTokens: recipe.maxNewTokens,
    promptText: recipe.promptText,
    promptTokens,
    promptTexts: Array.from(promptTokens, (token) => tokenizer.tokenText(token)),
    expectedAnswer: recipe.expectedAnswer,
    ...(facts.isForced === true && { isForced: true }),
  };
}

export function toStepRecord(loopStep: LoopStep, tokenizer: Tokenizer): StepRecord {
  const { result, timings, loyalty } = loopStep;
  return {
    step: result.step,
    token: result.token,
    text: tokenizer.tokenText(result.token),
    logProbability: result.logProbability,
    entropy: result.entropy,
    candidateTokens: result.candidateTokens,
    candidateTexts: Array.from(result.candidateTokens, (token) => tokenizer.tokenText(token)),
    candidateLogProbabilities: result.candidateLogProbabilities,
    lengths: result.lengths,
    attention: result.attention,
    attentionScale: result.attentionScale,
    ...(result.headAttention && { headAttention: result.headAttention }),
    ...(result.headAttentionScale && { headAttentionScale: result.headAttentionScale }),
    timings,
    ...(loyalty !== null && { loyalty }),
  };
}

export function modelSummary(
  { id, label }: Pick<ModelReference, "id" | "label">,
  { config, parameterCount, digest }: Pick<LoadedModel, "config" | "parameterCount" | "digest">,
): ModelSummary {
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
    digest,
  };
}
