import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { baseParameters } from "../../policy/parameters";
import { effectiveParameters, policyById } from "../../policy/policies";
import type { PolicyParameters } from "../../policy/policy";
import { memoryFigures } from "../../trace/figures";
import { recordTrace } from "../../../lab/recordTrace";
import { createCpuBackend } from "../cpu/cpuBackend";
import { model, recipeOf, tokenizer, type Case } from "../driveLoop.testing";
import { seededPrompt } from "../seededModel.testing";
import { modelSummary } from "../traceRecords";
import { heldBytes, parametersOnModel, settledParameters, slotsOfBytes } from "./byteBudget";
import { objectionToBytes } from "./byteObjection";

const shape = { layerCount: 4, kvHeadCount: 4, headDim: 32 };
const inBytes = (choices: Partial<PolicyParameters>): PolicyParameters => ({
  ...baseParameters,
  ...{ budgetMode: "bytes", windowSlots: 4, ...choices },
});

const kinds: readonly [string, Partial<PolicyParameters>][] = [
  ["as computed", {}],
  ["16 bits", { storage: "half" }],
  ["4 bits, groups along channels", { storage: "quantised", residualSlots: 6 }],
  ["2 bits, groups along tokens", { storage: "quantised", keyBits: "2", valueBits: "2", groupAxis: "tokens" }],
  ["KIVI-like", { storage: "kivi", groupNumbers: 8, residualSlots: 4 }],
  ["TaDA, whole chunks", { storage: "tada", residualSlots: 3, grouping: "wholeChunks", groupingSlots: 1 }],
  ["bits by layer", { storage: "quantised", layerBits: "2 4 4 8", residualSlots: 0 }],
  ["latents", { reading: "latents", grouping: "wholeChunks", groupingSlots: 1 }],
  [
    "latents with values in 4 bits",
    { reading: "latents", storage: "quantised", residualSlots: 5, grouping: "wholeChunks", groupingSlots: 1 },
  ],
  ["an adaptive share", { storage: "kivi", groupNumbers: 8, share: "adaptive" }],
];

/** The model's own axes, in every layer. */
const plainBasis = Array.from({ length: model.config.layerCount }, () => {
  const width = model.config.kvHeadCount * model.config.headDim;
  return Float32Array.from({ length: width * width }, (_, at) => Number(at % (width + 1) === 0));
});

