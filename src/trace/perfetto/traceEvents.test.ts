// Trace Event files: valid by the rules of the format, and as many lives, evictions and slots as the trace has.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { headCountOf, kvHeadOf, layerOf } from "../../cache/headRows";
import { InputError } from "../../lib/errors";
import { drawRandomTrace, drawTrace } from "../drawTrace.testing";
import { traceEventsOf } from "./driveTraceEvents.testing";
import { lifetimes } from "../replay";
import type { Trace } from "../trace";
import { planTraceEvents, traceEventBlob, traceEventJson } from "./traceEvents";

const trace = drawTrace(
  { prompt: "The cat sat" },
  `
  on
  the   evicts The | cat
  mat
  now`,
);
const HEAD_0 = "layer 0, KV head 0";
const HEAD_1 = "layer 0, KV head 1";

describe("a run as Trace Events", () => {
  it("shows every token's life in every head, named by its text", () => {
    const { slices } = traceEventsOf(trace);
    expect(slices(HEAD_0).map(({ name }) => name)).toEqual(["The", "cat", "sat", "on", "the", "mat"]);
    const [, cat] = slices(HEAD_1);
    // Prefill 8 ms and 0.5 ms of read-back, then a step of 2.5 ms at whose end the event falls.
    expect(cat).toMatchObject({ name: "cat", ts: 0, dur: 11_000 });
    expect(cat.args).toMatchObject({ position: 1, origin: "prompt", writtenStep: 0, evictedAtStep: 1, event: 0 });
    expect(cat.args["score"]).toBe(trace.events[0].total.values[3 + 1]);
    expect(slices(HEAD_0)[1].args).toMatchObject({ heldToTheEnd: true });
  });

  it("gives a new token the lane that an eviction freed", () => {
    const lanes = (head: string) => {
      const { slices } = traceEventsOf(trace);
      const [first] = slices(head);
      return slices(head).map(({ tid }) => tid - first.tid);
    };
    expect(lanes(HEAD_0)).toEqual([0, 1, 2, 3, 0, 4]);
    expect(lanes(HEAD_1)).toEqual([0, 1, 2, 3, 1, 4]);
  });

  it("shows the engine's phases one after the other, and the saw-tooth of the cache", () => {
    const { rows, slices } = traceEventsOf(trace);
    const phases = slices("engine: plain TypeScript").map(({ name, ts, dur }) => [name, ts, dur]);
    expect(phases.slice(0, 4)).toEqual([
      ["prefill", 0, 8000],
      ["read-back", 8000, 500],
      ["decode", 8500, 2000],
      ["read-back", 10_500, 500],
    ]);
    const lengths = rows.filter(({ ph }) => ph === "C").map(({ ts, args }) => [ts, args["slots"]]);
    expect(lengths).toEqual([
      [0, 3],
      [8500, 4],
      [11_000, 3],
      [11_000, 4],
      [13_500, 5],
    ]);
  });

  it("says at each event what each head evicted", () => {
    const { instants } = traceEventsOf(trace);
    expect(instants(HEAD_1)).toHaveLength(1);
    expect(instants(HEAD_1)[0]).toMatchObject({ name: "event 0: 1 of 4 evicted", ts: 11_000 });
    expect(instants(HEAD_1)[0].args["evicted"]).toEqual(["cat "]);
  });

  it("gives every step a millisecond when asked, and where the run was not timed", () => {
    const untimed: Trace = {
      ...trace,
      steps: trace.steps.map((step) => ({ ...step, timings: { computeMs: 0, eventMs: NaN, readBackMs: -1 } })),
    };
    for (const { plan, slices } of [traceEventsOf(trace, { clock: "steps" }), traceEventsOf(untimed)]) {
      expect(plan.clock).toBe("steps");
      expect(slices(HEAD_0).map(({ ts, dur }) => [ts, dur])).toEqual([
        [0, 2000],
        [0, 4000],
        [0, 4000],
        [1000, 3000],
        [2000, 2000],
        [3000, 1000],
      ]);
      expect(slices("engine: plain TypeScript").map(({ name }) => name)).toEqual([
        "prefill",
        "decode",
        "decode",
        "decode",
      ]);
    }
  });

  it("is valid and complete for runs of any shape, and of measured times of any size", { timeout: 30_000 }, () => {
    const times = fc.constantFrom(0, 1e-9, 0.0004, 0.37, 12.5, 1e12, NaN, Infinity, -3);
    const timed = (seed: number, ms: readonly number[]): Trace => {
      const random = drawRandomTrace(seed, { isRagged: seed % 2 === 1 });
      const at = (place: number) => ms[place % ms.length];
      const steps = random.steps.map((record) => ({
        ...record,
        text: record.step % 3 === 0 ? " \n" : record.text,
        timings: { computeMs: at(record.step), eventMs: at(record.step + 1), readBackMs: at(record.step + 2) },
      }));
      return { ...random, steps };
    };
    fc.assert(
      fc.property(fc.nat(1e6), fc.array(times, { minLength: 1 }), (seed, ms) => {
        const random = timed(seed, ms);
        const { rows, plan, slices } = traceEventsOf(random);
        const { model } = random.header;
        const headCount = headCountOf(model);
        const lived = lifetimes(random);
        const { positionCount } = lived;
        expect(plan).toMatchObject({ lifeCount: headCount * positionCount, leftOutCount: 0 });
        expect(rows.filter(({ ph }) => ph === "C")).toHaveLength(random.steps.length + random.events.length);
        for (let head = 0; head < headCount; head++) {
          const [layer, kvHead] = [layerOf(model, head), kvHeadOf(model, head)];
          const lives = slices(`layer ${layer}, KV head ${kvHead}`);
          expect(lives.map(({ args }) => args["evictedAtStep"] ?? Infinity)).toEqual(
            Array.from({ length: positionCount }, (_, position) => lived.evictedStep(layer, kvHead, position)),
          );
          expect(new Set(lives.map(({ tid }) => tid)).size).toBeLessThanOrEqual(
            Math.max(...random.steps.flatMap(({ lengths }) => [...lengths])),
          );
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe("a run that is larger than its file may be", () => {
  it("keeps whole heads, spread evenly, and counts those left out", () => {
    const plan = planTraceEvents(trace, { largestLifeCount: 6 });
    expect(plan).toMatchObject({ heads: [0], lifeCount: 6, leftOutCount: 1 });
    expect(planTraceEvents(trace, { heads: [1] })).toMatchObject({ heads: [1], leftOutCount: 0 });
    expect(traceEventsOf(trace, { largestLifeCount: 0 }).plan.heads).toEqual([0]);
  });

  it("refuses a head that is not there", () => {
    expect(() => planTraceEvents(trace, { heads: [2] })).toThrow(InputError);
  });

  it("becomes a blob of the same text, with pauses", async () => {
    const long = drawTrace(
      { prompt: "The cat sat", layerCount: 8, kvHeadCount: 8 },
      Array.from({ length: 120 }, (_, word) => `w${word}`).join("\n"),
    );
    const plan = planTraceEvents(long);
    let pauseCount = 0;
    const blob = await traceEventBlob(long, plan, () => {
      pauseCount++;
      return Promise.resolve();
    });
    expect(await blob.text()).toBe([...traceEventJson(long, plan)].join(""));
    expect(blob.type).toBe("application/json");
    expect(pauseCount).toBeLessThan(blob.size / 65_536 + 1);
  });

  it("is a valid file before the first step", () => {
    const { rows } = traceEventsOf({ ...trace, steps: [], events: [] });
    expect(rows.filter(({ ph }) => ph !== "M")).toEqual([]);
  });
});
