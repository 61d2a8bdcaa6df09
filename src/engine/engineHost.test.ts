// The engine host in Node, with what it posts cloned and transferred as postMessage does.
import { describe, expect, it } from "vitest";
import { evenLength } from "../cache/headRows";
import { eventAtStep, cacheAfterStep } from "../trace/replay";
import { traceText } from "../trace/traceText.testing";
import { sha256 } from "../lib/sha256";
import { encodeText } from "../model/drawCheckpoint.testing";
import { encodeDirections } from "../model/keyBasis";
import { loadModel } from "../model/loadModel";
import type { ModelSource } from "../model/source";
import { createCpuBackend } from "./cpu/cpuBackend";
import type { EngineEvent } from "./protocol";
import {
  alone,
  createHostBench,
  stepsOf,
  tinyParameters,
  tinyRecipe,
  tinyReference,
  tinySource,
} from "./hostBench.testing";
import type { BenchOptions, HostBench } from "./hostBench.testing";
import type { HeadRows } from "../cache/headRows";

async function loadedBench(options: BenchOptions = {}): Promise<HostBench> {
  const bench = createHostBench(options);
  bench.send({ type: "load", load: 1, model: tinyReference, backend: "cpu" });
  await bench.waitFor("ready");
  return bench;
}

function start(bench: HostBench, run: number, changes: Partial<typeof tinyRecipe> = {}, isPaused = false): void {
  bench.send({ type: "start", run, request: alone({ ...tinyRecipe, ...changes }), isPaused });
}

/** Directions that are the dimensions themselves. */
async function tinyBasis(): Promise<Record<string, Uint8Array>> {
  const { config, digest } = await loadModel(tinySource());
  const { layerCount, kvHeadCount, headDim } = config;
  const width = kvHeadCount * headDim;
  const identity = Float32Array.from({ length: width * width }, (_, at) => Number(at % (width + 1) === 0));
  const directions = encodeDirections(Array.from({ length: layerCount }, () => identity));
  const ones = (count: number): number[] => Array<number>(count).fill(1);
  const byHead = Array.from({ length: kvHeadCount }, () => ones(headDim));
  const file = {
    ...{ version: 1, command: "npm run basis -- --model tiny", model: { id: "tiny", digest } },
    ...{ keyCount: 1, coordinateCount: width, directionsDigest: await sha256(directions) },
    layers: Array.from({ length: layerCount }, () => ({ before: ones(width), after: ones(width), byHead })),
  };
  return { "basis.json": encodeText(JSON.stringify(file)), "basis.bin": directions };
}

/** Types in order, repeated steps as one. */
function story(events: readonly EngineEvent[]): string {
  const types = events.map(({ type }) => type);
  return types.filter((type, place) => type !== "step" || types[place - 1] !== "step").join(" ");
}

async function uninterrupted(changes: Partial<typeof tinyRecipe> = {}): Promise<string> {
  const bench = await loadedBench();
  start(bench, 1, changes);
  await bench.waitFor("done");
  return traceText(bench.traceOf(1));
}

describe("a run", () => {
  it("reports loading, start, every step and the end", async () => {
    const bench = await loadedBench();
    start(bench, 1);
    expect(await bench.waitFor("done")).toEqual({ type: "done", run: 1, lane: 0, reason: "length" });
    expect(story(bench.events)).toBe("loading ready started step done");
    expect(bench.traceOf(1).steps).toHaveLength(24);
  });

  it("sends evictions with their step and keeps to the budget", async () => {
    const bench = await loadedBench();
    start(bench, 1);
    await bench.waitFor("done");
    const trace = bench.traceOf(1);
    expect(trace.events.map(({ step }) => step)).toEqual([4, 8, 12, 16, 20]);
    expect(evenLength(cacheAfterStep(trace, 20))).toBe(tinyParameters.budgetSlots);
    expect(eventAtStep(trace, 20)?.terms["windowAttention"].values.length).toBe(2 * (14 - 4));
  });

  it("gives the same again from the same recipe", async () => {
    expect(await uninterrupted()).toBe(await uninterrupted());
  });

  it("fetches the directions of the keys when a run reads through them, and not before", async () => {
    const asked: string[] = [];
    const files = await tinyBasis();
    const openSource = (): ModelSource => {
      const source = tinySource();
      return {
        name: source.name,
        read: (name, onProgress) => {
          asked.push(name);
          return Promise.resolve(files[name] ?? source.read(name, onProgress));
        },
      };
    };
    const bench = await loadedBench({ edge: { openSource } });
    start(bench, 1);
    await bench.waitFor("done");
    expect(asked).not.toContain("basis.bin");
    const parameters = { ...tinyParameters, reading: "latents", readingDense: "none", readingSlots: 2 } as const;
    start(bench, 2, { policyId: "fullCache", parameters: { ...parameters, readingRecent: 2 } });
    await bench.waitForEnds(2, 1);
    expect(asked.filter((name) => name.startsWith("basis"))).toEqual(["basis.json", "basis.bin"]);
    const { readSlots } = bench.traceOf(2).steps[12];
    expect(readSlots && evenLength(readSlots)).toBe(4 + 2 + 2);
  });

  it("waits for a model that is still loading", async () => {
    const bench = createHostBench();
    bench.send({ type: "load", load: 1, model: tinyReference, backend: "cpu" });
    start(bench, 1);
    await bench.waitFor("done");
    expect(story(bench.events)).toBe("loading ready started step done");
  });
});

