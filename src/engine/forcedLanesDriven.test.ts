// Forced lanes held, sent on, and moved to another backend: whatever happens to a run, its lanes keep one text.
import { beforeAll, describe, expect, it } from "vitest";
import type { Trace } from "../trace/trace";
import type { Backend, Session } from "./backend";
import { createCpuBackend } from "./cpu/cpuBackend";
import { essence, forced, loadedBench, order, recipeOf, start, tokensOf, traces, tracesOf } from "./driveLanes.testing";
import { alone, breakableGpu, createHostBench, tinyReference } from "./hostBench.testing";
import type { HostBench } from "./hostBench.testing";

const lanes = ["gkv", "fullCache", "random", "snapKv"].map((policyId) => recipeOf(policyId));
let whole: Trace[];
let fullTokens: number[];

beforeAll(async () => {
  whole = await traces(forced(lanes));
  fullTokens = tokensOf((await traces(alone(recipeOf("fullCache"))))[0]);
});

const comparisonsOf = ({ steps }: Trace) => steps.map(({ comparison }) => comparison);

describe("however they are driven, forced lanes give the same", () => {
  const expectWhole = (bench: HostBench): void =>
    expect(tracesOf(bench, forced(lanes)).map(essence)).toEqual(whole.map(essence));

  it("through pauses and single steps", async () => {
    const bench = await loadedBench();
    start(bench, forced(lanes), true);
    bench.send({ type: "advance", run: 1, stepCount: 5 });
    expect(await bench.waitFor("paused")).toMatchObject({ stepCount: 5 });
    expect(order(bench).slice(-4)).toEqual(["0:4", "1:4", "2:4", "3:4"]);
    bench.send({ type: "advance", run: 1, stepCount: 1 });
    await bench.waitFor("paused", bench.events.length);
    bench.send({ type: "resume", run: 1 });
    await bench.waitForEnds(1, 4);
    expectWhole(bench);
  });

  it("when stopped and continued", async () => {
    const bench = await loadedBench();
    start(bench, forced(lanes));
    await bench.waitForSteps(1, 21);
    bench.send({ type: "stop", run: 1 });
    await bench.waitForEnds(1, 4);
    const stoppedAt = order(bench).length / 4;
    expect(stoppedAt).toBeLessThan(24);
    const from = bench.events.length;
    bench.send({ type: "continue", run: 1, extraTokens: 24 - stoppedAt });
    await bench.waitForEnds(1, 4, from);
    expect(tracesOf(bench, forced(lanes)).map(comparisonsOf)).toEqual(whole.map(comparisonsOf));
  });

  it("when lanes of different lengths are continued", async () => {
    const bench = await loadedBench();
    const uneven = lanes.map((recipe, lane) => ({ ...recipe, maxNewTokens: 6 + 4 * (lane % 2) }));
    start(bench, forced(uneven));
    await bench.waitForEnds(1, 4);
    // First beyond the room, then within the larger one, where the full cache has to go back to the lanes that lie behind.
    for (const extraTokens of [10, 4]) {
      const from = bench.events.length;
      bench.send({ type: "continue", run: 1, extraTokens });
      await bench.waitForEnds(1, 4, from);
    }
    for (const [lane, trace] of tracesOf(bench, forced(uneven)).entries()) {
      const stepCount = 20 + 4 * (lane % 2);
      expect(comparisonsOf(trace)).toEqual(comparisonsOf(whole[lane]).slice(0, stepCount));
      expect(tokensOf(trace)).toEqual(fullTokens.slice(0, stepCount));
    }
  });

  it("when paused within 100 ms in the middle of the full cache's long prefill", async () => {
    const promptText = Array.from({ length: 1500 }, (_, place) => "abcdefghij"[place % 10]).join(" ");
    const long = lanes.slice(0, 2).map((recipe) => ({ ...recipe, promptText, maxNewTokens: 3 }));
    const undisturbed = await traces(forced(long));
    let prefillCount = 0;
    let askedMs = Infinity;
    const bench: HostBench = createHostBench({
      edge: {
        createCpuBackend: (model) =>
          watchingPrefill(model, () => {
            // The first lane's own comes first.
            if (++prefillCount !== 2) return;
            setTimeout(() => {
              askedMs = performance.now();
              bench.send({ type: "pause", run: 1 });
            });
          }),
      },
    });
    bench.send({ type: "load", load: 1, model: tinyReference, backend: "cpu" });
    await bench.waitFor("ready");
    start(bench, forced(long));
    expect(await bench.waitFor("paused")).toMatchObject({ stepCount: 0 });
    expect(performance.now() - askedMs).toBeLessThan(100);
    bench.send({ type: "resume", run: 1 });
    await bench.waitForEnds(1, 2);
    expect(tracesOf(bench, forced(long)).map(essence)).toEqual(undisturbed.map(essence));
    expect(prefillCount).toBe(4); // the full cache's twice
  });

  it.each([
    [0, 0],
    [1, 0],
    [4, 1],
    [11, 3],
    [22, 2],
  ])("when the device is lost after step %i of lane %i", async (step, lane) => {
    const pending = [step, step + 1];
    const bench = await loadedBench(
      {
        edge: { openGpu: breakableGpu() },
        onEvent(event, page) {
          if (event.type !== "step" || event.record.step !== pending[0] || event.lane !== lane) return;
          pending.shift();
          page.send({ type: "loseDevice" });
        },
      },
      "gpu",
    );
    start(bench, forced(lanes));
    await bench.waitForEnds(1, 4);
    expect(bench.events.filter(({ type }) => type === "backendChanged")).toHaveLength(2);
    const withoutBackend = (trace: Trace) => ({ ...essence(trace), header: null });
    expect(tracesOf(bench, forced(lanes)).map(withoutBackend)).toEqual(whole.map(withoutBackend));
  });
});

