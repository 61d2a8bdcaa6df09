// The builder takes steps in order and refuses what could not have happened.
import { describe, expect, it } from "vitest";
import { drawTrace } from "./drawTrace.testing";
import { createTraceBuilder } from "./traceBuilder";

const drawn = drawTrace(
  { prompt: "The cat sat" },
  `
  on
  the   evicts The | cat
  mat`,
);

describe("createTraceBuilder", () => {
  it("hands out one trace that grows", () => {
    const builder = createTraceBuilder(drawn.header);
    const { trace } = builder;
    builder.append(drawn.steps[0], null);
    builder.append(drawn.steps[1], drawn.events[0]);
    expect(trace.steps).toEqual(drawn.steps.slice(0, 2));
    expect(trace.events).toEqual(drawn.events);
    expect(builder.trace).toBe(trace);
  });

  it("refuses a step out of order", () => {
    const builder = createTraceBuilder(drawn.header);
    expect(() => builder.append(drawn.steps[1], null)).toThrow("step 1 follows 0 steps");
  });

  it("refuses a length that does not follow from the step before", () => {
    const builder = createTraceBuilder(drawn.header);
    builder.append(drawn.steps[0], null);
    builder.append(drawn.steps[1], null);
    expect(() => builder.append(drawn.steps[2], null)).toThrow("saw 4 slots, expected 5");
  });

  it("refuses an eviction of another step", () => {
    const builder = createTraceBuilder(drawn.header);
    expect(() => builder.append(drawn.steps[0], drawn.events[0])).toThrow("does not belong");
  });

  it("reopens when a run is continued after its end", () => {
    const builder = createTraceBuilder(drawn.header);
    builder.append(drawn.steps[0], null);
    builder.finish("length");
    expect(builder.trace.end).toBe("length");
    builder.append(drawn.steps[1], null);
    expect(builder.trace.end).toBeNull();
  });

  it("refuses to end twice", () => {
    const builder = createTraceBuilder(drawn.header);
    builder.finish("stopped");
    expect(() => builder.finish("length")).toThrow("ended already");
  });
});
