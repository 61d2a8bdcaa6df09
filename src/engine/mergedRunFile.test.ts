// A run that merges as a run file: every event comes back with its merges, and a broken one is refused.
import { expect, it } from "vitest";
import { decodeRunFile, encodeRunFile } from "../trace/file/runFile";
import type { Trace } from "../trace/trace";
import { alone, createHostBench, tinyRecipe, tinyReference } from "./hostBench.testing";

async function mergedRun(): Promise<Trace> {
  const bench = createHostBench();
  bench.send({ type: "load", load: 1, model: tinyReference, backend: "cpu" });
  await bench.waitFor("ready");
  const parameters = { ...tinyRecipe.parameters, merging: "keepKv", mergeThreshold: -1 } as const;
  bench.send({ type: "start", run: 1, request: alone({ ...tinyRecipe, parameters }), isPaused: false });
  await bench.waitFor("done");
  return bench.traceOf(1);
}

it("keeps what an event merged, bit for bit", async () => {
  const run = await mergedRun();
  expect(run.events.length).toBeGreaterThan(2);
  const read = await decodeRunFile(await encodeRunFile(run), "run.winnow");
  expect(read.events.map(({ merges }) => merges)).toEqual(run.events.map(({ merges }) => merges));
  expect(run.events[0].merges?.changes?.merged.length).toBeGreaterThan(0);
});

it("is refused where a token goes into a slot that does not stay", async () => {
  const run = await mergedRun();
  const events = run.events.map((event, place) => {
    if (place > 0 || event.merges === undefined) return event;
    const { targets } = event.merges;
    return { ...event, merges: { ...event.merges, targets: { ...targets, values: targets.values.map(() => 99) } } };
  });
  await expect(decodeRunFile(await encodeRunFile({ ...run, events }), "run.winnow")).rejects.toThrow("merge target 99");
});