it("forced lanes keep one text when the backend that takes a lost one's place would draw other tokens", async () => {
  const open = breakableGpu();
  let openedCount = 0;
  const bench = await loadedBench(
    {
      edge: {
        openGpu: (model, options) =>
          openedCount++ === 0
            ? open(model, options)
            : Promise.resolve({ type: "refused", reason: "No GPU was found." }),
        createCpuBackend: async (model) => drawingNext(await createCpuBackend(model)),
      },
      onEvent(event, page) {
        if (event.type === "step" && event.record.step === 4 && event.lane === 1) page.send({ type: "loseDevice" });
      },
    },
    "gpu",
  );
  start(bench, forced(lanes));
  await bench.waitForEnds(1, 4);
  const [first, ...others] = tracesOf(bench, forced(lanes)).map(tokensOf);
  for (const other of others) expect(other).toEqual(first);
  expect(first.slice(0, 5)).toEqual(fullTokens.slice(0, 5));
  expect(first.slice(5)).not.toEqual(fullTokens.slice(5));
});

/** A backend whose every token is the one after the one drawn. */
function drawingNext(backend: Backend): Backend {
  return {
    ...backend,
    async createSession(request) {
      const session = await backend.createSession(request);
      const collect: Session["collect"] = async () => {
        const result = await session.collect();
        return { ...result, token: (result.token + 1) % 12 };
      };
      return Object.assign(Object.create(session) as Session, { collect });
    },
  };
}

async function watchingPrefill(model: Parameters<typeof createCpuBackend>[0], onPrefill: () => void): Promise<Backend> {
  const cpu = await createCpuBackend(model);
  return {
    ...cpu,
    async createSession(request) {
      const session = await cpu.createSession(request);
      const prefill: Session["prefill"] = (tokens, signal) => {
        onPrefill();
        return session.prefill(tokens, signal);
      };
      return Object.assign(Object.create(session) as Session, { prefill });
    },
  };
}
