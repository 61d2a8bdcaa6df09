// The GPU backend against transformers and against the CPU backend: logits, tokens, taps, terms, survivors.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onlyRows, queryHeadsOf } from "../../cache/headRows";
import { httpSource } from "../../model/httpSource";
import { loadModel } from "../../model/loadModel";
import { parseReferenceRun, type ReferenceRun } from "../../model/referenceRun.testing";
import { greedySampling, type Sampling } from "../../model/sampling";
import { effectiveParameters, policyById } from "../../policy/policies";
import type { PolicyParameters, TermName } from "../../policy/policy";
import type { Backend } from "../backend";
import { createCpuBackend } from "../cpu/cpuBackend";
import { createDecodeLoop, type LoopStep } from "../decodeLoop";
import { headRowsOf, joinedHeads } from "../joinedHeads.testing";
import { seededModel, seededPrompt, tinyConfig, wordTokenizer } from "../seededModel.testing";
import type { GpuBackend } from "./gpuBackend";
import { relativeError } from "./kernelHarness.testing";
import { closeTestBackends, generate, openTestBackend, plainRequest } from "./gpuTestBackend.testing";
import { baseParameters } from "../../policy/parameters";

const RELATIVE_TOLERANCE = 1e-4;

afterAll(closeTestBackends);
describe.each(["llama-tied", "llama-grouped", "qwen2", "qwen3-sharded", "smollm3", "gemma3"])(
  "the checkpoint %s",
  (name) => {
    const folder = `/fixtures/checkpoints/${name}`;
    let backend: GpuBackend;
    let reference: ReferenceRun;
    let tokens: Int32Array;

    beforeAll(async () => {
      reference = parseReferenceRun(await (await fetch(`${folder}/reference.json`)).text());
      tokens = Int32Array.from(reference.tokens);
      backend = await openTestBackend(await loadModel(httpSource(folder)));
    });

    const logitsAt = (all: Float32Array, position: number): Float32Array =>
      all.subarray(position * reference.vocabularySize, (position + 1) * reference.vocabularySize);

    it("gives the reference's logits after a prefill", async () => {
      for (const position of [0, 1, 4, 16, 39]) {
        const session = await backend.createSession(plainRequest);
        await session.prefill(tokens.subarray(0, position + 1));
        const error = relativeError(await session.readLogits(), logitsAt(reference.prefillLogits, position));
        expect(error).toBeLessThan(RELATIVE_TOLERANCE);
        session.dispose();
      }
    });

    it("gives the reference's logits token by token", async () => {
      const session = await backend.createSession(plainRequest);
      await session.prefill(tokens.subarray(0, 1));
      for (let position = 0; position < tokens.length; position++) {
        if (position > 0) session.decode(tokens[position]);
        const error = relativeError(await session.readLogits(), logitsAt(reference.stepLogits, position));
        expect(error).toBeLessThan(RELATIVE_TOLERANCE);
        await session.collect();
      }
      session.dispose();
    });

    it("continues greedily with the reference's 64 tokens", async () => {
      const session = await backend.createSession(plainRequest);
      await session.prefill(tokens);
      expect(await generate(session, 64)).toEqual(reference.greedyTokens);
      session.dispose();
    });
  },
);

// Tests run without a real GPU, but its kernel shapes must be right as well.
describe("the kernel shapes for real GPUs", () => {
  it.each(["llama-grouped", "qwen3-sharded"])("give the reference's logits and tokens of %s", async (name) => {
    const folder = `/fixtures/checkpoints/${name}`;
    const reference = parseReferenceRun(await (await fetch(`${folder}/reference.json`)).text());
    const backend = await openTestBackend(await loadModel(httpSource(folder)), { kernelShapes: "hardware" });
    const session = await backend.createSession(plainRequest);
    await session.prefill(Int32Array.from(reference.tokens));
    const expected = reference.prefillLogits.subarray(-reference.vocabularySize);
    expect(relativeError(await session.readLogits(), expected)).toBeLessThan(RELATIVE_TOLERANCE);
    expect(await generate(session, 64)).toEqual(reference.greedyTokens);
  });

  it("measure the terms of the CPU backend", async () => {
    const model = seededModel(5);
    const terms: TermName[] = ["windowAttention", "attentionShift", "redundancy", "promptAttention"];
    const measured = await Promise.all(
      [await createCpuBackend(model), await openTestBackend(model, { kernelShapes: "hardware" })].map(
        async (backend: Backend) => {
          const session = await backend.createSession({ ...plainRequest, terms });
          await session.prefill(seededPrompt(11, 100));
          await session.collect();
          return (await session.measureTerms()).terms;
        },
      ),
    );
    for (const term of terms) {
      const [cpu, gpu] = measured.map((found) => found[term]?.values ?? new Float32Array(0));
      expect([term, relativeError(gpu, cpu) < RELATIVE_TOLERANCE]).toEqual([term, true]);
    }
  });
});

