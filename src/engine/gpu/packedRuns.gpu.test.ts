// Whole runs on the shipped model that pack their entries: the CPU backend's tokens and survivors under every storage, lanes of
// different storage side by side.
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import shippedReference from "../../model/fixtures/shippedReference.json";
import { httpSource } from "../../model/httpSource";
import { loadModel, type LoadedModel } from "../../model/loadModel";
import { greedySampling } from "../../model/sampling";
import { effectiveParameters, policyById } from "../../policy/policies";
import type { PolicyParameters } from "../../policy/policy";
import type { Backend } from "../backend";
import { createCpuBackend } from "../cpu/cpuBackend";
import type { RunRecipe } from "../protocol";
import { recordLanes } from "../../../lab/recordTrace";
import type { Trace } from "../../trace/trace";
import { closeTestBackends, openTestBackend } from "./gpuTestBackend.testing";

/** An emulated GPU compiles for seconds. */
vi.setConfig({ testTimeout: 120_000 });

let model: LoadedModel;
let cpu: Backend;
let gpu: Backend;

beforeAll(async () => {
  model = await loadModel(httpSource("/models/winnow-1m"));
  cpu = await createCpuBackend(model);
  gpu = await openTestBackend(model);
});

afterAll(closeTestBackends);

const summary = { id: "winnow-1m", label: "Winnow 1M", parameterCount: 1, digest: "00" };

function recipeOf(policyId: string, choices: Partial<PolicyParameters>): RunRecipe {
  const own = { budgetSlots: 48, windowSlots: 8, intervalSteps: 16, ...choices };
  return {
    promptText: model.tokenizer.decode(Int32Array.from(shippedReference.cases[0].promptTokens)),
    expectedAnswer: null,
    policyId,
    parameters: effectiveParameters(policyById(policyId), policyId === "fullCache" ? choices : own),
    sampling: greedySampling,
    maxNewTokens: 48,
    hasTaps: true,
  };
}

function record(backend: Backend, lanes: readonly RunRecipe[]): Promise<Trace[]> {
  const { config, tokenizer } = model;
  return recordLanes(backend, { ...config, ...summary }, { model, tokenizer, request: { lanes, isForced: false } });
}

const tokensOf = ({ steps }: Trace): number[] => steps.map(({ token }) => token);
const survivorsOf = ({ events }: Trace) => events.map(({ survivors }) => survivors);

const runs: [string, Partial<PolicyParameters>][] = [
  ["gkv", { storage: "half" }],
  ["gkv", { storage: "quantised", keyBits: "8", valueBits: "4" }],
  ["snapKv", { storage: "quantised", keyBits: "4", valueBits: "3", isSymmetric: true }],
  ["gkv", { storage: "kivi", groupNumbers: 8 }],
  ["adaKv", { storage: "quantised", groupAxis: "tokens", groupNumbers: 8, keyBits: "8", valueBits: "8" }],
  ["fullCache", { storage: "tada", keyBits: "8", valueBits: "8" }],
  ["fullCache", { storage: "kivi", layerBits: "8 4 8 4" }],
  ["streamingLlm", { storage: "quantised", departure: "rerotate", residualSlots: 4 }],
  ["snapKv", { storage: "quantised", merging: "keepKv", mergeThreshold: 0.2, keyBits: "8" }],
  ["snapKv", { storage: "kivi", merging: "convex", mergeThreshold: 0.2, groupNumbers: 8, keyBits: "8" }],
  ["snapKv", { storage: "half", merging: "cam", mergeSpread: 3 }],
];

it.each(runs)("%s gives the CPU's tokens and survivors with %o", async (policyId, choices) => {
  const recipe = recipeOf(policyId, choices);
  const [[expected], [found]] = [await record(cpu, [recipe]), await record(gpu, [recipe])];
  expect(tokensOf(found)).toEqual(tokensOf(expected));
  expect(survivorsOf(found)).toEqual(survivorsOf(expected));
  expect(expected.events.length > 0).toBe(policyId !== "fullCache");
});

it("gives lanes of different storage side by side what each gives alone", async () => {
  const lanes = runs.slice(0, 4).map(([policyId, choices]) => recipeOf(policyId, choices));
  const together = await record(gpu, lanes);
  for (const [lane, recipe] of lanes.entries()) {
    const [alone] = await record(gpu, [recipe]);
    expect(tokensOf(together[lane])).toEqual(tokensOf(alone));
    expect(survivorsOf(together[lane])).toEqual(survivorsOf(alone));
  }
});
