// Whole runs whose entries are packed: every policy and share with every storage, the same tokens after a lost device, bytes as
// the formula has them, and more bits nearer to the run without packing.
import { describe, expect, it } from "vitest";
import { parameterTable } from "../policy/parameters";
import { objectionToCombination } from "../policy/combination";
import { policies, policyById } from "../policy/policies";
import { traceText } from "../trace/traceText.testing";
import { greedySampling } from "../model/sampling";
import { createCpuBackend } from "./cpu/cpuBackend";
import { essence, model, openLoop, recipeOf, runSteps, tight, type Case } from "./driveLoop.testing";
import { alone, breakableGpu, createHostBench, tinyRecipe, tinyReference } from "./hostBench.testing";
import { seededPrompt } from "./seededModel.testing";

const storages = parameterTable.storage.choices.map(({ value }) => value).filter((value) => value !== "asComputed");
const packing = { groupNumbers: 4, residualSlots: 3 };
/** For TaDA: all heads of a layer keep the same tokens. */
const together = { grouping: "wholeChunks", groupingSlots: 1 } as const;

/** Every policy once, the storages and shares in turn. */
const cases: Case[] = policies.map(({ id, isEvicting }, at) => {
  const storage = storages[at % storages.length];
  const shares = parameterTable.share.choices.map(({ value }) => value);
  const share = storage === "tada" || id === "streamingLlmRerotated" ? "uniform" : shares[at % shares.length];
  const choices = storage === "tada" && isEvicting ? together : {};
  return { ...tight, ...packing, ...choices, policyId: id, storage, share, maxNewTokens: 34 };
});

describe.each(cases)("$policyId, stored as $storage, share $share", (given) => {
  const { roles = null, filters = null, config } = model;
  const objection = objectionToCombination(policyById(given.policyId), recipeOf(given).parameters, {
    ...{ ...config, roles, filters },
  });

  it("runs to its end, the same every time", async () => {
    if (objection !== null) {
      await expect(openLoop(given)).rejects.toThrow(objection);
      return;
    }
    const steps = await runSteps(await openLoop(given));
    expect(essence(await runSteps(await openLoop(given)))).toEqual(essence(steps));
    expect(steps).toHaveLength(34);
    const evictions = steps.flatMap(({ eviction }) => eviction ?? []);
    expect(evictions.length > 1).toBe(policyById(given.policyId).isEvicting);
  });
});

it.each(storages)("merges what is evicted into what is kept, stored as %s", async (storage) => {
  const choices = storage === "tada" ? together : {};
  const steps = await runSteps(await openLoop({ ...tight, ...packing, ...choices, storage, merging: "keepKv" }));
  expect(steps).toHaveLength(60);
  expect(steps.flatMap(({ eviction }) => eviction?.merges ?? []).length).toBeGreaterThan(2);
});

it("refuses TaDA where heads keep tokens of their own, and bits for another number of layers", async () => {
  await expect(openLoop({ ...tight, storage: "tada" })).rejects.toThrow("one mean for all KV heads of a layer");
  await expect(openLoop({ ...tight, storage: "kivi", layerBits: "4 2 8" })).rejects.toThrow(
    "the bits of each layer are 3 numbers, and the model has 2 layers",
  );
  await expect(openLoop({ ...tight, policyId: "fullCache", storage: "tada" })).resolves.toBeDefined();
});

