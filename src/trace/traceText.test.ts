// The text of a drawn run, as goldens hold it.
import { describe, expect, it } from "vitest";
import { drawTrace } from "./drawTrace.testing";
import { ranges, traceText } from "./traceText.testing";

describe("traceText", () => {
  it("writes tokens, lengths, survivors and digests", async () => {
    const trace = drawTrace(
      { prompt: "The cat sat" },
      `
      on
      the   evicts The | cat
      mat`,
    );
    await expect(traceText(trace)).toMatchFileSnapshot("traceText.golden.txt");
  });

  it("leaves out timings and adapter", () => {
    const trace = drawTrace({ prompt: "The cat" }, "sat");
    const [step] = trace.steps;
    const slower = { ...step, timings: { computeMs: 99, eventMs: 9, readBackMs: 9 } };
    const backend = { ...trace.header.backend, type: "gpu" as const, adapter: "other" };
    const other = { ...trace, header: { ...trace.header, backend }, steps: [slower] };
    expect(traceText(other)).toBe(traceText(trace));
  });
});

describe("ranges", () => {
  it("joins neighbours", () => {
    expect(ranges([0, 1, 2, 5, 7, 8])).toBe("0-2 5 7-8");
    expect(ranges([])).toBe("");
  });
});
