// A step of the decode loop as the trace keeps it: the numbers of the forward, with the text of its tokens.

import type { Tokenizer } from "../model/tokenizer";
import type { StepRecord } from "../trace/trace";
import type { LoopStep } from "./decodeLoop";

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
