// The shipped model on the GPU: reference logits, the CPU backend's tokens, and the same slots kept under a tight budget.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import shippedReference from "../../model/fixtures/shippedReference.json";
import { httpSource } from "../../model/httpSource";
import { loadModel, type LoadedModel } from "../../model/loadModel";
import { decodeLogits } from "../../model/referenceRun.testing";
import { greedySampling } from "../../model/sampling";
import { effectiveParameters, policyById } from "../../policy/policies";
import type { Backend } from "../backend";
import { createCpuBackend } from "../cpu/cpuBackend";
import { createDecodeLoop, type LoopStep } from "../decodeLoop";
import { createGpuBackend } from "./gpuBackend";
import { relativeError, testDevice } from "./kernelHarness.testing";
import { baseParameters } from "../../policy/parameters";

const RELATIVE_TOLERANCE = 1e-4;
let model: LoadedModel;
let cpu: Backend;
let gpu: Backend;

beforeAll(async () => {
  model = await loadModel(httpSource("/models/winnow-1m"));
  cpu = await createCpuBackend(model);
  gpu = await createGpuBackend(await testDevice(), model);
});

afterAll(() => gpu.dispose());

it.each(shippedReference.cases)("gives the reference's logits and tokens on $id", async (given) => {
  const session = await gpu.createSession({
    slotCapacity: 160,
    positionCapacity: 160,
    windowSlots: 16,
    sampling: greedySampling,
    stopTokens: [],
    hasTaps: false,
    terms: [],
    parameters: baseParameters,
  });
  await session.prefill(Int32Array.from(given.promptTokens));
  expect(relativeError(await session.readLogits(), decodeLogits(given.afterPrefill))).toBeLessThan(RELATIVE_TOLERANCE);
  const tokens = [(await session.collect()).token];
  while (tokens.length < given.greedyTokens.length) {
    session.decode();
    tokens.push((await session.collect()).token);
  }
  expect(tokens).toEqual(given.greedyTokens);
  session.decode();
  expect(relativeError(await session.readLogits(), decodeLogits(given.afterSteps))).toBeLessThan(RELATIVE_TOLERANCE);
  session.dispose();
});

describe("a run of 96 tokens", () => {
  async function run(backend: Backend, policyId: string, temperature: number): Promise<LoopStep[]> {
    const loop = await createDecodeLoop(backend, {
      model,
      tokenizer: model.tokenizer,
      promptTokens: Int32Array.from(shippedReference.cases[0].promptTokens),
      recipe: {
        promptText: "",
        expectedAnswer: null,
        policyId,
        parameters: effectiveParameters(policyById(policyId), { budgetSlots: 64, windowSlots: 16, intervalSteps: 16 }),
        sampling: { ...greedySampling, temperature, seed: 11 },
        maxNewTokens: 96,
        hasTaps: true,
      },
    });
    const steps: LoopStep[] = [];
    do steps.push(await loop.next());
    while (steps.at(-1)?.end === null);
    loop.dispose();
    return steps;
  }

  it.each([
    { policyId: "fullCache", temperature: 0 },
    { policyId: "fullCache", temperature: 1 },
    { policyId: "gkv", temperature: 0 },
    { policyId: "gkv", temperature: 1 },
    { policyId: "snapKv", temperature: 0 },
  ])("is that of the CPU backend under $policyId at temperature $temperature", async ({ policyId, temperature }) => {
    const expected = await run(cpu, policyId, temperature);
    const found = await run(gpu, policyId, temperature);
    expect(found.map(({ result }) => result.token)).toEqual(expected.map(({ result }) => result.token));
    const survivors = (steps: LoopStep[]) => steps.map(({ eviction }) => eviction?.survivors ?? null);
    expect(survivors(found)).toEqual(survivors(expected));
    expect(survivors(found).filter((kept) => kept !== null).length).toBe(policyId === "fullCache" ? 0 : 6);
  });
});
