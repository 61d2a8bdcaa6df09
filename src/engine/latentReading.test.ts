import { describe, expect, it } from "vitest";
import { headRow, rowCount, rowLengths } from "../cache/headRows";
import { hashUniform } from "../lib/random";
import { createCpuBackend } from "./cpu/cpuBackend";
import type { LoopStep } from "./decodeLoop";
import { essence, model, openLoop, recipeOf, runSteps, tokenizer, type Case } from "./driveLoop.testing";
import { createRunPlan } from "./loop/runPlan";
import { seededPrompt, tinyConfig } from "./seededModel.testing";

const width = tinyConfig.kvHeadCount * tinyConfig.headDim;

/** Each layer's directions: a mirror, which stands on itself. */
function mirror(layer: number): Float32Array {
  const normal = Float64Array.from({ length: width }, (_, dim) => hashUniform(4, layer, dim) - 0.5);
  const squares = normal.reduce((sum, entry) => sum + entry * entry, 0);
  return Float32Array.from({ length: width * width }, (_, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    return Number(row === column) - (2 * normal[row] * normal[column]) / squares;
  });
}

const basis = [mirror(0), mirror(1)];
const backend = await createCpuBackend({ ...model, readBasis: () => Promise.resolve(basis) });

const whole: Case = {
  ...{ policyId: "fullCache", promptCount: 21, maxNewTokens: 40 },
  ...{ reading: "latents", readingRank: 1, readingScoreRank: 1, readingSlots: 1000, readingDense: "none" },
};
const narrow: Case = {
  ...whole,
  ...{ readingRank: 0.5, readingScoreRank: 0.5, readingSlots: 5, readingSinks: 2, readingRecent: 3 },
};
const evicting: Case = {
  ...narrow,
  ...{ policyId: "snapKv", budgetSlots: 24, windowSlots: 4, intervalSteps: 8 },
  ...{ grouping: "wholeChunks", groupingSlots: 1 },
};

const run = async (given: Case): Promise<LoopStep[]> => runSteps(await openLoop(given, { backend }));
const tokensOf = (steps: readonly LoopStep[]) => steps.map(({ result }) => result.token);

