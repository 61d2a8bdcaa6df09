// Run files as a person drops them: good ones, broken ones, too many, of different prompts.
import { expect, it, vi } from "vitest";
import { drivePage } from "../../state/drivePage.testing";
import type { RunFileBlob } from "../../state/library/openFile";
import { drawTrace } from "../../trace/drawTrace.testing";
import { encodeRunFile } from "../../trace/file/runFile";
import type { Trace } from "../../trace/trace";
import { openRunFiles, showOpened } from "./openRunFiles";

const cat = drawTrace({ prompt: "The cat sat" }, "on\nthe   evicts The | cat\nmat");
const otherEnd = drawTrace({ prompt: "The cat sat" }, "on\nthe   evicts cat | The\nsofa");
const dog = drawTrace({ prompt: "A dog" }, "ran\nhome");

async function fileOf(name: string, trace: Trace): Promise<RunFileBlob> {
  return blob(name, await encodeRunFile(trace));
}

function blob(name: string, bytes: Uint8Array): RunFileBlob {
  return { name, size: bytes.length, arrayBuffer: () => Promise.resolve(bytes.slice().buffer) };
}

it("opens several runs of one prompt in the order of their files", async () => {
  const files = [await fileOf("one.winnow", otherEnd), await fileOf("two.winnow", cat)];
  expect(await openRunFiles(files)).toEqual({ traces: [otherEnd, cat], complaints: [] });
});

it("opens what can be read, and says which file cannot", async () => {
  const whole = await encodeRunFile(cat);
  const files = [blob("half.winnow", whole.slice(0, whole.length / 2)), await fileOf("whole.winnow", cat)];
  const { traces, complaints } = await openRunFiles(files);
  expect(traces).toEqual([cat]);
  expect(complaints).toHaveLength(1);
  expect(complaints[0]).toContain("half.winnow");
});

it("opens no run if two have different prompts, and names both files", async () => {
  const { traces, complaints } = await openRunFiles([await fileOf("cat.winnow", cat), await fileOf("dog.winnow", dog)]);
  expect(traces).toEqual([]);
  expect(complaints).toEqual([expect.stringMatching(/dog\.winnow has a different prompt from cat\.winnow/)]);
});

it("reads no file if there are more files than lanes", async () => {
  const unread: RunFileBlob = { name: "x", size: 1, arrayBuffer: () => Promise.reject(new Error("was read")) };
  const { traces, complaints } = await openRunFiles([unread, unread, unread, unread, unread]);
  expect(traces).toEqual([]);
  expect(complaints).toEqual(["5 runs were chosen, but at most 4 can be shown side by side; choose fewer."]);
});

it("asks for run files if the drop held no file", async () => {
  expect((await openRunFiles([])).complaints).toEqual([expect.stringContaining("The drop held no file")]);
});

it("does not show a file in place of a live run that was asked for while it was read", async () => {
  const driven = drivePage();
  const opening = showOpened(driven.store, [await fileOf("cat.winnow", cat)]);
  driven.store.getState().run("run");
  await opening;
  expect(driven.store.getState().lanes).toEqual([]);
  expect(driven.store.getState().runStatus).toBe("loading");
});

it("says which file it opens once that takes a while, until it is open", async () => {
  vi.useFakeTimers();
  const { store } = drivePage();
  let arrive = (_: ArrayBuffer): void => undefined;
  const slow: RunFileBlob = { name: "long.winnow", size: 9, arrayBuffer: () => new Promise((done) => (arrive = done)) };
  const opening = showOpened(store, [slow]);
  const texts = (): readonly string[] => store.getState().notices.map(({ text }) => text);
  vi.advanceTimersByTime(400);
  expect(texts()).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(texts()).toEqual(["Opening long.winnow…"]);
  vi.useRealTimers();
  arrive((await encodeRunFile(cat)).slice().buffer);
  await opening;
  expect(texts()).toEqual([]);
  expect(store.getState().lanes.map(({ trace }) => trace)).toEqual([cat]);
});

it("shows the file that was opened last, though an earlier one is read after it", async () => {
  const { store } = drivePage();
  let arrive = (_: ArrayBuffer): void => undefined;
  const slow: RunFileBlob = { name: "long.winnow", size: 9, arrayBuffer: () => new Promise((done) => (arrive = done)) };
  const early = showOpened(store, [slow]);
  await showOpened(store, [await fileOf("dog.winnow", dog)]);
  arrive((await encodeRunFile(cat)).slice().buffer);
  await early;
  expect(store.getState().lanes.map(({ trace }) => trace)).toEqual([dog]);
});
