// Run files of runs that recorded some heads, or left out what was oldest: they say what is there, and open again.
import fc from "fast-check";
import { expect, it } from "vitest";
import { drawRandomTrace, drawTrace } from "../drawTrace.testing";
import { areScoresRecorded, isAttentionRecorded } from "../recorded";
import type { Trace } from "../trace";
import { createTraceBuilder } from "../traceBuilder";
import { boundTraces, traceBytes } from "../traceMemory";
import { decodeOrRefuse, seeds, withEntries } from "./driveRunFile.testing";
import { decodeRunFile, encodeRunFile } from "./runFile";

/** The trace as a run leaves it that had room for this share of it. */
function shrunk(whole: Trace, share: number): Trace {
  const builder = createTraceBuilder(whole.header);
  const budgetBytes = share * traceBytes(whole);
  for (const step of whole.steps) {
    builder.append(step, whole.events.find((event) => event.step === step.step) ?? null);
    boundTraces([builder], budgetBytes);
  }
  if (whole.end !== null) builder.finish(whole.end);
  return builder.trace;
}

const picture = `
  on
  the   evicts The | cat
  mat
  and   evicts cat | sat
  slept evicts sat | The
  well`;
/** One of its heads is watched, and the scores of the other are left out of its older events. */
const watched = shrunk(drawTrace({ prompt: "The cat sat", watchedHeads: [1], hasEvidence: true }, picture), 1.05);

it("gives back what was recorded, and says of which heads", async () => {
  const scored = watched.events.map((event) => [0, 1].map((head) => areScoresRecorded(event, head)));
  // All of the oldest, what was not watched of the next, nothing of the newest.
  expect(scored).toEqual([
    [false, false],
    [false, true],
    [true, true],
  ]);
  expect([0, 1].map((head) => isAttentionRecorded(watched.steps[5], head))).toEqual([false, true]);
  const opened = await decodeRunFile(await encodeRunFile(watched), "x");
  expect(opened).toEqual(watched);
});

it("gives back any run that had too little room", async () => {
  let shrunkCount = 0;
  await fc.assert(
    fc.asyncProperty(seeds, fc.double({ min: 0.2, max: 1, noNaN: true }), async (seed, share) => {
      const whole = drawRandomTrace(seed, { isRagged: seed % 2 === 0 });
      const some = shrunk(whole, share);
      if (some.steps.some((step, at) => step !== whole.steps[at])) shrunkCount++;
      expect(await decodeRunFile(await encodeRunFile(some), "x")).toEqual(some);
    }),
    { numRuns: 40 },
  );
  expect(shrunkCount).toBeGreaterThan(10);
});

it.each(["steps/watchedHeads", "events/scoredHeads"])("refuses %s that are neither there nor not", async (name) => {
  const file = await withEntries(watched, (entries) => {
    for (const [entry, bytes] of entries) if (entry.startsWith(`${name}.`)) bytes.fill(2, 0, 1);
  });
  expect(await decodeOrRefuse(file)).toMatch(`${name}: 2 where a number from 0 to 1`);
});

it("refuses rows of another number than the heads that it names", async () => {
  const file = await withEntries(watched, (entries) => {
    for (const [entry, bytes] of entries) if (entry.startsWith("steps/watchedHeads.")) bytes.fill(1);
  });
  expect(await decodeOrRefuse(file)).toMatch("steps/attention: ");
});
