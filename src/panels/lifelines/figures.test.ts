import * as fc from "fast-check";
import { expect, it } from "vitest";
import { headCountOf, kvHeadOf, layerOf } from "../../cache/headRows";
import { hashUniform } from "../../lib/random";
import { drawRandomTrace, drawTrace } from "../../trace/drawTrace.testing";
import { lifetimes } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import { evictionAges } from "./figures";

/** From the lives of all tokens, one by one. [age] */
function plainAges(trace: Trace, eventCount: number): readonly number[] {
  const lives = lifetimes(trace);
  const { model } = trace.header;
  const counts: number[] = [];
  for (let position = 0; position < lives.positionCount; position++) {
    for (let head = 0; head < headCountOf(model); head++) {
      const evictedAt = lives.evictedStep(layerOf(model, head), kvHeadOf(model, head), position);
      if (evictedAt > trace.events[eventCount - 1].step) continue;
      const age = evictedAt - lives.writtenStep(position);
      while (counts.length <= age) counts.push(0);
      counts[age]++;
    }
  }
  return counts;
}

it("counts the same ages after any walk through the events", () => {
  fc.assert(
    fc.property(fc.nat({ max: 60 }), fc.array(fc.nat(), { minLength: 1, maxLength: 8 }), (seed, walk) => {
      const trace = drawRandomTrace(seed);
      fc.pre(trace.events.length > 0);
      for (const asked of walk) {
        const eventCount = 1 + (asked % trace.events.length);
        const ages = evictionAges(trace, eventCount, trace.steps.length);
        expect(ages.map(({ count }) => count)).toEqual(plainAges(trace, eventCount));
      }
    }),
  );
});

it("counts the same ages in a run of more events than are remembered", () => {
  const trace = manyEvents(200);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: trace.events.length }), { minLength: 1, maxLength: 6 }), (walk) => {
      for (const eventCount of walk) {
        const ages = evictionAges(trace, eventCount, trace.steps.length);
        expect(ages.map(({ count }) => count)).toEqual(plainAges(trace, eventCount));
      }
    }),
  );
});

/** One head that evicts one token at every step, any of those before the window. */
function manyEvents(eventCount: number): Trace {
  const held = ["p0", "p1", "p2", "p3"];
  const lines = Array.from({ length: eventCount }, (_, step) => {
    if (step > 0) held.push(`w${step - 1}`);
    const [leaving] = held.splice(Math.floor(hashUniform(7, step) * (held.length - 1)), 1);
    return `w${step} evicts ${leaving}`;
  });
  return drawTrace({ prompt: "p0 p1 p2 p3", kvHeadCount: 1, windowSlots: 1 }, lines.join("\n"));
}
