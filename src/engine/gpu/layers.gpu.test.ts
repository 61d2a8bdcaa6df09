// Models whose layers differ, on the GPU against the CPU: layers without RoPE, also where keys are turned again and where terms
// look ahead.
import { afterAll, describe, expect, it } from "vitest";
import { headRow } from "../../cache/headRows";
import type { ModelConfig } from "../../model/config";
import type { LayerConfig } from "../../model/layerConfig";
import { greedySampling } from "../../model/sampling";
import { effectiveParameters, policyById } from "../../policy/policies";
import type { PolicyParameters } from "../../policy/policy";
import type { EvictionEvent } from "../../trace/trace";
import type { Backend, Model } from "../backend";
import { createCpuBackend } from "../cpu/cpuBackend";
import { createDecodeLoop } from "../decodeLoop";
import { seededModel, seededPrompt, tinyConfig, wordTokenizer } from "../seededModel.testing";
import { closeTestBackends, meanDivergence, openTestBackend, plainRequest } from "./gpuTestBackend.testing";
import { relativeError } from "./kernelHarness.testing";

afterAll(closeTestBackends);

const rope = { ropeTheta: 10_000, ropeScaling: null };
const layers = [rope, null, { ...rope, ropeTheta: 500 }].map((each): LayerConfig => ({ rope: each, window: null }));
const config: ModelConfig = { ...tinyConfig, layerCount: layers.length, layers };
const WINDOW = 10;
/** All that Gemma 3 has, small. */
const windowed: ModelConfig = {
  ...tinyConfig,
  ...{ layerCount: 3, hasQkNorm: true, activation: "geluTanh", hasBranchNorms: true, embeddingScale: 4 },
  layers: [WINDOW, null, WINDOW].map((window) => ({ rope: { ...rope, ropeTheta: window ?? 5000 }, window })),
};

async function eventsOf(
  backend: Backend,
  model: Model,
  [policyId, choices]: readonly [string, Partial<PolicyParameters>],
): Promise<EvictionEvent[]> {
  const loop = await createDecodeLoop(backend, {
    ...{ model, tokenizer: wordTokenizer(config.vocabularySize), promptTokens: seededPrompt(9, 21) },
    recipe: {
      ...{ promptText: "", expectedAnswer: null, policyId, sampling: greedySampling, maxNewTokens: 40, hasTaps: true },
      parameters: effectiveParameters(policyById(policyId), {
        ...{ budgetSlots: 24, windowSlots: 4, intervalSteps: 8 },
        ...choices,
      }),
    },
  });
  const events: EvictionEvent[] = [];
  for (let end: string | null = null; end === null;) {
    const step = await loop.next();
    if (step.eviction !== null) events.push(step.eviction);
    end = step.end;
  }
  loop.dispose();
  return events;
}

/** The CPU's events and the GPU's, which keep the same slots. */
async function eventsOfBoth(model: Model, rule: Parameters<typeof eventsOf>[2]): Promise<EvictionEvent[][]> {
  const cpu = await eventsOf(await createCpuBackend(model), model, rule);
  const gpu = await eventsOf(await openTestBackend(model), model, rule);
  expect(cpu.length).toBeGreaterThan(1);
  expect(gpu.map(({ survivors }) => survivors)).toEqual(cpu.map(({ survivors }) => survivors));
  return [cpu, gpu];
}

describe("layers that rotate differently, or not at all", () => {
  const model = seededModel(5, config);

  it.each(["software", "hardware"] as const)("give the CPU's distributions in %s kernels", async (kernelShapes) => {
    const [cpu, gpu] = [await createCpuBackend(model), await openTestBackend(model, { kernelShapes })];
    const sessions = [await cpu.createSession(plainRequest), await gpu.createSession(plainRequest)];
    expect(await meanDivergence(sessions, seededPrompt(3, 60))).toBeLessThan(1e-6);
  });

  it.each<[string, string, Partial<PolicyParameters>]>([
    ["G-KV, which turns no key", "gkv", {}],
    ["keys turned back to their slots", "gkv", { departure: "rerotate" }],
    ["packed keys turned back to their slots", "gkv", { departure: "rerotate", storage: "quantised" }],
    ["queries to come", "expectedAttention", {}],
    ["keys from before RoPE", "compactor", {}],
  ])("keep the CPU's slots under %s", async (_, ...rule) => {
    const [cpu, gpu] = await eventsOfBoth(model, rule);
    // Sinks have infinite totals.
    const finite = ({ total }: EvictionEvent) => total.values.filter(Number.isFinite);
    gpu.forEach((event, place) => expect(relativeError(finite(event), finite(cpu[place]))).toBeLessThan(1e-3));
  });
});

describe("layers with a window", () => {
  const model = seededModel(5, windowed);

  it.each(["software", "hardware"] as const)("give the CPU's distributions in %s kernels", async (kernelShapes) => {
    const [cpu, gpu] = [await createCpuBackend(model), await openTestBackend(model, { kernelShapes })];
    const sessions = [await cpu.createSession(plainRequest), await gpu.createSession(plainRequest)];
    // Longer than a chunk of the prefill.
    expect(await meanDivergence(sessions, seededPrompt(3, 90), 70)).toBeLessThan(1e-6);
  });

  it.each<[string, string, Partial<PolicyParameters>]>([
    ["G-KV", "gkv", {}],
    ["a share that heads of a layer compete for", "adaKv", {}],
    ["packed entries", "snapKv", { storage: "quantised" }],
    ["queries to come", "expectedAttention", {}],
    ["attention received", "h2oOfKvPress", {}],
  ])("keep the CPU's slots under %s", async (_, ...rule) => {
    const [cpu, gpu] = await eventsOfBoth(model, rule);
    gpu.forEach(({ terms }, place) => {
      for (const [name, { values }] of Object.entries(terms)) {
        expect([name, relativeError(values, cpu[place].terms[name].values) < 1e-3]).toEqual([name, true]);
      }
    });
  });

  it("shows the CPU's attention, none of it on dead slots", async () => {
    const request = { ...plainRequest, hasTaps: true };
    const found = await Promise.all(
      [await createCpuBackend(model), await openTestBackend(model)].map(async (backend: Backend) => {
        const session = await backend.createSession(request);
        await session.prefill(seededPrompt(3, 30));
        session.decode(5);
        await session.collect();
        return session.collect();
      }),
    );
    const [cpu, gpu] = found.map(({ attention }) => attention);
    cpu.values.forEach((share, at) => expect(Math.abs(share - gpu.values[at])).toBeLessThanOrEqual(1));
    expect(
      headRow(gpu, 0)
        .subarray(0, 31 - WINDOW)
        .some((share) => share > 0),
    ).toBe(false);
    expect(headRow(gpu, 2)[0]).toBeGreaterThan(0);
  });
});
