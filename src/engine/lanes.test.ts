// Lanes that follow their own tokens: each is the run that it is alone, however the run is driven, one step after another.
import { describe, expect, it } from "vitest";
import { InputError } from "../lib/errors";
import { policies } from "../policy/policies";
import { traceText } from "../trace/traceText.testing";
import { createCpuBackend } from "./cpu/cpuBackend";
import {
  ends,
  essence,
  free,
  loadedBench,
  order,
  recipeOf,
  start,
  tokensOf,
  traces,
  tracesOf,
  withConfig,
} from "./driveLanes.testing";
import { alone, breakableGpu, tinyRecipe } from "./hostBench.testing";
import type { BenchOptions, HostBench } from "./hostBench.testing";
import { laneRecipes } from "./forcedLanes";
import type { RunRecipe } from "./protocol";

const four = ["gkv", "snapKv", "random", "fullCache"].map((policyId) => recipeOf(policyId));
const three = four.slice(0, 3);
const wholeOfThree = traces(free(three));

async function aloneOf(recipe: RunRecipe, options?: BenchOptions) {
  const [trace] = await traces(alone(recipe), options);
  return essence(trace);
}

/** Steps that each lane has taken. */
function stepCounts(bench: HostBench, laneCount: number): number[] {
  return Array.from({ length: laneCount }, (_, lane) => order(bench).filter((at) => at.startsWith(`${lane}:`)).length);
}

describe("a lane", () => {
  // The tiny model has neither filters nor roles, and refuses what needs them.
  const runnable = policies.map(({ id }) => id).filter((id) => id !== "qFilter" && id !== "headBudgets");
  it.each(runnable)("of %s gives next to others what it gives alone", async (policyId) => {
    const hot = { ...tinyRecipe.sampling, temperature: 1.5, seed: 11 };
    const greedy = { ...tinyRecipe.sampling, temperature: 0 };
    const lanes = [
      recipeOf("gkv"),
      recipeOf(policyId, { sampling: hot, maxNewTokens: 40 }),
      recipeOf(policyId, { sampling: greedy, hasTaps: false }),
      recipeOf(policyId, { promptText: "j i h g f e d c b a j i", isCompared: true }),
    ];
    const together = await traces(free(lanes));
    for (const [lane, recipe] of lanes.entries()) expect(essence(together[lane])).toEqual(await aloneOf(recipe));
    expect(new Set(together.map((trace) => tokensOf(trace).join(" "))).size).toBeGreaterThan(2);
  });

  it("takes its step before any takes the next, in order", async () => {
    const bench = await loadedBench();
    start(bench, free(three));
    await bench.waitForEnds(1, 3);
    const expected = Array.from({ length: 24 }, (_, step) => [`0:${step}`, `1:${step}`, `2:${step}`]).flat();
    expect(order(bench)).toEqual(expected);
    expect(bench.events.filter(({ type }) => type === "started")).toHaveLength(3);
  });

  it("that ends at its length waits for the others", async () => {
    const bench = await loadedBench();
    start(bench, free([recipeOf("gkv"), recipeOf("snapKv", { maxNewTokens: 3 })]));
    await bench.waitForEnds(1, 2);
    expect(ends(bench)).toEqual([
      [1, "length"],
      [0, "length"],
    ]);
    expect(stepCounts(bench, 2)).toEqual([24, 3]);
  });

  it("that ends at a stop token waits for the others", async () => {
    const lanes = [recipeOf("gkv"), recipeOf("gkv", { sampling: { ...tinyRecipe.sampling, seed: 8 } })];
    const [first, second] = (await traces(free(lanes))).map(tokensOf);
    const stop = second.find((token) => !first.includes(token)) ?? -1;
    expect(stop).toBeGreaterThanOrEqual(0);
    const bench = await loadedBench(withConfig({ eos_token_id: [stop] }));
    start(bench, free(lanes));
    await bench.waitForEnds(1, 2);
    expect(ends(bench)).toEqual([
      [1, "stopToken"],
      [0, "length"],
    ]);
    expect(tracesOf(bench, free(lanes)).map(tokensOf)).toEqual([first, second.slice(0, second.indexOf(stop) + 1)]);
  });
});

