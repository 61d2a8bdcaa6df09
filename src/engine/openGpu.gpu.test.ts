// The engine on a real WebGPU device that is destroyed in the middle of a run, and the choice made in a real browser.
import { afterEach, describe, expect, it } from "vitest";
import { createHostBench, stepsOf, tinyRecipe, tinyReference } from "./hostBench";
import type { HostBench } from "./hostBench";
import { openGpu } from "./openGpu";
import type { BackendChoice, EngineEvent } from "./protocol";

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
  bench.send({ type: "load", model: tinyReference, backend });
  await bench.waitFor("ready");
  return bench;
}

async function tokensOfRun(bench: HostBench): Promise<number[]> {
  bench.send({ type: "start", run: 1, recipe: tinyRecipe, isPaused: false });
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
      /^The GPU was lost \(.*\)\. Decoding goes on from the same token on a new GPU device\.$/s,
    );
  });

  it("gives the tokens of the CPU backend", async () => {
    expect(await tokensOfRun(await loadedBench("gpu"))).toEqual(await tokensOfRun(await loadedBench("cpu")));
  });
});
