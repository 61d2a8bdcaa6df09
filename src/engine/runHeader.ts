// The header of a run's trace: everything that is known before the first token.

import type { Tokenizer } from "../model/tokenizer";
import { policyById } from "../policy/policies";
import type { BackendSummary, MemorySummary, ModelSummary, TraceHeader } from "../trace/trace";
import type { RunRecipe } from "./protocol";

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
