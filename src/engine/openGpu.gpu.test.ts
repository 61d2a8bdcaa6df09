// The engine on a real WebGPU device that is destroyed in the middle of a run, and the choice made in a real browser.
import { afterEach, describe, expect, it, vi } from "vitest";
import { drawCheckpoint } from "../model/drawCheckpoint.testing";
import { greedySampling } from "../model/sampling";
import { memorySource } from "../model/source";
import { alone, createHostBench, stepsOf, tinyRecipe, tinyReference, tinySource } from "./hostBench.testing";
import type { HostBench } from "./hostBench.testing";
import { alteredGpu, withoutRoomFor } from "./gpu/alteredGpu.testing";
import { openGpu } from "./openGpu";
import type { BackendChoice, EngineEvent } from "./protocol";
import { seededModel } from "./seededModel.testing";
import { baseParameters } from "../policy/parameters";
import type { PolicyParameters } from "../policy/policy";

/** An emulated GPU compiles for seconds. */
vi.setConfig({ testTimeout: 120_000 });

const benches: HostBench[] = [];

afterEach(() => {
  for (const bench of benches.splice(0)) bench.host.dispose();
});

async function loadedBench(
  backend: BackendChoice,
  onEvent?: (event: EngineEvent, bench: HostBench) => void,
): Promise<HostBench> {
  const bench = createHostBench({
    edge: { openGpu: (model, options) => openGpu(navigator.gpu, model, options) },
    onEvent,
  });
  benches.push(bench);
  bench.send({ type: "load", load: 1, model: tinyReference, backend });
  await bench.waitFor("ready");
  return bench;
}

async function tokensOfRun(bench: HostBench, recipe = tinyRecipe): Promise<number[]> {
  bench.send({ type: "start", run: 1, request: alone(recipe), isPaused: false });
  await bench.waitFor("done");
  return stepsOf(bench.events, 1).map(({ record }) => record.token);
}

describe("the engine on a real device", () => {
  it("takes a software adapter only when the GPU was asked for", async () => {
    const asked = await loadedBench("gpu");
    const ready = await asked.waitFor("ready");
    expect(ready).toMatchObject({ backend: { type: "gpu" }, notice: null });
    const auto = await (await loadedBench("auto")).waitFor("ready");
    expect(auto.backend.type).toBe(ready.backend.isSoftware ? "cpu" : "gpu");
    expect(auto.notice === null).toBe(!ready.backend.isSoftware);
  });

  it.each([3, 12])("goes on with the same tokens when its device is destroyed after step %i", async (lossStep) => {
    const whole = await tokensOfRun(await loadedBench("gpu"));
    const broken = await loadedBench("gpu", (event, bench) => {
      if (event.type === "step" && event.record.step === lossStep) bench.send({ type: "loseDevice" });
    });
    expect(await tokensOfRun(broken)).toEqual(whole);
    expect((await broken.waitFor("backendChanged")).reason).toMatch(
      /^The GPU was lost \(.*\)\. The run goes on from where it was on a new GPU device\.$/s,
    );
  });

  it.each<Partial<PolicyParameters>>([
    { storage: "quantised", groupNumbers: 8, residualSlots: 3 },
    { storage: "kivi", groupNumbers: 4, residualSlots: 2, merging: "convex", mergeThreshold: 0.2 },
  ])("goes on with the same tokens where entries are packed: %o", async (choices) => {
    const recipe = { ...tinyRecipe, parameters: { ...tinyRecipe.parameters, ...choices } };
    const whole = await tokensOfRun(await loadedBench("gpu"), recipe);
    const broken = await loadedBench("gpu", (event, bench) => {
      if (event.type === "step" && event.record.step === 20) bench.send({ type: "loseDevice" });
    });
    expect(await tokensOfRun(broken, recipe)).toEqual(whole);
    expect(stepsOf(broken.events, 1).some(({ eviction }) => eviction !== null)).toBe(true);
    expect((await broken.waitFor("backendChanged")).reason).toContain("on a new GPU device");
  });

  it("runs lanes of two models on two devices, forced by the first, and survives the loss of both", async () => {
    const other = { id: "other", label: "Other", address: "models/other" };
    const request = {
      lanes: [tinyRecipe, { ...tinyRecipe, model: other }],
      isForced: true,
    };
    const folders = { [other.address]: drawCheckpoint({ max_position_embeddings: 2048, eos_token_id: [] }, 2) };
    const runOn = async (backend: BackendChoice, lossStep: number | null): Promise<HostBench> => {
      const bench = createHostBench({
        edge: {
          openGpu: (model, options) => openGpu(navigator.gpu, model, options),
          openSource: (address) =>
            address === other.address ? memorySource(address, folders[other.address]) : tinySource(),
        },
        onEvent(event, running) {
          const isDue = event.type === "step" && event.lane === 1 && event.record.step === lossStep;
          if (isDue) running.send({ type: "loseDevice" });
        },
      });
      benches.push(bench);
      bench.send({ type: "load", load: 1, model: tinyReference, backend });
      await bench.waitFor("ready");
      bench.send({ type: "start", run: 1, request, isPaused: false });
      await bench.waitForEnds(1, 2);
      return bench;
    };
    const [cpu, gpu] = [await runOn("cpu", null), await runOn("gpu", 9)];
    for (const lane of [0, 1]) {
      const [expected, found] = [cpu.traceOf(1, lane), gpu.traceOf(1, lane)];
      expect(found.header.backend.type).toBe("gpu");
      expect(found.steps.map(({ token }) => token)).toEqual(expected.steps.map(({ token }) => token));
      expect(found.events.map(({ survivors }) => survivors)).toEqual(expected.events.map(({ survivors }) => survivors));
    }
    const lost = gpu.events.filter((event) => event.type === "backendChanged");
    expect(lost.map(({ modelId }) => modelId).sort()).toEqual(["other", "tiny"]);
  });

  it("gives the tokens of the CPU backend", async () => {
    expect(await tokensOfRun(await loadedBench("gpu"))).toEqual(await tokensOfRun(await loadedBench("cpu")));
  });
});

describe("a GPU without room", () => {
  it("is refused where the weights do not fit, so that the CPU takes over", async () => {
    const outcome = await openGpu(alteredGpu(withoutRoomFor("embedding")), seededModel(1), { isSoftwareAllowed: true });
    const reason =
      "The GPU cannot run this model: the GPU has no room for the weights; use the CPU backend or a smaller model.";
    expect(outcome).toEqual({ type: "refused", reason });
  });

  it("says so where a run does not fit, and serves a run that does", async () => {
    const outcome = await openGpu(alteredGpu(withoutRoomFor("window probabilities")), seededModel(1), {
      isSoftwareAllowed: true,
    });
    if (outcome.type === "refused") throw new Error(outcome.reason);
    const { backend } = outcome;
    const request = {
      ...{ slotCapacity: 32, positionCapacity: 64, windowSlots: 4, sampling: greedySampling, stopTokens: [] },
      ...{ hasTaps: false, parameters: baseParameters },
    };
    await expect(backend.createSession({ ...request, terms: ["windowAttention"] })).rejects.toThrow(
      "the GPU has no room for 32 slots",
    );
    const session = await backend.createSession({ ...request, terms: [] });
    await session.prefill(Int32Array.of(1, 2, 3));
    expect((await session.collect()).step).toBe(0);
    backend.dispose();
  });
});