describe("reading through latents", () => {
  it.each<[string, Case, Partial<Case>]>([
    ["with the full cache", whole, {}],
    ["with evictions, whose terms see reconstructed keys", { ...evicting, ...whole, policyId: "snapKv" }, {}],
    ["selected by each KV head", whole, { readingSets: "head" }],
  ])("is the same as reading everything at full rank where all are selected: %s", async (_, given, more) => {
    const latent = await run({ ...given, ...more });
    const plain = await run({ ...given, reading: "everything" });
    expect(tokensOf(latent)).toEqual(tokensOf(plain));
    latent.forEach(({ result, eviction }, step) => {
      expect(result.logProbability).toBeCloseTo(plain[step].result.logProbability, 4);
      expect(result.entropy).toBeCloseTo(plain[step].result.entropy, 4);
      expect(eviction?.survivors.values).toEqual(plain[step].eviction?.survivors.values);
    });
  });

  it("gives the same logits to 1e-5 of their size", async () => {
    const logits = await Promise.all(
      [whole, { ...whole, reading: "everything" as const }].map(async (given) => {
        const promptTokens = seededPrompt(9, given.promptCount);
        const plan = createRunPlan({ model, tokenizer, promptTokens, recipe: recipeOf(given) });
        const session = await backend.createSession(plan.sessionRequest(20));
        await session.prefill(promptTokens);
        for (let step = 0; step < 12; step++) session.decode(step);
        return session.readLogits();
      }),
    );
    const size = Math.max(...logits[1].map(Math.abs));
    logits[0].forEach((logit, token) => expect(Math.abs(logit - logits[1][token])).toBeLessThan(1e-5 * size));
  });

  it("always reads the sinks and the newest, and as many of the rest as it may; the others get no attention", async () => {
    for (const { result } of await run(narrow)) {
      const { readSlots, attention, lengths, step } = result;
      expect(readSlots && rowCount(readSlots)).toBe(lengths.length);
      lengths.forEach((length, head) => {
        const read = readSlots === undefined ? [] : [...headRow(readSlots, head)];
        // In the prefill every slot is read.
        if (step === 0) {
          expect(read).toEqual([]);
          return;
        }
        expect(read).toHaveLength(Math.min(length, 2 + 5 + 3));
        expect(read).toEqual(expect.arrayContaining([0, 1, length - 3, length - 2, length - 1]));
        headRow(attention, head).forEach((share, slot) => {
          if (!read.includes(slot)) expect(share).toBe(0);
        });
      });
    }
  });

  it("reads the same slots in all heads of a layer, or in each head its own", async () => {
    const setsOf = async (given: Case) => {
      const { result } = (await run(given))[30];
      return [0, 1, 2, 3].map((head) => (result.readSlots ? headRow(result.readSlots, head).join() : ""));
    };
    const [first, second] = await setsOf(narrow);
    expect(first).toBe(second);
    const [own, other] = await setsOf({ ...narrow, readingSets: "head" });
    expect(own).not.toBe(other);
  });

  it("finds more of what the exact keys would select, the more coordinates it scores by", async () => {
    const [exact] = await Promise.all([run({ ...narrow, readingRank: 1, readingScoreRank: 1 })]);
    const recall = async (share: number) => {
      const steps = await run({ ...narrow, readingRank: 1, readingScoreRank: share });
      const [found, wanted] = [steps[1], exact[1]].map(({ result }) => [...(result.readSlots?.values ?? [])]);
      return found.filter((slot, at) => wanted.slice(at - (at % 10), at - (at % 10) + 10).includes(slot)).length;
    };
    expect(await recall(1)).toBe(40);
    expect(await recall(0.1)).toBeLessThan(40);
  });

  it("says what a selection found of what keys as computed would look at", async () => {
    const all = await run({ ...evicting, readingSlots: 1000 });
    for (const { result } of all.slice(1)) {
      expect([...(result.readMeasures?.recall ?? [])]).toEqual([1, 1, 1, 1]);
      for (const share of result.readMeasures?.attention ?? []) expect(share).toBeCloseTo(1, 5);
    }
    const [prefill, ...some] = (await run({ ...narrow, readingSets: "head" })).map(({ result }) => result.readMeasures);
    expect([...(prefill?.recall ?? [])]).toEqual([NaN, NaN, NaN, NaN]);
    const recalls = some.flatMap((found) => [...(found?.recall ?? [])]);
    const shares = some.flatMap((found) => [...(found?.attention ?? [])]);
    expect(new Set(recalls.map((recall) => Math.round(recall * 5))).size).toBeGreaterThan(2);
    expect(Math.max(...shares)).toBeLessThan(1);
    expect(Math.min(...shares)).toBeGreaterThan(0);
  });

  it("leaves layers whole that are not to be read so", async () => {
    const steps = await run({ ...narrow, readingDense: "ends" });
    expect(steps.every(({ result }) => result.readSlots?.values.length === 0)).toBe(true);
  });

  it("takes the bytes that it says: a latent and a position for all heads, and their values", async () => {
    const { memory } = await openLoop(narrow, { backend });
    const rank = width / 2;
    expect(memory.bytesPerSlot).toBe(tinyConfig.layerCount * (4 * rank + 4 + 4 * width));
    expect(memory.kvBytes).toBe(memory.slotCapacity * memory.bytesPerSlot);
    const plain = await openLoop({ ...narrow, reading: "everything" }, { backend });
    expect(memory.kvBytes).toBeLessThan(plain.memory.kvBytes);
  });

  it("keeps the same tokens in all heads of a layer when it evicts", async () => {
    const steps = await run(evicting);
    const events = steps.flatMap(({ eviction }) => eviction ?? []);
    expect(events.length).toBeGreaterThan(2);
    for (const { survivors } of events) {
      expect(headRow(survivors, 0)).toEqual(headRow(survivors, 1));
      expect(Math.max(...rowLengths(survivors))).toBe(24);
    }
  });

  it("goes on after a lost device with the same tokens and the same reads", async () => {
    const all = essence(await run(evicting));
    const first = await openLoop(evicting, { backend });
    await runSteps(first, 25);
    const resumed = await openLoop(evicting, { backend, history: first.history() });
    expect(essence(await runSteps(resumed))).toEqual(all.slice(25));
  });
});

