// The page's end of the worker that makes run files: what it hands out, and that nobody waits for a worker that failed.
import { describe, expect, it } from "vitest";
import { drawTrace } from "../trace/drawTrace.testing";
import { decodeRunFile } from "../trace/file/runFile";
import { createRunFileMaker, type MakerWorker } from "./runFileMaker";
import type { MakerAnswer, MakerMessage } from "./runFileWorker";

const traces = [
  drawTrace({ prompt: "The cat sat" }, "on\nthe   evicts The | cat\nmat"),
  drawTrace({ prompt: "The cat sat" }, "on\nthe"),
];

interface FakeWorker extends MakerWorker {
  readonly messages: MakerMessage[];
  isTerminated: boolean;
  answer(answer: MakerAnswer): void;
  fail(message?: string): void;
}

function fakeWorker(): FakeWorker {
  const worker: FakeWorker = {
    onmessage: null,
    onerror: null,
    onmessageerror: null,
    messages: [],
    isTerminated: false,
    postMessage: (message) => void worker.messages.push(message),
    terminate: () => (worker.isTerminated = true),
    answer: (data) => worker.onmessage?.(new MessageEvent("message", { data })),
    fail: (message) => worker.onerror?.({ message } as ErrorEvent),
  };
  return worker;
}

/** A maker whose worker has received all runs. */
async function readyMaker() {
  const worker = fakeWorker();
  const maker = createRunFileMaker(traces, () => worker);
  await expect.poll(() => worker.messages.length).toBe(4);
  return { worker, maker };
}

function asked({ messages }: FakeWorker): readonly boolean[] {
  return messages.flatMap((message) => (message.type === "make" ? [message.isLight] : []));
}

const files = (size: number): MakerAnswer => ({ type: "files", files: [new Uint8Array(size)] });

describe("the maker of run files", () => {
  it("makes them here where there is no worker", async () => {
    const made = await createRunFileMaker(traces, () => null).make(false);
    expect(await Promise.all(made.map((file) => decodeRunFile(file, "x")))).toEqual(traces);
  });

  it("sends the runs, and asks for one kind after the other", async () => {
    const { worker, maker } = await readyMaker();
    expect(worker.messages.map(({ type }) => type)).toEqual(["run", "part", "run", "part"]);
    const made = [maker.make(false), maker.make(true)];
    await expect.poll(() => asked(worker)).toEqual([false]);
    worker.answer(files(1));
    await expect.poll(() => asked(worker)).toEqual([false, true]);
    worker.answer(files(2));
    expect((await Promise.all(made)).map(([file]) => file.length)).toEqual([1, 2]);
  });

  it("makes the next kind after one that failed", async () => {
    const { worker, maker } = await readyMaker();
    const made = [maker.make(false), maker.make(true)];
    await expect.poll(() => asked(worker)).toEqual([false]);
    worker.answer({ type: "failed", message: "too long" });
    await expect(made[0]).rejects.toThrow("too long");
    await expect.poll(() => asked(worker)).toEqual([false, true]);
    worker.answer(files(2));
    expect(await made[1]).toHaveLength(1);
  });

  it("says why its worker never began, whenever it is asked", async () => {
    const worker = fakeWorker();
    const maker = createRunFileMaker(traces, () => worker);
    worker.fail();
    await expect(maker.make(false)).rejects.toThrow("could not be loaded");
    await expect(maker.make(true)).rejects.toThrow("could not be loaded");
    expect([asked(worker), worker.isTerminated]).toEqual([[], true]);
  });

  it("says what its worker or the copying of a run failed at", async () => {
    const { worker, maker } = await readyMaker();
    const made = maker.make(false);
    await expect.poll(() => asked(worker)).toEqual([false]);
    worker.fail("out of memory");
    await expect(made).rejects.toThrow("out of memory");
    const refusing: FakeWorker = {
      ...fakeWorker(),
      postMessage() {
        throw new Error("cannot be cloned");
      },
    };
    await expect(createRunFileMaker(traces, () => refusing).make(false)).rejects.toThrow("cannot be cloned");
  });

  it("ends its worker and what it is at when it is disposed of", async () => {
    const { worker, maker } = await readyMaker();
    const made = maker.make(false);
    await expect.poll(() => asked(worker)).toEqual([false]);
    maker.dispose();
    await expect(made).rejects.toThrow("Nobody waits");
    const unsent = fakeWorker();
    createRunFileMaker(traces, () => unsent).dispose();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(unsent.messages.map(({ type }) => type)).toEqual(["run", "part"]);
  });
});