describe("a budget in bytes", () => {
  it("is 4 KiB a slot on the first model, as computed, and half of that in 16 bits", () => {
    expect(slotsOfBytes(inBytes({}), shape, 57 * 4096)).toBe(57);
    expect(slotsOfBytes(inBytes({}), shape, 57 * 4096 - 1)).toBe(56);
    expect(slotsOfBytes(inBytes({ storage: "half" }), shape, 57 * 4096)).toBe(114);
    expect(slotsOfBytes(inBytes({}), { ...shape, kvHeadCount: 8 }, 57 * 4096)).toBe(28);
  });

  it.each(kinds)("holds the most slots whose bytes do not exceed it: %s", (_, choices) => {
    const parameters = inBytes(choices);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400_000 }), (bytes) => {
        const slots = slotsOfBytes(parameters, shape, bytes);
        expect(heldBytes(parameters, shape, slots)).toBeLessThanOrEqual(bytes);
        for (let more = slots + 1; more <= slots + 80; more++) {
          expect(heldBytes(parameters, shape, more)).toBeGreaterThan(bytes);
        }
      }),
      { numRuns: 40 },
    );
  });

  it.each(kinds.filter(([, { layerBits }]) => layerBits === undefined))(
    "is what a run reports after an event, which never holds more: %s",
    async (_, choices) => {
      const { headDim, kvHeadCount, layerCount } = model.config;
      const slotBytes = 8 * headDim * kvHeadCount * layerCount;
      const here = { ...inBytes(choices), intervalSteps: 8, readingDense: "none" } as const; // the tiny model has two layers
      const given: Case = { policyId: "gkv", promptCount: 150, maxNewTokens: 20, ...here };
      const recipe = recipeOf({ ...given, budgetBytes: Math.round(23.4 * slotBytes) });
      const summary = modelSummary({ id: "tiny", label: "tiny" }, { ...model, parameterCount: 1, digest: "0" });
      const promptTokens = seededPrompt(9, given.promptCount);
      const backend = await createCpuBackend({ ...model, readBasis: () => Promise.resolve(plainBasis) });
      const trace = await recordTrace(backend, summary, { model, tokenizer, promptTokens, recipe });
      const settled = settledParameters(policyById("gkv"), recipe.parameters, model.config);
      expect(trace.header.parameters.budgetSlots).toBe(settled.budgetSlots);
      expect(trace.events.length).toBeGreaterThan(0);
      for (const { step } of trace.events) {
        const { bytesInUse } = memoryFigures(trace, step);
        expect(bytesInUse).toBeLessThanOrEqual(settled.budgetBytes);
        if (settled.share === "uniform") {
          expect(bytesInUse).toBeCloseTo(heldBytes(settled, model.config, settled.budgetSlots), 6);
        }
      }
    },
  );

  it("settles to the same slots again", () => {
    const gkv = policyById("gkv");
    const once = parametersOnModel(gkv, { budgetMode: "bytes", budgetBytes: 200_000, storage: "half" }, shape);
    expect(once).toMatchObject({ budgetSlots: 97, windowSlots: 16 });
    expect(settledParameters(gkv, once, shape)).toBe(once);
    expect(effectiveParameters(gkv, once)).toEqual(once);
  });

  it("leaves a budget in slots and the full cache as they are", () => {
    const gkv = policyById("gkv");
    const inSlots = effectiveParameters(gkv, { budgetSlots: 33, budgetBytes: 1 });
    expect(settledParameters(gkv, inSlots, shape)).toBe(inSlots);
    const full = policyById("fullCache");
    expect(objectionToBytes(full, inBytes({ budgetBytes: 1 }), shape)).toBeNull();
  });

  it("says how many bytes the window and the sinks take at least", () => {
    const policy = policyById("streamingLlm");
    const parameters = parametersOnModel(policy, { budgetMode: "bytes", budgetBytes: 9000, sinkSlots: 6 }, shape);
    expect(parameters).toMatchObject({ budgetSlots: 7, sinkSlots: 6 });
    expect(objectionToBytes(policy, parameters, shape)).toBe(
      "a budget of 9,000 bytes (9 KiB) holds 2 slots of each KV head, and StreamingLLM with a window of 1 needs 7, which take at least 28,672 bytes (28 KiB); raise the budget, or store entries in fewer bytes",
    );
    expect(objectionToBytes(policy, { ...parameters, budgetBytes: 28_672 }, shape)).toBeNull();
  });

  it("is refused before the first forward where it is too small", async () => {
    const backend = await createCpuBackend(model);
    const recipe = recipeOf({ policyId: "gkv", promptCount: 9, maxNewTokens: 3, ...inBytes({ budgetBytes: 10 }) });
    const promptTokens = seededPrompt(9, 9);
    const summary = modelSummary({ id: "tiny", label: "tiny" }, { ...model, parameterCount: 1, digest: "0" });
    const run = recordTrace(backend, summary, { model, tokenizer, promptTokens, recipe });
    await expect(run).rejects.toThrow(/^a budget of 10 bytes \(1 KiB\) holds 0 slots of each KV head/);
  });

  it("has no number of slots where layers get different shares and are stored differently", () => {
    const gkv = policyById("gkv");
    const parameters = inBytes({ share: "pyramid", storage: "quantised", layerBits: "2 4 4 8", budgetBytes: 99_999 });
    expect(objectionToBytes(gkv, parameters, shape)).toMatch(
      /^a budget in bytes comes to a number of slots only where/,
    );
    expect(objectionToBytes(gkv, { ...parameters, layerBits: "" }, shape)).toBeNull();
  });
});
