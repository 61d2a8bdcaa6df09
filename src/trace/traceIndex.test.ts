// The index built in pieces against the one built at once.
import { expect, it } from "vitest";
import { drawRandomTrace } from "./drawTrace.testing";
import { prepareIndex, traceIndex } from "./traceIndex";

it("is the same in pieces, also where a part of it was there", async () => {
  for (let seed = 0; seed < 20; seed++) {
    const trace = drawRandomTrace(seed);
    await prepareIndex(trace, () => Promise.resolve());
    await prepareIndex(trace, () => Promise.resolve());
    const prepared = traceIndex(trace);
    const whole = traceIndex(drawRandomTrace(seed));
    const positionCount = trace.header.promptTokens.length + trace.steps.length;
    const evicted = ({ evictedSteps, headCount }: typeof whole) => evictedSteps.slice(0, positionCount * headCount);
    expect(evicted(prepared)).toEqual(evicted(whole));
    expect(prepared.heldCounts).toEqual(whole.heldCounts);
    expect(prepared.peakSlots).toEqual(whole.peakSlots);
    expect(prepared.eventCount).toBe(trace.events.length);
  }
});