describe("the memory of a run", () => {
  const memoryOf = async (choices: Partial<Case>) =>
    (await openLoop({ ...tight, policyId: "fullCache", ...choices })).memory;
  // 80 slots of 8 numbers in 2 heads of 2 layers, keys and values.
  const slots = 80;
  const numbers = 8 * 2 * 2 * 2;

  it("is what the formula says", async () => {
    expect((await memoryOf({})).kvBytes).toBe(slots * numbers * 4);
    expect((await memoryOf({ storage: "half" })).kvBytes).toBe(slots * numbers * 2);
    // 4 bits, and a scale and a lowest number of 16 bits for 8 numbers; the newest 3 as computed.
    const quantised = await memoryOf({ storage: "quantised", groupNumbers: 8, residualSlots: 3 });
    expect(quantised.bytesPerSlot).toBe(numbers * (4 / 8 + 4 / 8));
    expect(quantised.kvBytes).toBe(slots * numbers * (4 / 8 + 4 / 8) + 3 * numbers * 4);
    expect(quantised.packing).toEqual({ residualSlots: 3, blockSlots: 1, fullBytesPerSlot: numbers * 4 });
    // TaDA: the share of 16-bit memory is 1/H + b/16 + 2/group, so that one of 2 heads saves little.
    const tada = await memoryOf({ storage: "tada", groupNumbers: 8, residualSlots: 0 });
    expect(tada.kvBytes).toBe(slots * numbers * 2 * (1 / 2 + 4 / 16 + 2 / 8));
    // Each layer its own bits; 8 codes of 2 bits fill half of a word of 32, which they have to themselves.
    const mixed = await memoryOf({ storage: "tada", groupNumbers: 8, residualSlots: 0, layerBits: "2 8" });
    expect(mixed.kvBytes).toBe(slots * numbers * 2 * (1 / 2 + (Math.max(4, 2) + 8) / 2 / 16 + 2 / 8));
  });
});

it("is nearer to the run without packing the more bits there are, and the same at none", async () => {
  const backend = await createCpuBackend(model);
  const prompt = seededPrompt(3, 40);
  const forced = Array.from(seededPrompt(4, 30));
  const logitsWith = async (choices: Partial<Case>): Promise<Float32Array[]> => {
    const { parameters } = recipeOf({ ...tight, policyId: "fullCache", ...choices });
    const session = await backend.createSession({
      ...{ slotCapacity: 80, positionCapacity: 80, windowSlots: 1, sampling: greedySampling, stopTokens: [] },
      ...{ hasTaps: false, parameters, terms: [] },
    });
    await session.prefill(prompt);
    const logits: Float32Array[] = [];
    for (const token of forced) {
      await session.collect();
      logits.push(await session.readLogits());
      session.decode(token);
    }
    return logits;
  };
  const full = await logitsWith({});
  const divergence = async (choices: Partial<Case>): Promise<number> => {
    const other = await logitsWith(choices);
    return full.reduce((sum, logits, at) => sum + divergenceOf(logits, other[at]), 0) / full.length;
  };
  expect(await divergence({})).toBe(0);
  for (const storage of ["quantised", "kivi", "tada"] as const) {
    const found: number[] = [];
    for (const bits of ["8", "4", "2"] as const) {
      found.push(await divergence({ storage, keyBits: bits, valueBits: bits, groupNumbers: 8, residualSlots: 0 }));
    }
    expect(found[0]).toBeGreaterThan(0);
    expect([...found].sort((left, right) => left - right)).toEqual(found);
  }
  expect(await divergence({ storage: "half" })).toBeLessThan(1e-4);
});

function divergenceOf(logits: Float32Array, other: Float32Array): number {
  const [full, found] = [logits, other].map(logShares);
  return full.reduce((sum, share, token) => sum + Math.exp(share) * (share - found[token]), 0);
}

function logShares(logits: Float32Array): number[] {
  const highest = Math.max(...logits);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - highest), 0);
  return Array.from(logits, (logit) => logit - highest - Math.log(sum));
}

it.each(["kivi", "quantised"] as const)("loses no token with the device: %s", async (storage) => {
  const recipe = {
    ...tinyRecipe,
    parameters: { ...tinyRecipe.parameters, storage, ...packing, keyBits: "2" as const },
  };
  const runTo = async (lostStep: number | null): Promise<string> => {
    let loseAt = lostStep;
    const bench = createHostBench({
      edge: { openGpu: breakableGpu() },
      onEvent(event, host) {
        if (event.type !== "step" || event.record.step !== loseAt) return;
        loseAt = null;
        host.send({ type: "loseDevice" });
      },
    });
    bench.send({ type: "load", load: 1, model: tinyReference, backend: loseAt === null ? "cpu" : "gpu" });
    await bench.waitFor("ready");
    bench.send({ type: "start", run: 1, request: alone(recipe), isPaused: false });
    await bench.waitFor("done");
    if (lostStep !== null) await bench.waitFor("backendChanged");
    return traceText(bench.traceOf(1));
  };
  expect(await runTo(13)).toBe(await runTo(null));
});
