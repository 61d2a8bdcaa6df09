// The trace of a run of 224 heads: its size as it grows, and that it stays within any room that it can have.
import { expect, it, vi } from "vitest";
import { isAttentionRecorded, recordedHeadCount, scoredHeadCount } from "../trace/recorded";
import { boundTraces, leftOut, traceBytes } from "../trace/traceMemory";
import { growManyHeads } from "./manyHeads.testing";

vi.setConfig({ testTimeout: 120_000 });

it("keeps the trace of 224 heads within its room, the newest rows of watched heads to the last", async () => {
  const room = 5e6;
  let most = 0;
  const run = { stepCount: 130, budgetSlots: 96, intervalSteps: 16, heads: "auto" } as const;
  const { trace } = await growManyHeads(run, (builder) => {
    expect(boundTraces([builder], room)).toBe(true);
    most = Math.max(most, traceBytes(builder.trace));
  });
  expect(most).toBeLessThanOrEqual(room);
  expect(most).toBeGreaterThan(room / 2);
  expect(trace.events.length).toBeGreaterThan(6);
  expect(trace.events.map((event) => scoredHeadCount(event)).at(-1)).toBe(224);
  expect(scoredHeadCount(trace.events[0])).toBe(16);
  expect(leftOut(trace).rowsBefore).toBe(0);
  const newest = trace.steps[trace.steps.length - 1];
  expect([recordedHeadCount(newest), isAttentionRecorded(newest, 7), isAttentionRecorded(newest, 8)]).toEqual([
    16,
    true,
    false,
  ]);
});
