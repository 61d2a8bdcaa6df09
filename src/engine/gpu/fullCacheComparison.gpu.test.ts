// A run compared with the full cache on the GPU: two sessions on one device, and the comparison that the CPU backend makes.
import { afterAll, expect, it } from "vitest";
import { greedySampling } from "../../model/sampling";
import { effectiveParameters, policyById } from "../../policy/policies";
import type { FullCacheComparison } from "../../trace/trace";
import type { Backend } from "../backend";
import { createCpuBackend } from "../cpu/cpuBackend";
import { createDecodeLoop, type LoopStep } from "../decodeLoop";
import { seededModel, seededPrompt, tinyConfig, wordTokenizer } from "../seededModel.testing";
import { closeTestBackends, openTestBackend } from "./gpuTestBackend.testing";

const model = seededModel(5);
/** Nats, and shares of attention. */
const TOLERANCE = 1e-3;

afterAll(closeTestBackends);

async function run(backend: Backend, policyId: string, isCompared = true): Promise<LoopStep[]> {
  const loop = await createDecodeLoop(backend, {
    model,
    tokenizer: wordTokenizer(tinyConfig.vocabularySize),
    promptTokens: seededPrompt(9, 21),
    recipe: {
      promptText: "",
      expectedAnswer: null,
      policyId,
      parameters: effectiveParameters(policyById(policyId), { budgetSlots: 12, windowSlots: 4, intervalSteps: 8 }),
      sampling: { ...greedySampling, temperature: 1, seed: 3 },
      maxNewTokens: 44,
      hasTaps: true,
      isCompared,
    },
  });
  const steps: LoopStep[] = [];
  do steps.push(await loop.next());
  while (steps.at(-1)?.end === null);
  loop.dispose();
  return steps;
}

function recordOf({ comparison }: LoopStep): FullCacheComparison {
  if (comparison === null) throw new Error("the step was not compared");
  return comparison;
}

function largestDifference(left: ArrayLike<number>, right: ArrayLike<number>): number {
  expect(left.length).toBe(right.length);
  return Array.from(left).reduce((most, value, place) => Math.max(most, Math.abs(value - right[place])), 0);
}

it("compares as the CPU backend does", async () => {
  const expected = await run(await createCpuBackend(model), "gkv");
  const found = await run(await openTestBackend(model), "gkv");
  expect(found.map(({ result }) => result.token)).toEqual(expected.map(({ result }) => result.token));
  for (const [step, loopStep] of found.entries()) {
    const onGpu = recordOf(loopStep);
    const onCpu = recordOf(expected[step]);
    expect(Math.abs(onGpu.klNats - onCpu.klNats), `step ${step}`).toBeLessThan(TOLERANCE);
    expect(onGpu.isTopAgreed).toBe(onCpu.isTopAgreed);
    expect(onGpu.chosenRank).toBe(onCpu.chosenRank);
    expect(largestDifference(onGpu.lostAttention, onCpu.lostAttention)).toBeLessThan(TOLERANCE);
    expect(largestDifference(onGpu.regret, onCpu.regret)).toBeLessThan(TOLERANCE);
  }
  expect(recordOf(expected[43]).klNats).toBeGreaterThan(TOLERANCE);
});

it("leaves the run as it is without it, and finds nothing to compare in a run that keeps everything", async () => {
  const backend = await openTestBackend(model);
  const measured = (steps: LoopStep[]) => steps.map(({ result, eviction }) => ({ ...result, readBackMs: 0, eviction }));
  expect(measured(await run(backend, "gkv"))).toEqual(measured(await run(backend, "gkv", false)));
  for (const step of await run(backend, "fullCache")) {
    expect(recordOf(step)).toMatchObject({ klNats: 0, isTopAgreed: true, regret: new Float32Array(0) });
  }
});
