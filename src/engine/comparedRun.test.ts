// A run compared with the full cache, as the page drives it: posted and transferred, paused, stopped, continued, its
// device lost. However it is driven, every step is compared as in a run that nobody disturbed.
import { beforeAll, describe, expect, it } from "vitest";
import { headCountOf } from "../cache/headRows";
import { evictedCountAt } from "../trace/fullCacheComparison";
import type { Trace } from "../trace/trace";
import type { Backend, Model, Session } from "./backend";
import { createCpuBackend } from "./cpu/cpuBackend";
import type { BenchOptions, HostBench } from "./hostBench.testing";
import { alone, breakableGpu, createHostBench, tinyRecipe, tinyReference } from "./hostBench.testing";
import type { BackendChoice, EngineEvent, RunRecipe } from "./protocol";

const recipe: RunRecipe = { ...tinyRecipe, isCompared: true, maxNewTokens: 40 };

async function loadedBench(options: BenchOptions = {}, backend: BackendChoice = "cpu"): Promise<HostBench> {
  const bench = createHostBench(options);
  bench.send({ type: "load", load: 1, model: tinyReference, backend });
  await bench.waitFor("ready");
  return bench;
}

function start(bench: HostBench, changes: Partial<RunRecipe> = {}, isPaused = false): void {
  bench.send({ type: "start", run: 1, request: alone({ ...recipe, ...changes }), isPaused });
}

/** Tokens and comparisons: all that must not depend on how the run was driven. */
function essence({ steps }: Trace) {
  return steps.map(({ token, comparison }) => ({ token, comparison }));
}

let whole: Trace;

beforeAll(async () => {
  const bench = await loadedBench();
  start(bench);
  await bench.waitFor("done");
  whole = bench.traceOf(1);
});

it("reaches the page whole: a share for every head, a regret for every evicted position", () => {
  expect(whole.steps).toHaveLength(40);
  for (const { step, comparison } of whole.steps) {
    expect(comparison?.lostAttention).toHaveLength(headCountOf(whole.header.model));
    expect(comparison?.regret).toHaveLength(evictedCountAt(whole, step));
  }
  expect(whole.steps.at(-1)?.comparison?.klNats).toBeGreaterThan(0);
});

describe("in step with the run", () => {
  it("through pauses and single steps", async () => {
    const bench = await loadedBench();
    start(bench, {}, true);
    bench.send({ type: "advance", run: 1, stepCount: 6 });
    await bench.waitFor("paused");
    bench.send({ type: "resume", run: 1 });
    await bench.waitForSteps(1, 9);
    bench.send({ type: "pause", run: 1 });
    await bench.waitFor("paused", bench.events.length);
    bench.send({ type: "advance", run: 1, stepCount: 1 });
    await bench.waitFor("paused", bench.events.length);
    bench.send({ type: "resume", run: 1 });
    await bench.waitFor("done");
    expect(essence(bench.traceOf(1))).toEqual(essence(whole));
  });

  it("when stopped and continued", async () => {
    const bench = await loadedBench();
    start(bench);
    await bench.waitForSteps(1, 7);
    bench.send({ type: "stop", run: 1 });
    await bench.waitFor("done");
    const stoppedAt = bench.traceOf(1).steps.length;
    bench.send({ type: "continue", run: 1, extraTokens: 40 - stoppedAt });
    await bench.waitFor("done", bench.events.length);
    expect(essence(bench.traceOf(1))).toEqual(essence(whole));
  });

  it("when continued after the end, beyond the room that the full cache had", async () => {
    const bench = await loadedBench();
    start(bench, { maxNewTokens: 14 });
    await bench.waitFor("done");
    bench.send({ type: "continue", run: 1, extraTokens: 26 });
    await bench.waitFor("done", bench.events.length);
    expect(essence(bench.traceOf(1))).toEqual(essence(whole));
  });

  it("when paused within 100 ms in the middle of the full cache's own long prefill", async () => {
    const promptText = Array.from({ length: 1500 }, (_, place) => "abcdefghij"[place % 10]).join(" ");
    const changes = { promptText, maxNewTokens: 3 };
    const undisturbed = await loadedBench();
    start(undisturbed, changes);
    await undisturbed.waitFor("done");

    let prefillCount = 0;
    let askedMs = Infinity;
    const onPrefill = (): void => {
      // The run's own comes first.
      if (++prefillCount !== 2) return;
      setTimeout(() => {
        askedMs = performance.now();
        bench.send({ type: "pause", run: 1 });
      });
    };
    const bench = await loadedBench({ edge: { createCpuBackend: (model) => watchedBackend(model, onPrefill) } });
    start(bench, changes);
    expect(await bench.waitFor("paused")).toMatchObject({ stepCount: 0 });
    expect(performance.now() - askedMs).toBeLessThan(100);
    bench.send({ type: "resume", run: 1 });
    await bench.waitFor("done");
    expect(prefillCount).toBe(3);
    expect(essence(bench.traceOf(1))).toEqual(essence(undisturbed.traceOf(1)));
  });
});

/** The CPU backend, reporting every prefill that begins. */
async function watchedBackend(model: Model, onPrefill: () => void): Promise<Backend> {
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

describe("a lost device", () => {
  /** GPUs that are lost when a step of this number is posted. */
  function losing(loseAtSteps: readonly number[]): BenchOptions {
    const pending = [...loseAtSteps];
    return {
      edge: { openGpu: breakableGpu() },
      onEvent(event: EngineEvent, bench: HostBench) {
        if (event.type !== "step" || event.record.step !== pending[0]) return;
        pending.shift();
        bench.send({ type: "loseDevice" });
      },
    };
  }

  it.each([0, 1, 4, 5, 11, 36])("after step %i costs no comparison when another opens", async (step) => {
    const bench = await loadedBench(losing([step]), "gpu");
    start(bench);
    await bench.waitFor("done");
    expect(essence(bench.traceOf(1))).toEqual(essence(whole));
    expect(bench.events.some(({ type }) => type === "backendChanged")).toBe(true);
  });

  it("for the third time ends the run in plain words", async () => {
    const bench = await loadedBench(losing([3, 9, 15]), "gpu");
    start(bench);
    expect((await bench.waitFor("failed")).message).toContain("The GPU was lost 3 times");
    expect(essence(bench.traceOf(1))).toEqual(essence(whole).slice(0, bench.traceOf(1).steps.length));
  });
});
