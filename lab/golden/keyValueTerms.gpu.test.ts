// The families of src/engine/gpu/keyValueTerms.ts against the plain functions, at sizes just below, at and above a workgroup.
import { beforeAll, describe, expect, it } from "vitest";
import { relativeError, testDevice, testNumbers } from "../../src/engine/gpu/kernelHarness.testing";
import { createRopeTable } from "../../src/engine/ropeTable";
import type { CacheTermName } from "../../src/engine/terms/headTerms";
import { drawnMatrices } from "../../src/engine/terms/termMatrices";
import { baseParameters } from "../../src/policy/parameters";
import type { PolicyParameters } from "../../src/policy/policy";
import { createGpuTermProbe } from "./gpuTermProbe";
import { cpuTermProbe, type ProbedLayer, type TermProbe } from "./termProbe";

const TOLERANCE = 1e-5;
let probe: TermProbe;

beforeAll(async () => {
  probe = createGpuTermProbe((await testDevice()).device);
});

/** A cache that has lost every other token. */
function drawLayer(lengthSlots: number, windowSlots: number, choices: Partial<PolicyParameters> = {}): ProbedLayer {
  const shape = { headCount: 6, kvHeadCount: 2, headDim: 12, lengthSlots, windowSlots, paddingSlots: 0 };
  const { headCount, kvHeadCount, headDim } = shape;
  const rope = { headDim, ropeTheta: 10000, ropeScaling: null };
  const keyCount = kvHeadCount * lengthSlots * headDim;
  return {
    shape,
    keys: testNumbers(keyCount, 1),
    values: testNumbers(keyCount, 2),
    queries: testNumbers(headCount * windowSlots * headDim, 3),
    positions: Int32Array.from({ length: lengthSlots }, (_, slot) => 2 * slot),
    outputWeight: testNumbers(20 * headCount * headDim, 4),
    ropeTable: createRopeTable(rope, 2 * lengthSlots),
    parameters: { ...baseParameters, ...choices },
    matrices: drawnMatrices(7, shape, testNumbers(kvHeadCount * headDim, 5)),
  };
}

async function errorOf(layer: ProbedLayer, term: CacheTermName): Promise<number> {
  const [found, expected] = await Promise.all([probe.terms(layer, [term]), cpuTermProbe.terms(layer, [term])]);
  const { lengthSlots, windowSlots } = layer.shape;
  const isCandidate = (_: number, at: number) => at % lengthSlots < lengthSlots - windowSlots;
  const candidates = expected[term].filter(isCandidate);
  expect(new Set(candidates).size).toBeGreaterThan(5);
  return relativeError(found[term].filter(isCandidate), candidates);
}

describe.each([
  [15, 3],
  [16, 1],
  [17, 5],
  [64, 1],
  [67, 17],
])("%i slots, %i of them the window", (lengthSlots, windowSlots) => {
  it.each<[CacheTermName, string, Partial<PolicyParameters>]>([
    ["valueNorm", "", {}],
    ["keyCosine", "", {}],
    ["projectedValueNorm", "", {}],
    ["keySketchNorm", "", {}],
    ["valueSketchNorm", "", {}],
    ["filterProduct", "", {}],
    ["lagSpread", "in blocks of 4", { lagSlots: 4, sinkSlots: 3 }],
    ["lagSpread", "with too few slots for blocks", { lagSlots: 40, sinkSlots: 3 }],
    ["leverage", "of every candidate", { sketchColumns: 5, sinkSlots: 0 }],
    ["leverage", "behind sinks", { sketchColumns: 3, sinkSlots: 2 }],
  ])("have the %s of the twin %s", async (term, _, choices) => {
    expect(await errorOf(drawLayer(lengthSlots, windowSlots, choices), term)).toBeLessThan(TOLERANCE);
  });
});

it("measure the leverage of more columns than a key has numbers", async () => {
  // Nearly singular: only the jitter keeps it from failing, and float32 has few digits left.
  expect(await errorOf(drawLayer(67, 1, { sketchColumns: 40, sinkSlots: 0 }), "leverage")).toBeLessThan(5e-3);
});

it("measure a channel that never changes as 0", async () => {
  const layer = drawLayer(40, 1, { lagSlots: 4, sinkSlots: 0 });
  const keys = layer.keys.map((entry, at) => (at % 12 === 5 ? 2 : entry));
  expect(await errorOf({ ...layer, keys }, "lagSpread")).toBeLessThan(TOLERANCE);
});

describe.each([
  [1, 5, 15],
  [2, 7, 30],
  [3, 5, 64],
])("%i newest frames of %i tokens behind %i slots", (recentFrames, frameTokens, pastSlots) => {
  it("have the temporal redundancy of the plain function", async () => {
    const lengthSlots = pastSlots + recentFrames * frameTokens;
    // Each head has lost others: survivors at any patch, a few slots of no frame.
    const patches = Int32Array.from({ length: 2 * lengthSlots }, (_, at) => {
      const slot = at % lengthSlots;
      if (slot >= pastSlots) return (slot - pastSlots) % frameTokens;
      return slot < 3 ? -1 : (slot * 3 + Math.floor(at / lengthSlots)) % frameTokens;
    });
    const keys = testNumbers(2 * lengthSlots * 12, 6);
    const frames = { kvHeadCount: 2, headDim: 12, lengthSlots, keys, patches, frameTokens, recentFrames };
    const expected = await cpuTermProbe.temporalRedundancy(frames);
    expect(new Set(expected).size).toBeGreaterThan(2 * (pastSlots - 4));
    expect(relativeError(await probe.temporalRedundancy(frames), expected)).toBeLessThan(TOLERANCE);
  });
});