describe("a prompt of several chunks", () => {
  it("gives the logits of the CPU backend", async () => {
    const model = seededModel(5);
    const promptTokens = seededPrompt(3, 150);
    const request = { ...plainRequest, slotCapacity: 160, positionCapacity: 160 };
    const logits = await Promise.all(
      [await createCpuBackend(model), await openTestBackend(model)].map(async (backend: Backend) => {
        const session = await backend.createSession(request);
        await session.prefill(promptTokens);
        return session.readLogits();
      }),
    );
    expect(relativeError(logits[1], logits[0])).toBeLessThan(RELATIVE_TOLERANCE);
  });
});

describe("against the CPU backend", () => {
  const model = seededModel(5);
  const tokenizer = wordTokenizer(tinyConfig.vocabularySize);
  let backends: readonly Backend[];

  beforeAll(async () => {
    backends = [await createCpuBackend(model), await openTestBackend(model)];
  });

  async function runBoth(
    policyId: string,
    choices: Partial<PolicyParameters>,
    sampling: Sampling,
  ): Promise<readonly LoopStep[][]> {
    return Promise.all(
      backends.map(async (backend) => {
        const loop = await createDecodeLoop(backend, {
          model,
          tokenizer,
          promptTokens: seededPrompt(9, 21),
          recipe: {
            promptText: "",
            expectedAnswer: null,
            policyId,
            parameters: effectiveParameters(policyById(policyId), choices),
            sampling,
            maxNewTokens: 64,
            hasTaps: true,
            hasHeadTaps: true,
          },
        });
        const steps: LoopStep[] = [];
        do steps.push(await loop.next());
        while (steps.at(-1)?.end === null);
        loop.dispose();
        return steps;
      }),
    );
  }

  const tight = { budgetSlots: 24, windowSlots: 4, intervalSteps: 8 };
  const samplings: { name: string; sampling: Sampling }[] = [
    { name: "greedily", sampling: greedySampling },
    { name: "at temperature 1", sampling: { temperature: 1, topP: 1, topK: 0, seed: 3 } },
    { name: "with top-k and top-p", sampling: { temperature: 0.8, topP: 0.9, topK: 20, seed: 4 } },
  ];

  it.each(samplings)("draws the same 64 tokens $name", async ({ sampling }) => {
    const [cpu, gpu] = await runBoth("fullCache", {}, sampling);
    expect(gpu.map(({ result }) => result.token)).toEqual(cpu.map(({ result }) => result.token));
    expect(cpu).toHaveLength(64);
  });

  it.each(["gkv", "rKv", "h2o", "snapKv", "streamingLlm"])("keeps the same slots under %s", async (policyId) => {
    const [cpu, gpu] = await runBoth(policyId, policyId === "h2o" ? { budgetSlots: 24, intervalSteps: 8 } : tight, {
      ...greedySampling,
      temperature: 1,
      seed: 3,
    });
    const survivors = (steps: LoopStep[]) => steps.flatMap(({ eviction }) => eviction?.survivors ?? []);
    expect(survivors(cpu).length).toBeGreaterThan(2);
    expect(survivors(gpu)).toEqual(survivors(cpu));
    expect(gpu.map(({ result }) => result.token)).toEqual(cpu.map(({ result }) => result.token));
  });

  it("reports the same figures and attention of every step", async () => {
    const [cpu, gpu] = await runBoth("gkv", tight, greedySampling);
    gpu.forEach(({ result }, step) => {
      const expected = cpu[step].result;
      expect(result.step).toBe(step);
      expect(result.lengths).toEqual(expected.lengths);
      expect(result.logProbability).toBeCloseTo(expected.logProbability, 4);
      expect(result.entropy).toBeCloseTo(expected.entropy, 4);
      expect(result.candidateTokens).toEqual(expected.candidateTokens);
      expect(relativeError(result.candidateLogProbabilities, expected.candidateLogProbabilities)).toBeLessThan(1e-4);
      expect(relativeError(result.attentionScale, expected.attentionScale)).toBeLessThan(1e-4);
      expect(largestDifference(result.attention.values, expected.attention.values)).toBeLessThanOrEqual(1);
    });
  });

  it("records the same rows of every query head, whose maximum over the group is the attention of the KV head", async () => {
    const [cpu, gpu] = await runBoth("gkv", tight, greedySampling);
    gpu.forEach(({ result }, step) => {
      const [found, expected] = [headRowsOf(result), headRowsOf(cpu[step].result)];
      expect(found.scales).toHaveLength(tinyConfig.layerCount * tinyConfig.headCount);
      expect(relativeError(found.scales, expected.scales)).toBeLessThan(1e-4);
      expect(largestDifference(found.rows.values, expected.rows.values)).toBeLessThanOrEqual(1);
      for (const { result: either } of [gpu[step], cpu[step]]) {
        const joined = joinedHeads(either, tinyConfig);
        expect(either.attentionScale).toEqual(joined.attentionScale);
        expect(largestDifference(joined.attention.values, either.attention.values)).toBeLessThanOrEqual(1);
      }
    });
  });

  it("reads back the rows of watched heads alone, from the forward on at which they are watched", async () => {
    let watched: readonly number[] | null = null;
    const request = { ...plainRequest, hasTaps: true, hasHeadTaps: true };
    const sessions = [
      await backends[1].createSession(request),
      await backends[1].createSession({ ...request, watchedHeads: () => watched }),
      await backends[0].createSession({ ...request, watchedHeads: () => watched }),
    ];
    await Promise.all(sessions.map((session) => session.prefill(seededPrompt(11, 30))));
    for (const heads of [null, [1, 2], [], [0, 3], null]) {
      const [whole, gpu, cpu] = await Promise.all(sessions.map((session) => session.collect()));
      // The results are those of the forward before: one in flight keeps what was watched when it started.
      const before = watched;
      const groupSize = tinyConfig.headCount / tinyConfig.kvHeadCount;
      const expected = {
        ...whole,
        attention: before === null ? whole.attention : onlyRows(whole.attention, before),
        headAttention:
          before === null
            ? whole.headAttention
            : onlyRows(headRowsOf(whole).rows, queryHeadsOf(before, groupSize) ?? []),
      };
      expect({ ...gpu, readBackMs: 0 }).toEqual({ ...expected, readBackMs: 0 });
      expect(cpu.attention.offsets).toEqual(expected.attention.offsets);
      expect(cpu.headAttention?.offsets).toEqual(expected.headAttention?.offsets);
      watched = heads;
      for (const session of sessions) session.decode();
    }
    sessions.forEach((session) => session.dispose());
  });

  it("leaves the attention of KV heads as it is, bit by bit, where query heads are recorded too", async () => {
    const request = { ...plainRequest, hasTaps: true };
    const results = await Promise.all(
      [false, true].map(async (hasHeadTaps) => {
        const session = await backends[1].createSession({ ...request, hasHeadTaps });
        await session.prefill(seededPrompt(11, 30));
        await generate(session, 3);
        session.decode();
        return session.collect();
      }),
    );
    const [without, beside] = results;
    expect(beside.attention).toEqual(without.attention);
    expect(beside.attentionScale).toEqual(without.attentionScale);
    expect("headAttention" in without).toBe(false);
  });

  it.each(["max", "mean"] as const)(
    "measures the same terms, the heads of a group joined by their %s",
    async (groupPooling) => {
      const terms: TermName[] = [
        "windowAttention",
        "attentionShift",
        "redundancy",
        "redundancyRaw",
        "keyNorm",
        "promptAttention",
      ];
      const request = { ...plainRequest, terms, parameters: { ...baseParameters, groupPooling }, hasEvidence: true };
      const measured = await Promise.all(
        backends.map(async (backend) => {
          const session = await backend.createSession(request);
          await session.prefill(seededPrompt(11, 100));
          await generate(session, 7);
          return session.measureTerms();
        }),
      );
      for (const term of terms) {
        const [cpu, gpu] = measured.map(({ terms: found }) => found[term]?.values ?? new Float32Array(0));
        expect(cpu.length).toBeGreaterThan(100);
        expect([term, relativeError(gpu, cpu) < 1e-4]).toEqual([term, true]);
      }
      const [cpu, gpu] = measured;
      expect(gpu.excusedSlots).toEqual(cpu.excusedSlots);
      expect(gpu.votingHeads).toEqual(cpu.votingHeads);
      expect(cpu.excusedSlots?.values.some((slot) => slot > 0)).toBe(true);
      expect(new Set(cpu.votingHeads?.values).size).toBeGreaterThan(1);
    },
  );

  it("records the same evidence of every event of a run", async () => {
    const [cpu, gpu] = await runBoth("gkv", tight, greedySampling);
    const evidence = (steps: LoopStep[]) =>
      steps.flatMap(({ eviction }) => eviction && [eviction.excusedSlots, eviction.votingHeads]);
    expect(evidence(gpu)).toEqual(evidence(cpu));
    expect(evidence(cpu).filter((found) => found).length).toBeGreaterThan(2);
  });
});

function largestDifference(found: Uint8Array, expected: Uint8Array): number {
  expect(found).toHaveLength(expected.length);
  return found.reduce((most, byte, at) => Math.max(most, Math.abs(byte - expected[at])), 0);
}
