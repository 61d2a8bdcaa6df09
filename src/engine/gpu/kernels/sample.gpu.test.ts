// The sampler on the GPU against model/sampler.ts: token, figures and candidates.
import { describe, expect, it } from "vitest";
import { sampleToken } from "../../../model/sampler";
import { CANDIDATE_COUNT, greedySampling, type Sampling } from "../../../model/sampling";
import { runKernelOutputs, testNumbers } from "../kernelHarness.testing";
import { decodeSample, RESULT_WORDS, sampleKernel } from "./sample";

async function sampleOnGpu(logits: Float32Array<ArrayBuffer>, sampling: Sampling, step: number) {
  const { seed, topK, topP, temperature } = sampling;
  const inverseTemperature = temperature === 0 ? 0 : 1 / temperature;
  const candidateCount = Math.min(CANDIDATE_COUNT, logits.length);
  const { results, tokens } = await runKernelOutputs(
    {
      spec: sampleKernel,
      overrides: { VOCABULARY_SIZE: logits.length, CANDIDATE_COUNT: candidateCount },
      params: { seed, topK, topP, inverseTemperature, step },
      buffers: { logits, tokens: new Uint32Array(1), results: new Uint32Array(RESULT_WORDS) },
      groups: () => [1],
    },
    ["results", "tokens"],
  );
  const sample = decodeSample(results, candidateCount);
  expect(new Uint32Array(tokens)[0]).toBe(sample.token);
  return sample;
}

const settings: { name: string; sampling: Sampling }[] = [
  { name: "greedy", sampling: greedySampling },
  { name: "at temperature 1", sampling: { temperature: 1, topP: 1, topK: 0, seed: 5 } },
  { name: "with top-k", sampling: { temperature: 2.5, topP: 1, topK: 5, seed: 6 } },
  { name: "with top-p", sampling: { temperature: 0.7, topP: 0.8, topK: 0, seed: 7 } },
  { name: "with top-k and top-p", sampling: { temperature: 1.3, topP: 0.6, topK: 12, seed: 4294967295 } },
];

describe.each(settings)("sampling $name", ({ sampling }) => {
  // Around a workgroup of 16 invocations, below the number of candidates, and a larger vocabulary.
  it.each([1, 5, 15, 16, 17, 1000])("agrees with the definition on %i tokens", async (vocabularySize) => {
    for (let step = 0; step < 12; step++) {
      const logits = testNumbers(vocabularySize, 100 + step).map((logit) => logit * 6);
      const expected = sampleToken(logits, sampling, step);
      const found = await sampleOnGpu(logits, sampling, step);
      expect(found.token).toBe(expected.token);
      expect(found.candidateTokens).toEqual(expected.candidateTokens);
      expect(found.logProbability).toBeCloseTo(expected.logProbability, 4);
      expect(found.entropy).toBeCloseTo(expected.entropy, 4);
      expected.candidateLogProbabilities.forEach((logProbability, rank) => {
        expect(found.candidateLogProbabilities[rank]).toBeCloseTo(logProbability, 4);
      });
    }
  });
});

it("takes the lower token on a tie, for the draw and for the candidates", async () => {
  const logits = new Float32Array(40);
  logits.set([2, 2, 3, 3, 3], 17);
  const found = await sampleOnGpu(logits, greedySampling, 0);
  expect(found.token).toBe(19);
  expect([...found.candidateTokens]).toEqual([19, 20, 21, 17, 18, 0, 1, 2]);
});

it("takes −0 and 0 for equal, as the definition does", async () => {
  const logits = Float32Array.from({ length: 20 }, (_, token) => (token % 3 === 0 ? -0 : 0));
  for (let step = 0; step < 8; step++) {
    const sampling = { temperature: 1, topP: 0.5, topK: 0, seed: 1 };
    expect((await sampleOnGpu(logits, sampling, step)).token).toBe(sampleToken(logits, sampling, step).token);
  }
});
