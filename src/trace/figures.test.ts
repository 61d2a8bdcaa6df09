// Figures of a drawn run: 16 bytes a slot, 8 ms of prefill, 2 ms a decode step, half a millisecond of read-back each.
import { describe, expect, it } from "vitest";
import { drawTrace } from "./drawTrace.testing";
import { bytesInUseAfterSteps, generatedText, memoryFigures, retentionRatios, speedFigures } from "./figures";

const trace = drawTrace(
  { prompt: "The cat sat" },
  `
  on
  the   evicts The | cat
  mat`,
);

describe("memoryFigures", () => {
  it("counts what is in use, what is allocated, and what a full cache would hold", () => {
    expect(memoryFigures(trace, 2)).toEqual({
      bytesBudget: null,
      slotsInUse: 4,
      peakSlots: 4,
      bytesInUse: 4 * 16,
      bytesAllocated: 64 * 16,
      bytesFullCache: 5 * 16,
      retainedRatio: 4 / 5,
    });
  });

  it("counts packed slots and those kept as computed, each with its bytes", () => {
    const packing = { residualSlots: 1, blockSlots: 2, fullBytesPerSlot: 64 };
    const packed = { ...trace, header: { ...trace.header, memory: { ...trace.header.memory, packing } } };
    // Of 4 slots the newest stays as computed, and another fills no block.
    expect(memoryFigures(packed, 2)).toMatchObject({ bytesInUse: 2 * 16 + 2 * 64, bytesFullCache: 5 * 64 });
    expect(bytesInUseAfterSteps(packed)[2]).toBe(2 * 16 + 2 * 64);
  });

  it("holds latents to a cache of entries as computed", () => {
    const parameters = { ...trace.header.parameters, reading: "latents" };
    const latent = { ...trace, header: { ...trace.header, parameters } };
    const { layerCount, kvHeadCount, headDim } = trace.header.model;
    expect(memoryFigures(latent, 2)).toMatchObject({
      bytesInUse: 4 * 16,
      bytesFullCache: 5 * 8 * layerCount * kvHeadCount * headDim,
    });
  });

  it("remembers the peak that an event has cut", () => {
    expect(memoryFigures(trace, 1)).toMatchObject({ slotsInUse: 3, peakSlots: 4 });
  });

  it("is empty before the prefill", () => {
    expect(memoryFigures(trace, -1)).toMatchObject({ slotsInUse: 0, peakSlots: 0, bytesInUse: 0 });
  });
});

describe("speedFigures", () => {
  it("splits the time into prefill, decode, events and read-back", () => {
    const speed = speedFigures(trace, 2);
    expect(speed).toMatchObject({ prefillMs: 8, decodeMs: 4, eventMs: 0, readBackMs: 1.5 });
    expect(speed.prefillTokensPerSecond).toBe(375);
    expect(speed.decodeTokensPerSecond).toBe(500);
    expect(speed.overallTokensPerSecond).toBe(400);
    expect(speed.eventCount).toBe(1);
  });

  it("has no decode speed before a token was decoded", () => {
    expect(speedFigures(trace, 0).decodeTokensPerSecond).toBeNull();
    expect(speedFigures(trace, -1).prefillTokensPerSecond).toBeNull();
  });
});

describe("generatedText", () => {
  it("joins what was generated up to a step", () => {
    expect(generatedText(trace, 1)).toBe("on the ");
    expect(generatedText(trace, -1)).toBe("");
  });
});

describe("retentionRatios", () => {
  it("is the share of the text that is held, after the event of a step", () => {
    expect(retentionRatios(trace)).toEqual([1, 3 / 4, 4 / 5]);
  });

  it("goes on where a growing trace has grown", () => {
    const growing = { ...trace, steps: trace.steps.slice(0, 2) };
    expect(retentionRatios(growing)).toHaveLength(2);
    growing.steps.push(trace.steps[2]);
    expect(retentionRatios(growing)).toEqual([1, 3 / 4, 4 / 5]);
  });
});
