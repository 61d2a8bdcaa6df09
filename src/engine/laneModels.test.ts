// Lanes with a model of their own: each is the run that it would be alone on that model; what is held is freed in time.
import { describe, expect, it } from "vitest";
import { drawCheckpoint } from "../model/drawCheckpoint.testing";
import { memorySource } from "../model/source";
import type { Backend } from "./backend";
import { createCpuBackend } from "./cpu/cpuBackend";
import { essence, forced, free, recipeOf, start, tokensOf, tracesOf } from "./driveLanes.testing";
import { alone, breakableGpu, createHostBench, tinyReference, type BenchOptions } from "./hostBench.testing";
import type { HostBench } from "./hostBench.testing";
import type { BackendChoice, ModelReference, RunRequest } from "./protocol";

const other: ModelReference = { id: "other", label: "Other", address: "models/other" };
const small: ModelReference = { id: "small", label: "Small", address: "models/small" };
const lengths = { max_position_embeddings: 2048, eos_token_id: [] };

const folders: Readonly<Record<string, Record<string, Uint8Array>>> = {
  [tinyReference.address]: drawCheckpoint(lengths),
  [other.address]: drawCheckpoint(lengths, 2),
  [small.address]: drawCheckpoint({ ...lengths, vocab_size: 14 }, 3),
};

function openSource(address: string) {
  return memorySource(address, folders[address] ?? {});
}

async function loadedBench(
  model: ModelReference = tinyReference,
  edge: BenchOptions["edge"] = {},
  backend: BackendChoice = "cpu",
): Promise<HostBench> {
  const bench = createHostBench({ edge: { openSource, ...edge } });
  bench.send({ type: "load", load: 1, model, backend });
  await bench.waitFor("ready");
  return bench;
}

async function traces(request: RunRequest, model = tinyReference, bench = loadedBench(model)) {
  const loaded = await bench;
  start(loaded, request);
  await loaded.waitForEnds(1, request.lanes.length);
  return tracesOf(loaded, request);
}

/** What fails, in words. */
async function failure(request: RunRequest): Promise<string> {
  const bench = await loadedBench();
  start(bench, request);
  return (await bench.waitFor("failed")).message;
}

const gkv = recipeOf("gkv");
const ofOther = { ...gkv, model: other };
const fullOfOther = recipeOf("fullCache", { model: other });

describe("a lane with a model of its own", () => {
  it("is the run that this model gives alone, and its header names it", async () => {
    const [first, second, third] = await traces(free([gkv, ofOther, recipeOf("snapKv", { model: tinyReference })]));
    const [aloneThere] = await traces(alone(gkv), other);
    expect(essence(second)).toEqual(essence(aloneThere));
    expect(essence(first)).toEqual(essence((await traces(alone(gkv)))[0]));
    expect(tokensOf(second)).not.toEqual(tokensOf(first));
    expect(second.header.model).toMatchObject({ id: "other", label: "Other" });
    expect(second.header.model.digest).not.toBe(first.header.model.digest);
    expect(third.header.model).toEqual(first.header.model);
  });

  it("may have another vocabulary while it follows its own tokens", async () => {
    const [, second] = await traces(free([gkv, { ...gkv, model: small }]));
    expect(second.header.model.vocabularySize).toBe(14);
  });

  it("reports how far its files are read, and a failure, under its number", async () => {
    const bench = await loadedBench();
    start(bench, free([gkv, ofOther]));
    await bench.waitForEnds(1, 2);
    const loading = bench.events.filter(({ type }) => type === "loading");
    expect(loading.map((event) => ("lane" in event ? event.lane : null))).toEqual([null, 1]);
    const missing = { id: "gone", label: "Gone", address: "models/gone" };
    expect(await failure(free([gkv, { ...gkv, model: missing }]))).toBe(
      "Lane 2, Gone: models/gone/config.json: expected a file, found none; " +
        "give the folder of a model in Hugging Face layout",
    );
  });

  it("is tried again by the next run", async () => {
    let isThere = false;
    const bench = await loadedBench(tinyReference, {
      openSource: (address) => memorySource(address, address === other.address && !isThere ? {} : folders[address]),
    });
    start(bench, free([gkv, ofOther]));
    await bench.waitFor("failed");
    isThere = true;
    bench.send({ type: "start", run: 2, request: free([gkv, ofOther]), isPaused: false });
    await bench.waitForEnds(2, 2);
  });

  it("reports to the run that waits for its files now, and tells it where the lane computes", async () => {
    let deliver = (): void => undefined;
    const isAsked = new Promise<void>((resolve) => (deliver = resolve));
    const bench = await loadedBench(
      tinyReference,
      {
        openGpu: (model, options) =>
          bench.events.some(({ type }) => type === "ready")
            ? Promise.resolve({ type: "refused", reason: "No room on the GPU." })
            : breakableGpu()(model, options),
        openSource: (address) => {
          const source = openSource(address);
          return {
            ...source,
            read: async (...file) => {
              if (address === other.address) await isAsked;
              return source.read(...file);
            },
          };
        },
      },
      "gpu",
    );
    start(bench, free([gkv, ofOther]));
    const from = bench.events.length;
    bench.send({ type: "start", run: 2, request: free([gkv, gkv, ofOther]), isPaused: false });
    await new Promise((resolve) => setTimeout(resolve, 0));
    deliver();
    expect(await bench.waitFor("loading", from)).toMatchObject({ lane: 2 });
    expect(await bench.waitFor("laneNotice", from)).toMatchObject({ run: 2, lane: 2 });
    await bench.waitForEnds(2, 3);
  });

  it("on a lost device goes on with the same tokens, and says whose it was", async () => {
    const request = free([gkv, ofOther]);
    const whole = await traces(request);
    const bench = await loadedBench(tinyReference, { openGpu: breakableGpu() }, "gpu");
    start(bench, request);
    await bench.waitForSteps(1, 11);
    bench.send({ type: "loseDevice" });
    await bench.waitForEnds(1, 2);
    expect(tracesOf(bench, request).map(essence)).toEqual(whole.map(essence));
    const changes = bench.events.filter((event) => event.type === "backendChanged");
    expect(changes.map(({ modelId }) => modelId).sort()).toEqual(["other", "tiny"]);
    expect(changes.find(({ modelId }) => modelId === "other")?.reason).toMatch(/^Other: The GPU was lost/);
  });

  it("says so when its machine is another than was asked for", async () => {
    let openedCount = 0;
    const openGpu: NonNullable<BenchOptions["edge"]>["openGpu"] = (model, options) =>
      openedCount++ === 0
        ? breakableGpu()(model, options)
        : Promise.resolve({ type: "refused", reason: "No room on the GPU." });
    const bench = await loadedBench(tinyReference, { openGpu }, "gpu");
    start(bench, free([gkv, gkv, ofOther]));
    expect(await bench.waitFor("laneNotice")).toMatchObject({
      lane: 2,
      notice: { tone: "info", text: "No room on the GPU. The CPU decodes instead." },
    });
    await bench.waitForEnds(1, 3);
    expect(bench.traceOf(1, 2).header.backend.type).toBe("cpu");
  });

  it("does not repeat what was said when the first model was opened", async () => {
    const bench = await loadedBench(tinyReference, {}, "gpu");
    expect((await bench.waitFor("ready")).notice?.text).toBe("No GPU was found. The CPU decodes instead.");
    start(bench, free([gkv, ofOther]));
    await bench.waitForEnds(1, 2);
    expect(bench.events.filter(({ type }) => type === "laneNotice")).toEqual([]);
  });
});

