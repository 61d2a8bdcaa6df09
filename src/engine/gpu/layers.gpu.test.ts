// Models whose layers differ, on the GPU against the CPU: layers without RoPE, also where keys are turned again and where terms
// look ahead.
import { afterAll, describe, expect, it } from "vitest";
import type { LayerConfig, ModelConfig } from "../../model/config";
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
const layers: LayerConfig[] = [{ rope }, { rope: null }, { rope: { ...rope, ropeTheta: 500 } }];
const config: ModelConfig = { ...tinyConfig, layerCount: layers.length, layers };

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
    const [cpu, gpu] = [
      await eventsOf(await createCpuBackend(model), model, rule),
      await eventsOf(await openTestBackend(model), model, rule),
    ];
    expect(cpu.length).toBeGreaterThan(1);
    expect(gpu.map(({ survivors }) => survivors)).toEqual(cpu.map(({ survivors }) => survivors));
    // Sinks have infinite totals.
    const finite = ({ total }: EvictionEvent) => total.values.filter(Number.isFinite);
    gpu.forEach((event, place) => expect(relativeError(finite(event), finite(cpu[place]))).toBeLessThan(1e-3));
  });
});
