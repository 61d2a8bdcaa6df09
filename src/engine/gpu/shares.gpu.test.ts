// Whole runs with unequal heads, with keys rotated again, or with a fair share by code, on the GPU against the CPU backend: the same tokens, survivors,
// lengths and memory.
import { afterAll, expect, it } from "vitest";
import type { Span } from "../../lib/spans";
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
  const lengths = await compareRuns(changes);
  expect(new Set(lengths).size).toBeGreaterThan(1);
});

it.each(["streamingLlm", "gkv"])("follow the CPU backend where %s rotates keys again", async (policyId) => {
  const lengths = await compareRuns({ policyId, departure: "rerotate" });
  expect(new Set(lengths).size).toBe(1);
});

it.each(["tova", "snapKvOfKvPress", "h2oOfKvPress"])(
  "follow the CPU backend where %s shares fairly by code",
  async (policyId) => {
    const fair = { fairShare: 1, fairRule: "code", schedule: "once", promptCount: 40, maxNewTokens: 12 } as const;
    const spans = [
      { start: 6, end: 22 },
      { start: 22, end: 34 },
    ];
    await compareRuns({ policyId, ...fair }, spans);
  },
);

/** Gives the lengths at the end. [head] */
async function compareRuns(changes: Partial<Case>, instructions: readonly Span[] = []): Promise<Int32Array> {
  const given: Case = { ...tight, maxNewTokens: 50, ...changes };
  const promptTokens = seededPrompt(9, given.promptCount);
  const [cpu, gpu] = await Promise.all(
    [await createCpuBackend(model), await openTestBackend(model)].map(async (backend) => {
      const recipe = { ...recipeOf(given), spans: { kept: [], instructions } };
      const loop = await createDecodeLoop(backend, { model, tokenizer, promptTokens, recipe });
      return { steps: await runSteps(loop), memory: loop.memory };
    }),
  );
  expect(gpu.steps.map(({ result }) => result.token)).toEqual(cpu.steps.map(({ result }) => result.token));
  expect(gpu.steps.map(({ result }) => result.lengths)).toEqual(cpu.steps.map(({ result }) => result.lengths));
  const survivors = ({ steps }: typeof cpu) => steps.flatMap(({ eviction }) => eviction?.survivors ?? []);
  expect(survivors(gpu)).toEqual(survivors(cpu));
  expect(survivors(gpu).length).toBeGreaterThan(given.schedule === "once" ? 0 : 3);
  const { kvBytes, slotCapacity } = cpu.memory;
  expect(gpu.memory).toMatchObject({ kvBytes, slotCapacity });
  return gpu.steps.at(-1)?.result.lengths ?? new Int32Array(0);
}