describe("all lanes", () => {
  it("take as many steps as asked, and pause together", async () => {
    const bench = await loadedBench();
    start(bench, free(three), true);
    expect(await bench.waitFor("paused")).toMatchObject({ stepCount: 0 });
    bench.send({ type: "advance", run: 1, stepCount: 3 });
    expect(await bench.waitFor("paused", bench.events.length)).toMatchObject({ stepCount: 3 });
    expect(stepCounts(bench, 3)).toEqual([3, 3, 3]);
    bench.send({ type: "advance", run: 1, stepCount: 1 });
    expect(await bench.waitFor("paused", bench.events.length)).toMatchObject({ stepCount: 4 });
    expect(stepCounts(bench, 3)).toEqual([4, 4, 4]);
    bench.send({ type: "resume", run: 1 });
    await bench.waitForEnds(1, 3);
    expect(tracesOf(bench, free(three)).map(essence)).toEqual((await wholeOfThree).map(essence));
  });

  it("stand at one step when paused or stopped while they run, and go on when continued", async () => {
    const lanes = three.map((recipe) => ({ ...recipe, maxNewTokens: 400 }));
    const bench = await loadedBench();
    start(bench, free(lanes));
    await bench.waitForSteps(1, 16);
    bench.send({ type: "pause", run: 1 });
    const { stepCount } = await bench.waitFor("paused");
    expect(stepCounts(bench, 3)).toEqual([stepCount, stepCount, stepCount]);
    bench.send({ type: "resume", run: 1 });
    await bench.waitForSteps(1, 3 * stepCount + 8);
    bench.send({ type: "stop", run: 1 });
    await bench.waitForEnds(1, 3);
    expect(ends(bench).map(([, reason]) => reason)).toEqual(["stopped", "stopped", "stopped"]);
    const [stoppedAt] = stepCounts(bench, 3);
    expect(stepCounts(bench, 3)).toEqual([stoppedAt, stoppedAt, stoppedAt]);
    const from = bench.events.length;
    bench.send({ type: "continue", run: 1, extraTokens: 400 - stoppedAt });
    await bench.waitForEnds(1, 3, from);
    const undisturbed = await traces(free(lanes));
    expect(tracesOf(bench, free(lanes)).map(tokensOf)).toEqual(undisturbed.map(tokensOf));
  });

  it.each([
    ["before", 0],
    ["in the middle of", 5],
  ])("pause within 100 ms %s a later lane's long prefill", async (_, delayMs) => {
    const promptText = Array.from({ length: 1500 }, (__, place) => "abcdefghij"[place % 10]).join(" ");
    const lanes = three.map((recipe) => ({ ...recipe, promptText, maxNewTokens: 2 }));
    let askedMs = Infinity;
    const bench = await loadedBench({
      onEvent(event, page) {
        if (event.type !== "step" || event.lane !== 0 || event.record.step !== 0) return;
        const pause = (): void => {
          askedMs = performance.now();
          page.send({ type: "pause", run: 1 });
        };
        if (delayMs === 0) pause();
        else setTimeout(pause, delayMs);
      },
    });
    start(bench, free(lanes));
    await bench.waitFor("paused");
    expect(performance.now() - askedMs).toBeLessThan(100);
    expect(stepCounts(bench, 3)).toEqual([1, 0, 0]);
    bench.send({ type: "advance", run: 1, stepCount: 1 });
    await bench.waitFor("paused", bench.events.length);
    expect(stepCounts(bench, 3)).toEqual([1, 1, 1]);
    bench.send({ type: "resume", run: 1 });
    await bench.waitForEnds(1, 3);
    expect(stepCounts(bench, 3)).toEqual([2, 2, 2]);
  });

  it("are continued after their ends; one that lies behind comes up to the others first", async () => {
    const lanes = [recipeOf("gkv"), recipeOf("snapKv", { maxNewTokens: 10 })];
    const bench = await loadedBench();
    start(bench, free(lanes));
    await bench.waitForEnds(1, 2);
    const before = order(bench).length;
    const from = bench.events.length;
    bench.send({ type: "continue", run: 1, extraTokens: 16 });
    await bench.waitForEnds(1, 2, from);
    const later = order(bench).slice(before);
    expect(later.slice(0, 14)).toEqual(Array.from({ length: 14 }, (_, place) => `1:${10 + place}`));
    expect(later.slice(14, 18)).toEqual(["0:24", "1:24", "0:25", "1:25"]);
    const whole = lanes.map((recipe, lane) => ({ ...recipe, maxNewTokens: lane === 0 ? 40 : 26 }));
    expect(tracesOf(bench, free(lanes)).map(tokensOf)).toEqual((await traces(free(whole))).map(tokensOf));
  });

  it("are continued except one that cannot be, which says so", async () => {
    const bench = await loadedBench(withConfig({ max_position_embeddings: 64 }));
    const lanes = [recipeOf("gkv", { maxNewTokens: 12 }), recipeOf("snapKv")];
    start(bench, free(lanes));
    await bench.waitForEnds(1, 2);
    const from = bench.events.length;
    bench.send({ type: "continue", run: 1, extraTokens: 36 });
    await bench.waitForEnds(1, 1, from);
    const story = bench.events.slice(from).filter(({ type }) => type !== "step");
    expect(story.map(({ type }) => type)).toEqual(["failed", "resumed", "done"]);
    expect(story[0]).toMatchObject({ message: expect.stringMatching(/^Lane 2, SnapKV: .*positions/) as string });
    expect(stepCounts(bench, 2)).toEqual([48, 24]);
  });

  it("wait for credit together and lose nothing", async () => {
    const bench = await loadedBench({ isGranting: false });
    start(bench, free(three));
    bench.send({ type: "credit", run: 1, stepCount: 4 });
    await bench.waitForSteps(1, 4);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(order(bench)).toEqual(["0:0", "1:0", "2:0", "0:1"]);
    bench.send({ type: "credit", run: 1, stepCount: 1000 });
    await bench.waitForEnds(1, 3);
    expect(tracesOf(bench, free(three)).map(essence)).toEqual((await wholeOfThree).map(essence));
  });

  it.each([0, 1, 4, 11, 22])("go on after step %i when the device is lost", async (step) => {
    for (const losingLane of [0, 2]) {
      let isLost = false;
      const bench = await loadedBench(
        {
          edge: { openGpu: breakableGpu() },
          onEvent(event, page) {
            if (isLost || event.type !== "step" || event.record.step !== step || event.lane !== losingLane) return;
            isLost = true;
            page.send({ type: "loseDevice" });
          },
        },
        "gpu",
      );
      start(bench, free(three));
      await bench.waitForEnds(1, 3);
      expect(bench.events.filter(({ type }) => type === "backendChanged")).toHaveLength(1);
      expect(tracesOf(bench, free(three)).map(traceText)).toEqual((await wholeOfThree).map(traceText));
    }
  });
});

