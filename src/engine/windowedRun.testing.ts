// A tiny model in which two of three layers see only their newest tokens, with all else that Gemma 3 has, and runs of it.

import { headOf } from "../cache/headRows";
import type { ModelConfig } from "../model/config";
import { greedySampling } from "../model/sampling";
import { effectiveParameters, policyById } from "../policy/policies";
import type { PolicyParameters } from "../policy/policy";
import type { Trace } from "../trace/trace";
import { recordTrace } from "../../lab/recordTrace";
import { createCpuBackend } from "./cpu/cpuBackend";
import { seededModel, seededPrompt, tinyConfig, wordTokenizer } from "./seededModel.testing";
import { modelSummary } from "./traceRecords";

const rope = { ropeTheta: 10_000, ropeScaling: null };
export const WINDOW = 10;
const config: ModelConfig = {
  ...tinyConfig,
  ...{ layerCount: 3, hasQkNorm: true, activation: "geluTanh", hasBranchNorms: true, embeddingScale: 4 },
  layers: [WINDOW, null, WINDOW].map((window) => ({ rope, window })),
};
export const model = seededModel(5, config);
export const promptTokens = seededPrompt(9, 21);
export const windowedHeads = [0, 2].flatMap((layer) => [0, 1].map((kvHead) => headOf(config, layer, kvHead)));
export const globalHeads = [0, 1].map((kvHead) => headOf(config, 1, kvHead));

export async function recordWindowed(
  policyId: string,
  choices: Partial<PolicyParameters> = {},
  tokens = promptTokens,
): Promise<Trace> {
  const summary = modelSummary({ id: "tiny", label: "Tiny" }, { config, parameterCount: 1, digest: "00" });
  const tight = { budgetSlots: 12, windowSlots: 4, intervalSteps: 8, ...choices };
  return recordTrace(await createCpuBackend(model), summary, {
    ...{ model, tokenizer: wordTokenizer(config.vocabularySize), promptTokens: tokens },
    recipe: {
      ...{ promptText: "", expectedAnswer: null, policyId, sampling: { ...greedySampling, temperature: 1, seed: 3 } },
      parameters: effectiveParameters(policyById(policyId), tight),
      ...{ maxNewTokens: 44, hasTaps: true, isCompared: true },
    },
  });
}
