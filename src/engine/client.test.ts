// The page's end of the worker, against the real engine host behind a message channel in the same thread.
import { afterEach, describe, expect, it, vi } from "vitest";
import { createEngineClient, CREDIT_STEPS, LOAD_SILENCE_MS } from "./client";
import type { EngineClient, EngineWorker } from "./client";
import { createCpuBackend } from "./cpu/cpuBackend";
import { createEngineHost } from "./engineHost";
import { alone, tinyRecipe, tinyReference, tinySource } from "./hostBench.testing";
import type { EngineCommand, EngineEvent } from "./protocol";

interface FakeWorker extends EngineWorker {
  readonly commands: EngineCommand[];
  isTerminated: boolean;
  /** Delivers an event to the client, as the browser does. */
  deliver(event: EngineEvent): void;
}

function fakeWorker(answer: (command: EngineCommand, worker: FakeWorker) => void): FakeWorker {
  const worker: FakeWorker = {
    onmessage: null,
    onerror: null,
    onmessageerror: null,
    commands: [],
    isTerminated: false,
    deliver: (event) => worker.onmessage?.(new MessageEvent("message", { data: event })),
    postMessage(command) {
      worker.commands.push(command);
      answer(command, worker);
    },
    terminate: () => (worker.isTerminated = true),
  };
  return worker;
}

/** A worker that runs the engine; messages take a task each way. */
function engineWorker(): FakeWorker {
  const worker = fakeWorker((command) => void setTimeout(() => host.handle(command), 0));
  const host = createEngineHost({
    post: (event, transfer) => {
      const data = structuredClone(event, { transfer });
      setTimeout(() => worker.deliver(data), 0);
    },
    openSource: tinySource,
    openGpu: () => Promise.resolve({ type: "refused", reason: "No GPU was found." }),
    createCpuBackend,
  });
  return worker;
}

function silentClient(): { client: EngineClient; workers: FakeWorker[]; events: EngineEvent[] } {
  const events: EngineEvent[] = [];
  const workers: FakeWorker[] = [];
  const client = createEngineClient(
    (event) => void events.push(event),
    () => {
      const worker = fakeWorker(() => undefined);
      workers.push(worker);
      return worker;
    },
  );
  return { client, workers, events };
}

afterEach(() => void vi.useRealTimers());

describe("the client with an engine behind it", () => {
  it("plays a run longer than its credit to the end", async () => {
    const events: EngineEvent[] = [];
    let tellDone = (): void => undefined;
    const done = new Promise<void>((resolve) => (tellDone = resolve));
    const worker = engineWorker();
    const client = createEngineClient(
      (event) => {
        events.push(event);
        if (event.type === "done" || event.type === "failed") tellDone();
      },
      () => worker,
    );
    client.load(tinyReference, "auto");
    const maxNewTokens = 3 * CREDIT_STEPS;
    client.start(alone({ ...tinyRecipe, maxNewTokens }), false);
    await done;
    const steps = events.flatMap((event) => (event.type === "step" ? [event.record.step] : []));
    expect(steps).toEqual(Array.from({ length: maxNewTokens }, (_, step) => step));
    expect(events.at(-1)).toMatchObject({ type: "done", reason: "length" });
    client.dispose();
  });
});

describe("the client", () => {
  it("starts no worker before it is needed", () => {
    const { client, workers } = silentClient();
    expect(workers).toHaveLength(0);
    client.load(tinyReference, "cpu");
    expect(workers).toHaveLength(1);
    client.dispose();
    expect(workers[0].isTerminated).toBe(true);
  });

  it("numbers its runs and drops what belongs to another", () => {
    const { client, workers, events } = silentClient();
    const first = client.start(alone(tinyRecipe), false);
    const second = client.start(alone(tinyRecipe), false);
    expect(second).toBe(first + 1);
    workers[0].deliver({ type: "done", run: first, lane: 0, reason: "length" });
    workers[0].deliver({ type: "done", run: second, lane: 0, reason: "length" });
    expect(events).toEqual([{ type: "done", run: second, lane: 0, reason: "length" }]);
    client.dispose();
  });

  it("passes every command on under the number of the present run", () => {
    const { client, workers } = silentClient();
    const run = client.start(alone(tinyRecipe), true);
    client.pause();
    client.resume();
    client.advance(3);
    client.continueRun(10);
    client.stop();
    client.loseDevice();
    expect(workers[0].commands.slice(2)).toEqual([
      { type: "pause", run },
      { type: "resume", run },
      { type: "advance", run, stepCount: 3 },
      { type: "continue", run, extraTokens: 10 },
      { type: "stop", run },
      { type: "loseDevice" },
    ]);
    client.dispose();
  });

  it("says that the engine stopped, and starts a fresh one for the next load", () => {
    const { client, workers, events } = silentClient();
    client.load(tinyReference, "cpu");
    workers[0].onerror?.({ message: "out of memory" } as ErrorEvent);
    expect(events).toEqual([
      { type: "failed", run: null, message: "The engine stopped: out of memory. Load the model again to go on." },
    ]);
    expect(workers[0].isTerminated).toBe(true);
    client.load(tinyReference, "cpu");
    expect(workers).toHaveLength(2);
    client.dispose();
  });

  it("says so when the browser gives no worker, and tries again at the next load", () => {
    const events: EngineEvent[] = [];
    const refuse = (): EngineWorker => {
      throw new Error("workers are blocked here");
    };
    const client = createEngineClient((event) => void events.push(event), refuse);
    client.load(tinyReference, "cpu");
    expect(events).toEqual([
      {
        type: "failed",
        run: null,
        message: "The engine cannot start: workers are blocked here. Load the model again to go on.",
      },
    ]);
    client.dispose();
  });

  it("says so when a message cannot be read", () => {
    const { client, workers, events } = silentClient();
    client.load(tinyReference, "cpu");
    workers[0].onmessageerror?.(new MessageEvent("messageerror"));
    expect(events[0]).toMatchObject({ type: "failed", run: null });
    client.dispose();
  });

  it("says so when a loading engine stays silent, and only then", () => {
    vi.useFakeTimers();
    const { client, workers, events } = silentClient();
    client.load(tinyReference, "cpu");
    vi.advanceTimersByTime(LOAD_SILENCE_MS - 1);
    workers[0].deliver({ type: "loading", loadedBytes: 1, totalBytes: 2 });
    vi.advanceTimersByTime(LOAD_SILENCE_MS - 1);
    expect(events.map(({ type }) => type)).toEqual(["loading"]);
    vi.advanceTimersByTime(1);
    expect(events.at(-1)).toMatchObject({ type: "failed", message: expect.stringContaining("30 seconds") as string });
  });

  it("drops what an earlier load still says", () => {
    const { client, workers, events } = silentClient();
    client.load(tinyReference, "cpu");
    client.load(tinyReference, "gpu");
    workers[0].deliver({ type: "failed", load: 1, run: null, message: "no such file" });
    workers[0].deliver({ type: "failed", load: 2, run: null, message: "no GPU" });
    expect(events).toEqual([{ type: "failed", load: 2, run: null, message: "no GPU" }]);
    client.dispose();
  });

  it("asks nothing of the clock once the model is ready", () => {
    vi.useFakeTimers();
    const { client, workers } = silentClient();
    client.load(tinyReference, "cpu");
    workers[0].deliver({ type: "failed", run: null, message: "no such file" });
    expect(vi.getTimerCount()).toBe(0);
    client.dispose();
  });
});
