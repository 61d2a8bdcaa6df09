// Whole runs that merge, on the GPU against the CPU backend: the same tokens, survivors, carriers and votes, the same weights and
// changes within rounding, whatever the score, and heads that keep different numbers of slots.
import { afterAll, expect, it } from "vitest";
import type { EventMerges } from "../../trace/merges";
import { createCpuBackend } from "../cpu/cpuBackend";
import { createDecodeLoop } from "../decodeLoop";
import { model, recipeOf, runSteps, tight, tokenizer, type Case } from "../driveLoop.testing";
import { seededPrompt } from "../seededModel.testing";
import { closeTestBackends, openTestBackend } from "./gpuTestBackend.testing";
import { relativeError } from "./kernelHarness.testing";

afterAll(closeTestBackends);

const cases: Partial<Case>[] = [
  { merging: "keepKv", mergeThreshold: 0.2 },
  { merging: "keepKv", mergeThreshold: 0.2, mergeScores: "average", mergeFallback: "query" },
  { merging: "keepKvCode", mergeThreshold: 0.2, policyId: "adaKv" },
  { merging: "convex", mergeThreshold: 0.2, policyId: "rKvOwn" },
  { merging: "values", mergeThreshold: 0.2, policyId: "expectedAttention" },
  { merging: "cam", mergeSpread: 3, policyId: "nonCausalAttention" },
];

it.each(cases)("follow the CPU backend under %o", async (changes) => {
  const given: Case = { ...tight, maxNewTokens: 40, ...changes };
  const promptTokens = seededPrompt(9, given.promptCount);
  const [cpu, gpu] = await Promise.all(
    [await createCpuBackend(model), await openTestBackend(model)].map(async (backend) => {
      const loop = await createDecodeLoop(backend, { model, tokenizer, promptTokens, recipe: recipeOf(given) });
      return runSteps(loop);
    }),
  );
  expect(gpu.map(({ result }) => result.token)).toEqual(cpu.map(({ result }) => result.token));
  const merges = (steps: typeof cpu): EventMerges[] => steps.flatMap(({ eviction }) => eviction?.merges ?? []);
  expect(merges(cpu).length).toBeGreaterThan(2);
  merges(cpu).forEach((own, event) => {
    const found = merges(gpu)[event];
    // Two kept keys can lie equally close, and rounding then says which is the partner; who carries whom is the same here.
    for (const name of ["targets", "sources", "carriers", "votes", "fallbacks"] as const) {
      expect(found[name]).toEqual(own[name]);
    }
    for (const name of ["keyWeights", "valueWeights", "logBias", "cosines"] as const) {
      expect(relativeError(found[name].values, own[name].values)).toBeLessThan(2e-4);
    }
    for (const name of ["merged", "evicted", "convex", "zip"] as const) {
      const [left, right] = [found.changes?.[name] ?? [], own.changes?.[name] ?? []];
      left.forEach((change, head) => expect(Math.abs(change - right[head])).toBeLessThan(2e-4));
    }
  });
});