describe("pause, step and stop", () => {
  it("starts paused and generates as many tokens as asked", async () => {
    const bench = await loadedBench();
    start(bench, 1, {}, true);
    expect(await bench.waitFor("paused")).toMatchObject({ stepCount: 0 });
    bench.send({ type: "advance", run: 1, stepCount: 3 });
    expect(await bench.waitFor("paused", bench.events.length)).toMatchObject({ stepCount: 3 });
    bench.send({ type: "advance", run: 1, stepCount: 1 });
    expect(await bench.waitFor("paused", bench.events.length)).toMatchObject({ stepCount: 4 });
    expect(story(bench.events)).toBe("loading ready started paused resumed step paused resumed step paused");
  });

  it("pauses within 100 ms and goes on with the same tokens", async () => {
    const whole = await uninterrupted({ maxNewTokens: 400 });
    const bench = await loadedBench();
    start(bench, 1, { maxNewTokens: 400 });
    await bench.waitForSteps(1, 5);
    const asked = performance.now();
    bench.send({ type: "pause", run: 1 });
    const { stepCount } = await bench.waitFor("paused");
    expect(performance.now() - asked).toBeLessThan(100);
    expect(stepCount).toBeLessThan(400);
    bench.send({ type: "resume", run: 1 });
    await bench.waitFor("done");
    expect(traceText(bench.traceOf(1))).toBe(whole);
  });

  it("stops within 100 ms, and goes on when continued", async () => {
    const bench = await loadedBench();
    start(bench, 1, { maxNewTokens: 400 });
    await bench.waitForSteps(1, 5);
    const asked = performance.now();
    bench.send({ type: "stop", run: 1 });
    expect(await bench.waitFor("done")).toMatchObject({ reason: "stopped" });
    expect(performance.now() - asked).toBeLessThan(100);
    const stoppedAt = stepsOf(bench.events, 1).length;
    bench.send({ type: "continue", run: 1, extraTokens: 7 });
    expect(await bench.waitFor("done", bench.events.length)).toMatchObject({ reason: "length" });
    expect(bench.traceOf(1).steps).toHaveLength(stoppedAt + 7);
  });

  it("stops while paused", async () => {
    const bench = await loadedBench();
    start(bench, 1, {}, true);
    await bench.waitFor("paused");
    bench.send({ type: "stop", run: 1 });
    expect(await bench.waitFor("done")).toMatchObject({ reason: "stopped" });
  });

  it("pauses in the middle of a long prefill and begins it again when resumed", async () => {
    const promptText = Array.from({ length: 1500 }, (_, place) => "abcdefghij"[place % 10]).join(" ");
    const bench = await loadedBench();
    start(bench, 1, { promptText, maxNewTokens: 3 });
    await bench.waitFor("started");
    await new Promise((resolve) => setTimeout(resolve, 10));
    bench.send({ type: "pause", run: 1 });
    expect(await bench.waitFor("paused")).toMatchObject({ stepCount: 0 });
    bench.send({ type: "resume", run: 1 });
    await bench.waitFor("done");
    expect(bench.traceOf(1).steps.map(({ lengths }) => lengths[0])).toEqual([1500, 11, 12]);
  });

  it("continues after the end with the tokens of a longer run", async () => {
    const whole = await uninterrupted({ maxNewTokens: 40 });
    const bench = await loadedBench();
    start(bench, 1, { maxNewTokens: 24 });
    await bench.waitFor("done");
    bench.send({ type: "continue", run: 1, extraTokens: 16 });
    await bench.waitFor("done", bench.events.length);
    expect(traceText(bench.traceOf(1))).toBe(whole);
  });

  it("takes two steps for two that are asked for at once", async () => {
    const bench = await loadedBench();
    start(bench, 1, {}, true);
    await bench.waitFor("paused");
    bench.send({ type: "advance", run: 1, stepCount: 1 });
    bench.send({ type: "advance", run: 1, stepCount: 1 });
    expect(await bench.waitFor("paused", bench.events.length)).toMatchObject({ stepCount: 2 });
  });

  it("reports the larger buffers of a run that outgrew its own", async () => {
    const bench = await loadedBench();
    start(bench, 1, { policyId: "fullCache", maxNewTokens: 24 });
    await bench.waitFor("done");
    const before = bench.traceOf(1).header.memory;
    bench.send({ type: "continue", run: 1, extraTokens: 16 });
    await bench.waitFor("done", bench.events.length);
    const { header, steps } = bench.traceOf(1);
    expect(before.slotCapacity).toBeLessThan(steps[39].lengths[0]);
    expect(header.memory.slotCapacity).toBeGreaterThanOrEqual(steps[39].lengths[0]);
    expect(header.memory.kvBytes).toBe(header.memory.slotCapacity * header.memory.bytesPerSlot);
    expect(bench.events.filter(({ type }) => type === "memory")).toHaveLength(1);
  });

  it("takes commands that come before the model is loaded", async () => {
    const bench = createHostBench();
    bench.send({ type: "load", load: 1, model: tinyReference, backend: "cpu" });
    start(bench, 1, {}, true);
    bench.send({ type: "advance", run: 1, stepCount: 2 });
    expect(await bench.waitFor("paused")).toMatchObject({ stepCount: 2 });
  });
});

