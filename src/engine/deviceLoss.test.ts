// Choice of the backend, and runs whose device is lost: they go on with the same tokens, or end in plain words.
import { describe, expect, it } from "vitest";
import { traceText } from "../trace/traceText.testing";
import type { Backend } from "./backend";
import type { GpuOutcome, OpenGpu } from "./chooseBackend";
import {
  alone,
  breakableGpu,
  createHostBench,
  stepsOf,
  tinyRecipe,
  tinyReference,
  tinySource,
} from "./hostBench.testing";
import type { HostBench } from "./hostBench.testing";
import type { BackendChoice } from "./protocol";

const noGpu: OpenGpu = () => Promise.resolve({ type: "refused", reason: "No GPU was found." });

/** A bench whose first openings give breakable GPUs and whose later ones are refused. */
function benchWithGpus(gpuCount: number, loseAtSteps: readonly number[] = []): HostBench {
  const open = breakableGpu();
  let openedCount = 0;
  const pending = [...loseAtSteps];
  return createHostBench({
    edge: {
      openGpu: (model, options): Promise<GpuOutcome> =>
        openedCount++ < gpuCount ? open(model, options) : noGpu(model, options),
    },
    onEvent(event, bench) {
      if (event.type !== "step" || event.record.step !== pending[0]) return;
      pending.shift();
      bench.send({ type: "loseDevice" });
    },
  });
}

async function load(bench: HostBench, backend: BackendChoice): Promise<string | null> {
  bench.send({ type: "load", load: 1, model: tinyReference, backend });
  const { backend: summary, notice } = await bench.waitFor("ready", bench.events.length);
  expect(notice === null).toBe(backend === "cpu" || summary.type === "gpu");
  return notice?.text ?? null;
}

async function runToEnd(bench: HostBench, isPaused = false): Promise<string> {
  bench.send({ type: "start", run: 1, request: alone(tinyRecipe), isPaused });
  await bench.waitFor("done");
  return traceText(bench.traceOf(1));
}

async function uninterrupted(): Promise<string> {
  const bench = createHostBench();
  await load(bench, "cpu");
  return runToEnd(bench);
}

describe("the choice of the backend", () => {
  it("takes the GPU where there is one, and the CPU when asked", async () => {
    const bench = benchWithGpus(9);
    expect(await load(bench, "auto")).toBeNull();
    expect(bench.events.at(-1)).toMatchObject({ backend: { type: "gpu" } });
    await load(bench, "cpu");
    expect(bench.events.at(-1)).toMatchObject({ backend: { type: "cpu" } });
  });

  it("falls back to the CPU and says why", async () => {
    const bench = benchWithGpus(0);
    expect(await load(bench, "gpu")).toBe("No GPU was found. The CPU decodes instead.");
  });

  it("passes over a software adapter unless the GPU was asked for", async () => {
    const bench = createHostBench({ edge: { openGpu: breakableGpu(true) } });
    expect(await load(bench, "auto")).toBe("The only GPU is emulated. The CPU decodes instead.");
    expect(await load(bench, "gpu")).toBeNull();
    expect(bench.events.at(-1)).toMatchObject({ backend: { type: "gpu", isSoftware: true } });
  });

  it("falls back when setting up the GPU fails", async () => {
    const bench = createHostBench({
      edge: {
        openGpu: () => Promise.reject(new Error("kernel gemv: line 3")),
      },
    });
    expect(await load(bench, "auto")).toContain("kernel gemv: line 3");
  });

  it("reads the files once when only the backend changes", async () => {
    let readCount = 0;
    const bench = createHostBench({
      edge: {
        openSource: () => {
          readCount++;
          return tinySource();
        },
      },
    });
    await load(bench, "cpu");
    await load(bench, "cpu");
    expect(readCount).toBe(1);
  });
});

