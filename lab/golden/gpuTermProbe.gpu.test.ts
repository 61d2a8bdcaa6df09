// The term kernels against their twins, and against the recorded cases of the reference implementation.
import { beforeAll, describe, expect, it } from "vitest";
import { relativeError, testDevice, testNumbers } from "../../src/engine/gpu/kernelHarness.testing";
import type { RawRetention } from "../../src/engine/terms/redundancy";
import { toleranceOf } from "./compare";
import { createGpuTermProbe } from "./gpuTermProbe";
import { runCase } from "./runCase";
import type { AttentionShape, ProbedKeys, ProbedWindow, TermProbe } from "./termProbe";
import { cpuTermProbe } from "./termProbe";

const TOLERANCE = 1e-5;
let probe: TermProbe;

beforeAll(async () => {
  probe = createGpuTermProbe((await testDevice()).device);
});

// Slots just below, at and above a workgroup: 16 invocations of one slot, or of four (61 … 65).
const sizes = [
  { lengthSlots: 15, windowSlots: 3 },
  { lengthSlots: 16, windowSlots: 4 },
  { lengthSlots: 17, windowSlots: 5 },
  { lengthSlots: 61, windowSlots: 1 },
  { lengthSlots: 64, windowSlots: 16 },
  { lengthSlots: 67, windowSlots: 17 },
];

function windowInput(
  size: { lengthSlots: number; windowSlots: number },
  changes: Partial<AttentionShape> = {},
): ProbedWindow {
  const shape = { headCount: 6, kvHeadCount: 2, headDim: 12, paddingSlots: 0, ...size, ...changes };
  return {
    shape,
    keys: testNumbers(shape.kvHeadCount * shape.lengthSlots * shape.headDim, 1),
    queries: testNumbers(shape.headCount * shape.windowSlots * shape.headDim, 2).map((entry) => entry * 3),
    groupPooling: "max",
  };
}

function keysInput(lengthSlots: number, paddingSlots: number): ProbedKeys {
  const kvHeadCount = 3;
  const headDim = 8; // few numbers, so that some keys are near-duplicates
  return { kvHeadCount, headDim, lengthSlots, paddingSlots, keys: testNumbers(kvHeadCount * lengthSlots * headDim, 3) };
}

describe.each(sizes)("a window of $windowSlots in $lengthSlots slots", (size) => {
  it.each(["max", "mean"] as const)("gives the attention of the twin, joined by %s", async (groupPooling) => {
    const input = { ...windowInput(size), groupPooling };
    expect(relativeError(await probe.windowAttention(input), await cpuTermProbe.windowAttention(input))).toBeLessThan(
      TOLERANCE,
    );
  });

  it("gives mean and deviation of the twin", async () => {
    const input = windowInput(size);
    const found = await probe.windowStatistics(input);
    const expected = await cpuTermProbe.windowStatistics(input);
    expect(relativeError(found.mean, expected.mean)).toBeLessThan(TOLERANCE);
    expect(relativeError(found.deviation, expected.deviation)).toBeLessThan(TOLERANCE);
  });

  it.each(["max", "mean"] as const)("gives the voting heads of the twin, joined by %s", async (groupPooling) => {
    const input = { ...windowInput(size), groupPooling };
    const expected = await cpuTermProbe.votingHeads(input);
    expect(new Set(expected)).toEqual(new Set([0, 1, 2]));
    expect(await probe.votingHeads(input)).toEqual(expected);
  });

  it("gives the column sums of the twin with a query for every slot", async () => {
    const input = windowInput({ ...size, windowSlots: size.lengthSlots });
    expect(relativeError(await probe.promptAttention(input), await cpuTermProbe.promptAttention(input))).toBeLessThan(
      TOLERANCE,
    );
  });
});

it("marks rows that may see no slot, and leaves padding out", async () => {
  const input = windowInput({ lengthSlots: 20, windowSlots: 20 }, { paddingSlots: 6 });
  expect(relativeError(await probe.windowAttention(input), await cpuTermProbe.windowAttention(input))).toBeLessThan(
    TOLERANCE,
  );
  expect(relativeError(await probe.promptAttention(input), await cpuTermProbe.promptAttention(input))).toBeLessThan(
    TOLERANCE,
  );
});

describe.each([
  [15, 0],
  [16, 0],
  [17, 3],
  [61, 0],
  [64, 5],
  [67, 0],
])("%i keys, %i of them padding", (lengthSlots, paddingSlots) => {
  const input = keysInput(lengthSlots, paddingSlots);

  it("have the lengths of the twin", async () => {
    expect(relativeError(await probe.keyNorm(input), await cpuTermProbe.keyNorm(input))).toBeLessThan(TOLERANCE);
  });

  it("have the redundancy of the twin", async () => {
    const found = await probe.redundancy(input);
    const expected = await cpuTermProbe.redundancy(input);
    expect(expected.excusedSlot.filter((slot) => slot >= 0).length).toBeGreaterThan(lengthSlots / 2);
    expect(found.excusedSlot).toEqual(expected.excusedSlot);
    expect(relativeError(found.meanCosine, expected.meanCosine)).toBeLessThan(TOLERANCE);
    expect(relativeError(found.softmax, expected.softmax)).toBeLessThan(TOLERANCE);
  });

  it.each<RawRetention>([
    { direction: "last", ratio: 0 },
    { direction: "first", ratio: 0 },
    { direction: "last_percent", ratio: 0.5 },
    { direction: "first_percent", ratio: 0.95 },
  ])("have the older redundancy of the twin, $direction", async (retention) => {
    const found = await probe.redundancyRaw(input, retention);
    expect(relativeError(found, await cpuTermProbe.redundancyRaw(input, retention))).toBeLessThan(TOLERANCE);
  });
});

describe("cases recorded from the reference", () => {
  const files = import.meta.glob<unknown>("../../fixtures/golden/*/*.json", { import: "default" });
  const names = Object.keys(files).filter((name) => !name.includes("/scene-"));

  it("are there", () => expect(names.length).toBeGreaterThanOrEqual(100));

  it.each(names)("%s", async (name) => {
    const json = await files[name]();
    const readBeside = (other: string) => files[name.replace(/[^/]+$/, `${other}.json`)]();
    const comparisons = await runCase(json, { probe, tolerance: toleranceOf.gpu, readBeside });
    expect(comparisons.filter(({ isEqual }) => !isEqual).map(({ field, detail }) => `${field}: ${detail}`)).toEqual([]);
  });
});
