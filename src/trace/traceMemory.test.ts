// Traces within their budget: what is left out, and what nothing may change.
import fc from "fast-check";
import { expect, it } from "vitest";
import { headCountOf, headRow, rowLength } from "../cache/headRows";
import { drawRandomTrace } from "./drawTrace.testing";
import { proveRun } from "./proof/proof";
import { areScoresRecorded, isAttentionRecorded } from "./recorded";
import { cacheAfterStep, cacheSeenByStep } from "./replay";
import type { Trace } from "./trace";
import { createTraceBuilder, type TraceBuilder } from "./traceBuilder";
import { boundTraces, traceBytes } from "./traceMemory";

/** The traces grown again side by side, within this budget after every step; and whether it sufficed. */
function grow(traces: readonly Trace[], budgetBytes: number): { builders: readonly TraceBuilder[]; isEnough: boolean } {
  const builders = traces.map(({ header }) => createTraceBuilder(header));
  const longest = Math.max(...traces.map(({ steps }) => steps.length));
  let isEnough = true;
  for (let step = 0; step < longest && isEnough; step++) {
    traces.forEach(({ steps, events }, lane) => {
      if (step >= steps.length) return;
      builders[lane].append(steps[step], events.find((event) => event.step === step) ?? null);
      if (!boundTraces(builders, budgetBytes)) isEnough = false;
      else expect(builders.reduce((sum, { trace }) => sum + traceBytes(trace), 0)).toBeLessThanOrEqual(budgetBytes);
    });
  }
  return { builders, isEnough };
}

const lanes = fc.array(fc.nat(2 ** 30), { minLength: 1, maxLength: 3 });

it("holds the budget at every step of any runs, or says that it cannot", () => {
  let [shrunkCount, fullCount] = [0, 0];
  fc.assert(
    fc.property(lanes, fc.double({ min: 0.1, max: 1.2, noNaN: true }), (seeds, share) => {
      const traces = seeds.map((seed) => drawRandomTrace(seed, { isRagged: seed % 2 === 0 }));
      const whole = grow(traces, Infinity).builders.reduce((sum, { trace }) => sum + traceBytes(trace), 0);
      const { builders, isEnough } = grow(traces, share * whole);
      if (!isEnough) fullCount++;
      builders.forEach(({ trace }, lane) => {
        const steps = traces[lane].steps.slice(0, trace.steps.length);
        const isShrunk = trace.steps.some((step, at) => step !== steps[at]);
        if (isShrunk) shrunkCount++;
        expectSameRun(trace, { ...traces[lane], steps });
      });
    }),
    { numRuns: 60 },
  );
  expect(shrunkCount).toBeGreaterThan(10);
  expect(fullCount).toBeGreaterThan(5);
});

/** All that replay and a proof read, and the rows of what is said to be recorded. */
function expectSameRun(found: Trace, whole: Trace): void {
  const headCount = headCountOf(whole.header.model);
  const lastStep = found.steps.length - 1;
  const events = whole.events.filter(({ step }) => step <= lastStep);
  found.steps.forEach((record, step) => {
    expect(cacheAfterStep(found, step)).toEqual(cacheAfterStep(whole, step));
    expect(cacheSeenByStep(found, step)).toEqual(cacheSeenByStep(whole, step));
    const expected = whole.steps[step];
    for (let head = 0; head < headCount; head++) {
      if (!isAttentionRecorded(record, head)) continue;
      expect(headRow(record.attention, head)).toEqual(headRow(expected.attention, head));
      expect(record.attentionScale[head]).toBe(expected.attentionScale[head]);
    }
    expect(record.lengths).toEqual(expected.lengths);
  });
  expect(found.events).toHaveLength(events.length);
  found.events.forEach((event, place) => {
    const expected = events[place];
    expect(event.positionsBefore).toEqual(expected.positionsBefore);
    expect(event.survivors).toEqual(expected.survivors);
    expect([event.cutOff, event.margin]).toEqual([expected.cutOff, expected.margin]);
    for (let head = 0; head < headCount; head++) {
      if (areScoresRecorded(event, head)) expect(headRow(event.total, head)).toEqual(headRow(expected.total, head));
      else expect(rowLength(event.carry, head)).toBe(0);
    }
  });
  const shortened: Trace = { ...whole, events, end: found.end };
  expect(proveRun(found)).toEqual(proveRun(shortened));
}