describe("a lost device", () => {
  it.each([0, 1, 4, 5, 11, 20, 22])("after step %i costs no token when another opens", async (step) => {
    const bench = benchWithGpus(2, [step]);
    await load(bench, "gpu");
    expect(await runToEnd(bench)).toBe(await uninterrupted());
    const changed = await bench.waitFor("backendChanged");
    expect(changed.backend.type).toBe("gpu");
    expect(changed.reason).toBe(
      "The GPU was lost (device destroyed). The run goes on from where it was on a new GPU device.",
    );
  });

  it("leaves the run to the CPU when there is no other, and says so", async () => {
    const bench = benchWithGpus(1, [7]);
    await load(bench, "auto");
    expect(await runToEnd(bench)).toBe(await uninterrupted());
    const changed = await bench.waitFor("backendChanged");
    expect(changed.backend.type).toBe("cpu");
    expect(changed.reason).toContain("goes on from where it was on the CPU");
  });

  it("is survived twice in one run, and ends it the third time", async () => {
    const twice = benchWithGpus(9, [3, 9]);
    await load(twice, "gpu");
    expect(await runToEnd(twice)).toBe(await uninterrupted());

    const thrice = benchWithGpus(9, [3, 9, 15]);
    await load(thrice, "gpu");
    thrice.send({ type: "start", run: 1, request: alone(tinyRecipe), isPaused: false });
    expect((await thrice.waitFor("failed")).message).toContain("The GPU was lost 3 times");
    thrice.send({ type: "start", run: 2, request: alone(tinyRecipe), isPaused: false });
    await thrice.waitFor("done");
    expect(stepsOf(thrice.events, 2)).toHaveLength(tinyRecipe.maxNewTokens);
  });

  it("is not what an unexplained failure is taken for, but the next run gets a fresh one", async () => {
    const open = breakableGpu();
    let openedCount = 0;
    const bench = createHostBench({
      edge: {
        openGpu: async (model, options) => {
          const outcome = await open(model, options);
          if (openedCount++ > 0 || outcome.type === "refused") return outcome;
          const { backend } = outcome;
          const createSession: Backend["createSession"] = (request) => {
            const isOfSelfTest = request.layers !== undefined;
            if (isOfSelfTest) return backend.createSession(request);
            return Promise.reject(new Error("kernel gemv: device out of memory"));
          };
          return { ...outcome, backend: { ...backend, createSession } };
        },
      },
    });
    await load(bench, "gpu");
    bench.send({ type: "start", run: 1, request: alone(tinyRecipe), isPaused: false });
    expect(await bench.waitFor("failed")).toMatchObject({ run: 1, message: "kernel gemv: device out of memory" });
    const changed = await bench.waitFor("backendChanged");
    expect(changed.reason).toBe("After this failure the next run starts afresh on a new GPU device.");
    bench.send({ type: "start", run: 2, request: alone(tinyRecipe), isPaused: false });
    await bench.waitFor("done");
    expect(stepsOf(bench.events, 2)).toHaveLength(tinyRecipe.maxNewTokens);
  });

  it("in a pause is replaced before the run goes on", async () => {
    const bench = benchWithGpus(2);
    await load(bench, "gpu");
    bench.send({ type: "start", run: 1, request: alone(tinyRecipe), isPaused: true });
    bench.send({ type: "advance", run: 1, stepCount: 6 });
    await bench.waitFor("paused");
    bench.send({ type: "loseDevice" });
    await bench.waitFor("backendChanged");
    bench.send({ type: "resume", run: 1 });
    await bench.waitFor("done");
    expect(traceText(bench.traceOf(1))).toBe(await uninterrupted());
  });

  it("after the end does not keep the run from being continued", async () => {
    const bench = benchWithGpus(2);
    await load(bench, "gpu");
    bench.send({ type: "start", run: 1, request: alone({ ...tinyRecipe, maxNewTokens: 14 }), isPaused: false });
    await bench.waitFor("done");
    bench.send({ type: "loseDevice" });
    await bench.waitFor("backendChanged");
    bench.send({ type: "continue", run: 1, extraTokens: 10 });
    await bench.waitFor("done", bench.events.length);
    expect(bench.traceOf(1).steps.map(({ token }) => token)).toEqual(await uninterruptedTokens());
  });

  it("with no run is replaced for the next one", async () => {
    const bench = benchWithGpus(2);
    await load(bench, "gpu");
    bench.send({ type: "loseDevice" });
    await bench.waitFor("backendChanged");
    expect(await runToEnd(bench)).toBe(await uninterrupted());
  });
});

async function uninterruptedTokens(): Promise<number[]> {
  const bench = createHostBench();
  await load(bench, "cpu");
  await runToEnd(bench);
  return bench.traceOf(1).steps.map(({ token }) => token);
}
