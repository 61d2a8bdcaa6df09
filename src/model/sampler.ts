// Draws the next token: the definition that shaders/sample.wgsl repeats on the GPU.
//
// Every part is independent of the order in which tokens are looked at, so that one workgroup can do it in parallel and
// come to the same token without sorting: "allowed" is a threshold on the logit, and the draw is an argmax. Sampling by
// running through a cumulative sum would depend on the order of thousands of roundings. The argmax of
// logit/T + Gumbel noise has exactly the softmax distribution (Gumbel-max; Maddison et al. 2014, arXiv:1411.0030, section 2).
// Steps that decide are rounded to float32, as the GPU computes them.

import { assert, InputError } from "../lib/errors";
import { hashUniform } from "../lib/random";
import type { Sampling } from "./sampling";
import { CANDIDATE_COUNT } from "./sampling";

export interface SampleResult {
  readonly token: number;
  /** Natural logarithm of the model's own probability of it: temperature 1, nothing cut off. */
  readonly logProbability: number;
  /** Of the model's own distribution, in nats. */
  readonly entropy: number;
  /** The most probable tokens, most probable first, the lower token on a tie; CANDIDATE_COUNT of them or the whole vocabulary. */
  readonly candidateTokens: Int32Array;
  readonly candidateLogProbabilities: Float32Array;
}

/** The token of a step. Throws InputError if a logit is NaN or infinite; asserts that the temperature is 0 or at least 0.001. */
export function sampleToken(logits: Float32Array, sampling: Sampling, step: number): SampleResult {
  const { maximum, logSum, entropy } = distributionOf(logits);
  // The reader refuses weights that are not finite, but finite ones can still overflow on the way.
  if (!Number.isFinite(logSum)) {
    throw new InputError(
      `step ${step}: expected finite logits, found others; the model’s weights are out of range: use another file`,
    );
  }
  const logProbability = (token: number): number => logits[token] - maximum - logSum;
  const token = drawToken(logits, sampling, step);
  const candidateTokens = topTokens(logits, CANDIDATE_COUNT);
  return {
    token,
    logProbability: logProbability(token),
    entropy,
    candidateTokens,
    candidateLogProbabilities: Float32Array.from(candidateTokens, logProbability),
  };
}

/**
 * Lowest logit that may be drawn at a temperature above 0; all tokens with this logit or a higher one may, ties included.
 * Top-k: the k-th largest logit. Top-p, within what top-k leaves: the highest logit value t whose set {logit ≥ t} has
 * a share of at least topP of the softmax mass at this temperature.
 */
export function sampleThreshold(logits: Float32Array, sampling: Sampling): number {
  const { topK, topP } = sampling;
  const isTopK = topK > 0 && topK < logits.length;
  if (!isTopK && topP >= 1) return -Infinity;
  const descending = logits.slice().sort().reverse();
  const kept = isTopK ? descending.filter((logit) => logit >= descending[topK - 1]) : descending;
  if (topP >= 1) return kept[kept.length - 1];

  const inverse = inverseTemperature(sampling);
  const mass = (logit: number): number => Math.fround(Math.exp(Math.fround(Math.fround(logit - kept[0]) * inverse)));
  const total = kept.reduce((sum, logit) => sum + mass(logit), 0);
  let covered = 0;
  for (const logit of kept) {
    covered += mass(logit);
    if (covered >= topP * total) return logit;
  }
  return kept[kept.length - 1];
}

/**
 * Standard Gumbel noise of a token at a step, in float32. u is at most 1 − 2^-24, where WGSL's log has an absolute error
 * larger than its value: a kernel must take −log(u) as 2·atanh((1 − u) / (1 + u)) there.
 */
export function gumbelNoise(seed: number, step: number, token: number): number {
  return Math.fround(-Math.log(-Math.log(hashUniform(seed, step, token))));
}

function drawToken(logits: Float32Array, sampling: Sampling, step: number): number {
  if (sampling.temperature === 0) return argmax(logits.length, (token) => logits[token]);
  const threshold = sampleThreshold(logits, sampling);
  const inverse = inverseTemperature(sampling);
  return argmax(logits.length, (token) => {
    if (logits[token] < threshold) return -Infinity;
    const scaled = Math.fround(logits[token] * inverse);
    return Math.fround(scaled + gumbelNoise(sampling.seed, step, token));
  });
}

/** Multiplying is exact on every GPU, dividing is not: the inverse is taken once, here. */
function inverseTemperature({ temperature }: Sampling): number {
  assert(temperature >= 0.001, "a temperature is 0 or at least 0.001");
  return Math.fround(1 / temperature);
}

/** The lowest index of the largest value. */
function argmax(count: number, valueAt: (index: number) => number): number {
  let best = 0;
  let bestValue = -Infinity;
  for (let index = 0; index < count; index++) {
    const value = valueAt(index);
    if (value > bestValue) {
      best = index;
      bestValue = value;
    }
  }
  return best;
}

/** log Σ exp(logit − maximum), and the entropy of the softmax in nats: logSum − Σ p · (logit − maximum). */
function distributionOf(logits: Float32Array): {
  maximum: number;
  logSum: number;
  entropy: number;
} {
  let maximum = -Infinity;
  for (const logit of logits) maximum = Math.max(maximum, logit);
  let sum = 0;
  let weighted = 0;
  for (const logit of logits) {
    const weight = Math.exp(logit - maximum);
    sum += weight;
    weighted += weight * (logit - maximum);
  }
  const logSum = Math.log(sum);
  return { maximum, logSum, entropy: Math.max(0, logSum - weighted / sum) };
}

/** Insertion into a short list: the vocabulary is long, the list is not. */
function topTokens(logits: Float32Array, count: number): Int32Array {
  const top: number[] = [];
  for (let token = 0; token < logits.length; token++) {
    if (top.length === count && logits[token] <= logits[top[count - 1]]) continue;
    let place = top.length;
    while (place > 0 && logits[top[place - 1]] < logits[token]) place--;
    top.splice(place, 0, token);
    if (top.length > count) top.pop();
  }
  return Int32Array.from(top);
}