describe("values of tokens kept as latents", () => {
  const packed: readonly [string, Partial<Case>][] = [
    ["at 16 bits", { storage: "half" }],
    ["of 8 bits", { storage: "quantised", valueBits: "8", groupNumbers: 8, residualSlots: 4 }],
    [
      "of 8 bits along tokens",
      { storage: "quantised", valueBits: "8", groupNumbers: 6, groupAxis: "tokens", residualSlots: 4 },
    ],
  ];

  it.each(packed)("are packed %s, and reads stay what they were or nearly so", async (_, storage) => {
    for (const given of [whole, narrow, evicting]) {
      const [found, exact] = await Promise.all([run({ ...given, ...storage }), run(given)]);
      // The first layer's keys are made before any value is read.
      expect(found[1].result.readSlots && headRow(found[1].result.readSlots, 0)).toEqual(
        exact[1].result.readSlots && headRow(exact[1].result.readSlots, 0),
      );
      expect(found[1].result.entropy).toBeCloseTo(exact[1].result.entropy, 2);
      expect(found.map(({ result }) => result.logProbability)).not.toEqual(
        exact.map(({ result }) => result.logProbability),
      );
    }
  });

  it("take the bytes of the formula", async () => {
    const [, [, storage]] = packed;
    const { memory } = await openLoop({ ...narrow, ...storage }, { backend });
    const { layerCount, kvHeadCount, headDim } = tinyConfig;
    const keyBytes = 4 * (width / 2) + 4;
    const valueBytes = headDim + 4 * Math.ceil(headDim / 8);
    expect(memory.bytesPerSlot).toBe(layerCount * (keyBytes + kvHeadCount * valueBytes));
    expect(memory.packing?.fullBytesPerSlot).toBe(layerCount * (keyBytes + 4 * width));
    const residualBytes = layerCount * kvHeadCount * 4 * 4 * headDim;
    expect(memory.kvBytes).toBe(memory.slotCapacity * memory.bytesPerSlot + residualBytes);
  });

  it("are packed again after a lost device, with the same tokens", async () => {
    const given = { ...evicting, ...packed[2][1] };
    const all = essence(await run(given));
    const first = await openLoop(given, { backend });
    await runSteps(first, 25);
    const resumed = await openLoop(given, { backend, history: first.history() });
    expect(essence(await runSteps(resumed))).toEqual(all.slice(25));
  });
});

describe("reading through latents is refused", () => {
  it.each<[string, Case, string]>([
    ["where heads hold different tokens", { ...evicting, grouping: "tokens" }, "they must keep the same tokens"],
    ["where keys are grouped along tokens as KIVI does", { ...narrow, storage: "kivi" }, "have nothing to hold"],
    ["where keys have a mean over heads", { ...whole, storage: "tada" }, "have nothing to hold"],
    ["where keys are rotated again", { ...evicting, departure: "rerotate" }, "let keys keep their rotation"],
  ])("%s", async (_, given, words) => {
    await expect(openLoop(given, { backend })).rejects.toThrow(words);
  });

  it("of a model whose keys nobody has looked at", async () => {
    await expect(openLoop(narrow)).rejects.toThrow("needs the directions of this model’s keys (basis.json)");
  });
});
