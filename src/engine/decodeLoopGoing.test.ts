// A loop that runs ahead, is rebuilt from its history, and is sent on beyond its end.
import { describe, expect, it } from "vitest";
import { InputError } from "../lib/errors";
import type { Backend } from "./backend";
import { createCpuBackend } from "./cpu/cpuBackend";
import { createDecodeLoop } from "./decodeLoop";
import {
  type Case,
  essence,
  model,
  openLoop,
  recipeOf,
  ringBackend,
  runSteps,
  tight,
  tokenizer,
} from "./driveLoop.testing";
import { seededPrompt, tinyConfig } from "./seededModel.testing";

describe("forwards in flight", () => {
  it("change no result, fill the ring, and never pass an event that acts or the end", async () => {
    const inFlight: number[] = [];
    const backend = await ringBackend(3, (session) => inFlight.push(session.inFlightCount));
    const steps = await runSteps(await openLoop(tight, { backend }));
    expect(essence(steps)).toEqual(essence(await runSteps(await openLoop(tight))));
    expect(Math.max(...inFlight)).toBe(3);
    expect(inFlight).toHaveLength(tight.maxNewTokens - 1);
  });

  it("stay pending behind a stop token and are what a continued run goes on with", async () => {
    const free = essence(await runSteps(await openLoop(tight)));
    const stopToken = free[13].token;
    const stopAt = free.findIndex(({ token }) => token === stopToken);
    const stopping = { ...model, config: { ...model.config, stopTokens: [stopToken] } };
    const loop = await createDecodeLoop(await ringBackend(3), {
      model: stopping,
      tokenizer,
      promptTokens: seededPrompt(9, tight.promptCount),
      recipe: recipeOf(tight),
    });
    const before = await runSteps(loop);
    expect(before.at(-1)?.end).toBe("stopToken");
    expect(before).toHaveLength(stopAt + 1);
    await loop.extend(4);
    const after = await runSteps(loop, 4);
    expect([...before, ...after].map(({ result }) => result.token)).toEqual(
      free.slice(0, before.length + after.length).map(({ token }) => token),
    );
  });
});

describe("memory", () => {
  it("holds no queries of positions that the run never reaches", async () => {
    const [short, long] = [20, 120];
    const bytesOf = async (maxNewTokens: number, policyId: string) =>
      (await openLoop({ ...tight, policyId, maxNewTokens })).memory.otherBytes;
    const grown = async (policyId: string) => (await bytesOf(long, policyId)) - (await bytesOf(short, policyId));
    const { layerCount, headCount, headDim } = tinyConfig;
    expect(await grown("gkv")).toBe(0);
    expect(await grown("nonCausalAttention")).toBeGreaterThanOrEqual(
      (long - short) * layerCount * headCount * headDim * Float32Array.BYTES_PER_ELEMENT,
    );
  });
});

describe("a rebuilt run", () => {
  it.each([1, 8, 9, 17, 31])("goes on after %i steps as if nothing had happened", async (stepCount) => {
    // The last two depend on every forward since the prompt, and on where earlier events put the keys.
    for (const policyId of ["gkv", "random", "fullCache", "h2oOfKvPress", "streamingLlmRerotated"]) {
      const given = { ...tight, policyId };
      const whole = essence(await runSteps(await openLoop(given)));
      const lost = await openLoop(given);
      await runSteps(lost, stepCount);
      const history = lost.history();
      lost.dispose();
      const rest = await runSteps(await openLoop(given, { history, backend: await ringBackend(2) }));
      expect(essence(rest)).toEqual(whole.slice(stepCount));
    }
  });

  it("feeds the recorded tokens even where the new backend would choose others", async () => {
    const lost = await openLoop(tight);
    await runSteps(lost, 6);
    const history = lost.history();
    const changed = { ...history, tokens: history.tokens.map((token) => (token + 1) % tinyConfig.vocabularySize) };
    const same = await runSteps(await openLoop(tight, { history }), 1);
    const other = await runSteps(await openLoop(tight, { history: changed }), 1);
    expect(same[0].result.step).toBe(6);
    expect(other[0].result.logProbability).not.toBe(same[0].result.logProbability);
  });

  it("starts again after an aborted prefill", async () => {
    const loop = await openLoop({ ...tight, promptCount: 70 });
    const abort = new AbortController();
    const first = loop.next(abort.signal);
    abort.abort(new Error("stopped"));
    await expect(first).rejects.toThrow("stopped");
    expect(essence(await runSteps(loop))).toEqual(
      essence(await runSteps(await openLoop({ ...tight, promptCount: 70 }))),
    );
  });
});

describe("extend", () => {
  it.each(["gkv", "fullCache"])("continues %s after the end as one long run would have gone", async (policyId) => {
    const whole = essence(await runSteps(await openLoop({ ...tight, policyId })));
    const loop = await openLoop({ ...tight, policyId, maxNewTokens: 12 });
    const steps = await runSteps(loop);
    await loop.extend(3);
    steps.push(...(await runSteps(loop)));
    await loop.extend(45);
    steps.push(...(await runSteps(loop)));
    const withoutEnd = (step: { end: unknown }) => ({ ...step, end: null });
    expect(essence(steps).map(withoutEnd)).toEqual(whole.map(withoutEnd));
    expect(steps.map(({ end }, step) => (end === null ? -1 : step)).filter((step) => step >= 0)).toEqual([11, 14, 59]);
  });

  it("leaves the run as it was when the backend has no room for more", async () => {
    const cpu = await createCpuBackend(model);
    const backend: Backend = {
      ...cpu,
      createSession: (request) =>
        request.slotCapacity > 40 ? Promise.reject(new InputError("no room")) : cpu.createSession(request),
    };
    const given: Case = { ...tight, policyId: "fullCache", maxNewTokens: 8 };
    const whole = essence(await runSteps(await openLoop({ ...given, maxNewTokens: 12 })));
    const loop = await openLoop(given, { backend });
    const steps = await runSteps(loop);
    await expect(loop.extend(60)).rejects.toThrow("no room");
    await loop.extend(4);
    steps.push(...(await runSteps(loop)));
    expect(essence(steps).map(({ token }) => token)).toEqual(whole.map(({ token }) => token));
    expect(loop.memory.slotCapacity).toBeLessThanOrEqual(40);
  });

  it("says how far the model goes", async () => {
    const loop = await openLoop({ ...tight, maxNewTokens: 2 });
    await runSteps(loop);
    await expect(loop.extend(500)).rejects.toThrow(
      "the text so far (23 tokens) and 500 new tokens need 523 positions, the model has 256; ask for at most 233 new tokens",
    );
  });
});
