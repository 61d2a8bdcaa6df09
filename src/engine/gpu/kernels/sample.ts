// Draws the next token (shaders/sample.wgsl). Twin: model/sampler.ts.
import code from "../../../../shaders/sample.wgsl?raw";
import { CANDIDATE_COUNT } from "../../../model/sampling";
import type { KernelSpec } from "../kernelSpec";

export const sampleKernel: KernelSpec = {
  name: "sample",
  code,
  bindings: ["params", "logits", "tokens", "results"],
  overrides: ["WORKGROUP_SIZE", "VOCABULARY_SIZE", "CANDIDATE_COUNT"],
  workgroupSize: { software: 16, hardware: 256 },
};

const CANDIDATES_AT = 4; // words
const LOG_PROBABILITIES_AT = CANDIDATES_AT + CANDIDATE_COUNT;

/** Words that the sampler writes at the start of a step's results. */
export const RESULT_WORDS = LOG_PROBABILITIES_AT + CANDIDATE_COUNT;

/** What the kernel wrote, `candidateCount` being min(CANDIDATE_COUNT, vocabulary). Copies. */
export function decodeSample(results: ArrayBuffer, candidateCount: number) {
  const floats = new Float32Array(results, 0, RESULT_WORDS);
  const words = new Int32Array(results, 0, RESULT_WORDS);
  return {
    token: words[0],
    logProbability: floats[1],
    entropy: floats[2],
    candidateTokens: words.slice(CANDIDATES_AT, CANDIDATES_AT + candidateCount),
    candidateLogProbabilities: floats.slice(LOG_PROBABILITIES_AT, LOG_PROBABILITIES_AT + candidateCount),
  };
}