describe("models of lanes", () => {
  it("are read and opened once, and freed by the first run that does without", async () => {
    const read: string[] = [];
    const held = new Set<Backend>();
    const bench = await loadedBench(tinyReference, {
      openSource: (address) => {
        read.push(address);
        return openSource(address);
      },
      createCpuBackend: async (model) => {
        const backend = await createCpuBackend(model);
        const counted: Backend = {
          ...backend,
          dispose: () => {
            held.delete(counted);
            backend.dispose();
          },
        };
        held.add(counted);
        return counted;
      },
    });
    const run = async (number: number, request: RunRequest): Promise<void> => {
      bench.send({ type: "start", run: number, request, isPaused: false });
      await bench.waitForEnds(number, request.lanes.length);
    };
    await run(1, free([gkv, ofOther, { ...ofOther, policyId: "snapKv" }]));
    await run(2, free([gkv, ofOther]));
    expect(held.size).toBe(2);
    // The lane's model becomes the run's own: its files are at hand.
    bench.send({ type: "load", load: 2, model: other, backend: "cpu" });
    await bench.waitFor("ready", bench.events.length);
    await run(3, free([gkv, { ...gkv, model: tinyReference }]));
    expect(read).toEqual([tinyReference.address, other.address]);
    expect(held.size).toBe(2);
    await run(4, alone(gkv));
    expect(held.size).toBe(1);
    await run(5, free([gkv, { ...gkv, model: tinyReference }]));
    expect(read).toEqual([tinyReference.address, other.address, tinyReference.address]);
  });
});

describe("forced lanes of two models", () => {
  it("are fed what the first lane's model generates from the full cache", async () => {
    const [fullCache] = await traces(alone(recipeOf("fullCache")));
    const lanes = await traces(forced([gkv, ofOther, fullOfOther]));
    for (const trace of lanes) expect(tokensOf(trace)).toEqual(tokensOf(fullCache));
    const [alike] = await traces(forced([gkv]));
    expect(lanes[0]).toMatchObject({ events: alike.events });
    expect(lanes[0].steps.map(({ comparison }) => comparison)).toEqual(alike.steps.map((step) => step.comparison));
  });

  it("are compared each with the full cache of its own model", async () => {
    const [, evicting, full] = await traces(forced([gkv, ofOther, fullOfOther]));
    const differences = (trace: typeof full) => trace.steps.map(({ comparison }) => comparison?.klNats ?? NaN);
    expect(differences(full).every((nats) => nats === 0)).toBe(true);
    expect(Math.max(...differences(evicting))).toBeGreaterThan(0.001);
  });

  it("go on with its tokens after the first lane has ended", async () => {
    const [fullCache] = await traces(alone(recipeOf("fullCache")));
    const [first, second] = await traces(forced([recipeOf("gkv", { maxNewTokens: 5 }), ofOther]));
    expect(tokensOf(first)).toHaveLength(5);
    expect(tokensOf(second)).toEqual(tokensOf(fullCache));
  });

  it.each([3, 17])("survive the loss of every device after %i steps", async (stepCount) => {
    const request = forced([recipeOf("gkv", { maxNewTokens: 5 }), ofOther, fullOfOther]);
    const whole = await traces(request);
    const bench = await loadedBench(tinyReference, { openGpu: breakableGpu() }, "gpu");
    start(bench, request);
    await bench.waitForSteps(1, stepCount);
    bench.send({ type: "loseDevice" });
    await bench.waitForEnds(1, 3);
    expect(tracesOf(bench, request).map(essence)).toEqual(whole.map(essence));
  });

  it("are refused where they do not share their tokens", async () => {
    expect(await failure(forced([gkv, { ...gkv, model: small }]))).toBe(
      "lane 2 runs Small, which has 14 tokens where Tiny has 12, and all lanes are fed the tokens of lane 1; " +
        "choose checkpoints of one model, or let each lane follow its own tokens",
    );
  });
});
