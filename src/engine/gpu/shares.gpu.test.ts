// Whole runs with unequal heads on the GPU against the CPU backend: the same tokens, survivors, lengths and memory.
import { afterAll, expect, it } from "vitest";
import { createCpuBackend } from "../cpu/cpuBackend";
import { createDecodeLoop } from "../decodeLoop";
import { model, recipeOf, runSteps, tight, tokenizer, type Case } from "../driveLoop.testing";
import { seededPrompt } from "../seededModel.testing";
import { closeTestBackends, openTestBackend } from "./gpuTestBackend.testing";

afterAll(closeTestBackends);

const cases: Partial<Case>[] = [
  { policyId: "adaKv" },
  { policyId: "pyramidKv" },
  { policyId: "headBudgets" },
  { policyId: "criticalAdaKv" },
  { policyId: "gkv", share: "adaptive", safeguard: 0, promptCount: 60 },
];

it.each(cases)("follow the CPU backend under %o", async (changes) => {
  const given: Case = { ...tight, maxNewTokens: 50, ...changes };
  const promptTokens = seededPrompt(9, given.promptCount);
  const [cpu, gpu] = await Promise.all(
    [await createCpuBackend(model), await openTestBackend(model)].map(async (backend) => {
      const loop = await createDecodeLoop(backend, { model, tokenizer, promptTokens, recipe: recipeOf(given) });
      return { steps: await runSteps(loop), memory: loop.memory };
    }),
  );
  expect(gpu.steps.map(({ result }) => result.token)).toEqual(cpu.steps.map(({ result }) => result.token));
  expect(gpu.steps.map(({ result }) => result.lengths)).toEqual(cpu.steps.map(({ result }) => result.lengths));
  const survivors = ({ steps }: typeof cpu) => steps.flatMap(({ eviction }) => eviction?.survivors ?? []);
  expect(survivors(gpu)).toEqual(survivors(cpu));
  expect(survivors(gpu).length).toBeGreaterThan(3);
  expect(new Set(gpu.steps.at(-1)?.result.lengths).size).toBeGreaterThan(1);
  const { kvBytes, slotCapacity } = cpu.memory;
  expect(gpu.memory).toMatchObject({ kvBytes, slotCapacity });
});