describe("back-pressure", () => {
  it("finishes without credit and loses nothing", async () => {
    const whole = await uninterrupted();
    const bench = await loadedBench({ isGranting: false });
    start(bench, 1);
    bench.send({ type: "credit", run: 1, stepCount: 3 });
    await bench.waitForSteps(1, 3);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(story(bench.events)).toBe("loading ready started step");
    expect(stepsOf(bench.events, 1)).toHaveLength(3);
    bench.send({ type: "credit", run: 1, stepCount: 1000 });
    // All at once, because the run had long been done.
    expect(bench.events.at(-1)).toEqual({ type: "done", run: 1, lane: 0, reason: "length" });
    expect(traceText(bench.traceOf(1))).toBe(whole);
  });

  it("posts nothing of an old run after a new one has started", async () => {
    const bench = await loadedBench();
    start(bench, 1, { maxNewTokens: 400 });
    await bench.waitForSteps(1, 5);
    start(bench, 2);
    const place = bench.events.length;
    await bench.waitFor("done");
    const later = bench.events.slice(place).map((event) => ("run" in event ? event.run : null));
    expect(new Set(later)).toEqual(new Set([2]));
    expect(traceText(bench.traceOf(2))).toBe(await uninterrupted());
  });
});

describe("failures", () => {
  it.each([
    ["an empty prompt", { promptText: "" }, "the prompt is empty"],
    ["too many tokens", { maxNewTokens: 9999 }, "maxNewTokens"],
    ["a policy that does not exist", { policyId: "nobody" }, "nobody"],
    ["a window above the budget", { parameters: { ...tinyParameters, windowSlots: 12 } }, "window"],
  ])("says what is wrong with %s and stays usable", async (_, changes, message) => {
    const bench = await loadedBench();
    start(bench, 1, changes);
    const failed = await bench.waitFor("failed");
    expect(failed.run).toBe(1);
    expect(failed.message).toContain(message);
    start(bench, 2);
    expect(await bench.waitFor("done")).toMatchObject({ run: 2, reason: "length" });
  });

  it("refuses to continue beyond the model's positions and can still be continued by less", async () => {
    const bench = await loadedBench();
    start(bench, 1);
    await bench.waitFor("done");
    bench.send({ type: "continue", run: 1, extraTokens: 2040 });
    expect((await bench.waitFor("failed")).message).toContain("positions");
    bench.send({ type: "continue", run: 1, extraTokens: 2 });
    await bench.waitFor("done", bench.events.length);
    expect(bench.traceOf(1).steps).toHaveLength(26);
  });

  it("says so when no model is loaded", async () => {
    const bench = createHostBench();
    start(bench, 1);
    expect(await bench.waitFor("failed")).toMatchObject({
      run: 1,
      message: expect.stringContaining("No model") as string,
    });
  });

  it("says which file is missing, and loads another model afterwards", async () => {
    let isEmpty = true;
    const bench = createHostBench({
      edge: {
        openSource: (address) => (isEmpty ? { name: address, read: () => Promise.resolve(null) } : tinySource()),
      },
    });
    bench.send({ type: "load", load: 1, model: tinyReference, backend: "cpu" });
    const failed = await bench.waitFor("failed");
    expect(failed).toMatchObject({ run: null });
    expect(failed.message).toContain("models/tiny/config.json");
    isEmpty = false;
    bench.send({ type: "load", load: 2, model: tinyReference, backend: "cpu" });
    await bench.waitFor("ready");
  });

  it("reports a backend that breaks in the middle of a run and stays usable", async () => {
    let isBroken = true;
    const bench = await loadedBench({
      edge: {
        createCpuBackend: async (model) => {
          const cpu = await createCpuBackend(model);
          return {
            ...cpu,
            async createSession(request) {
              const session = await cpu.createSession(request);
              return Object.assign(Object.create(session) as typeof session, {
                measureTerms: async (positions?: HeadRows<Int32Array>) => {
                  if (isBroken) throw new Error("kernel redundancy: out of registers");
                  return session.measureTerms(positions);
                },
              });
            },
          };
        },
      },
    });
    start(bench, 1);
    expect(await bench.waitFor("failed")).toMatchObject({ run: 1, message: "kernel redundancy: out of registers" });
    isBroken = false;
    start(bench, 2);
    await bench.waitFor("done");
  });
});