describe("lanes that cannot be run", () => {
  it("are none, or more than four", () => {
    expect(() => laneRecipes(free([]))).toThrow("a run has 1 to 4 lanes, found 0");
    expect(() => laneRecipes(free([...four, ...three]))).toThrow(InputError);
  });

  it("are named by their place and policy", async () => {
    const bench = await loadedBench();
    const { parameters } = recipeOf("snapKv");
    start(bench, free([recipeOf("gkv"), recipeOf("snapKv", { parameters: { ...parameters, windowSlots: 90 } })]));
    expect((await bench.waitFor("failed")).message).toMatch(
      /^Lane 2, SnapKV: Window w is 90, but a budget of 10 slots/,
    );
    start(bench, free(three));
    await bench.waitForEnds(1, 3);
  });

  it("are named where the backend has no room for a session", async () => {
    let openCount = 0;
    let disposedCount = 0;
    const bench = await loadedBench({
      edge: {
        createCpuBackend: async (model) => {
          const cpu = await createCpuBackend(model);
          return {
            ...cpu,
            async createSession(request) {
              if (++openCount === 3) throw new InputError(`the GPU has no room for ${request.slotCapacity} slots`);
              const session = await cpu.createSession(request);
              return { ...session, dispose: () => disposedCount++ };
            },
          };
        },
      },
    });
    start(bench, free(three));
    const { message } = await bench.waitFor("failed");
    expect(message).toMatch(/^Lane 3, Random \(keep prompt\): the GPU has no room for \d+ slots$/);
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(disposedCount).toBe(2);
  });
});
