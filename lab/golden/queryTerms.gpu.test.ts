// The families of src/engine/gpu/queryTerms.ts against the plain functions, at sizes just below, at and above a workgroup.
import { beforeAll, describe, expect, it } from "vitest";
import { relativeError, testDevice, testNumbers } from "../../src/engine/gpu/kernelHarness.testing";
import { createRopeTable } from "../../src/engine/ropeTable";
import type { CacheTermName } from "../../src/engine/terms/headTerms";
import { baseParameters } from "../../src/policy/parameters";
import type { PolicyParameters } from "../../src/policy/policy";
import { createGpuTermProbe } from "./gpuTermProbe";
import { cpuTermProbe, type ProbedLayer, type TermProbe } from "./termProbe";

const TOLERANCE = 2e-5;
let probe: TermProbe;

beforeAll(async () => {
  probe = createGpuTermProbe((await testDevice()).device);
});

interface Drawn {
  readonly lengthSlots: number;
  readonly windowSlots: number;
  readonly headDim?: number;
}

/** A cache that has lost tokens here and there, with a query for every position. */
function drawLayer({ lengthSlots, windowSlots, headDim = 12 }: Drawn, choices: Partial<PolicyParameters>): ProbedLayer {
  const shape = { headCount: 6, kvHeadCount: 2, headDim, lengthSlots, windowSlots, paddingSlots: 0 };
  const positions = Int32Array.from({ length: lengthSlots }, (_, slot) =>
    slot < lengthSlots - windowSlots ? 2 * slot : lengthSlots - windowSlots + slot,
  );
  const positionCount = positions[lengthSlots - 1] + 1;
  const config = { headDim, ropeTheta: 10000, ropeScaling: null };
  return {
    shape,
    keys: testNumbers(shape.kvHeadCount * lengthSlots * headDim, 1),
    values: testNumbers(shape.kvHeadCount * lengthSlots * headDim, 2),
    queries: testNumbers(shape.headCount * positionCount * headDim, 3).map((entry) => entry * 3),
    positions,
    outputWeight: new Float32Array(4),
    ropeTable: createRopeTable(config, positionCount + 40),
    parameters: { ...baseParameters, futureSteps: 33, sinkSlots: 3, attentionChunkSlots: 8, ...choices },
  };
}

async function errorOf(layer: ProbedLayer, term: CacheTermName): Promise<number> {
  const [found, expected] = await Promise.all([probe.terms(layer, [term]), cpuTermProbe.terms(layer, [term])]);
  const { lengthSlots, windowSlots } = layer.shape;
  const isCandidate = (_: number, at: number) => at % lengthSlots < lengthSlots - windowSlots;
  expect(Math.max(...expected[term].filter(isCandidate).map(Math.abs))).toBeGreaterThan(0);
  return relativeError(found[term].filter(isCandidate), expected[term].filter(isCandidate));
}

describe.each([
  { lengthSlots: 15, windowSlots: 3 },
  { lengthSlots: 16, windowSlots: 4 },
  { lengthSlots: 17, windowSlots: 5, headDim: 16 },
  { lengthSlots: 64, windowSlots: 1 },
  { lengthSlots: 67, windowSlots: 17 },
])("a window of $windowSlots in $lengthSlots slots", (size) => {
  it.each<[CacheTermName, string, Partial<PolicyParameters>]>([
    ["expectedAttention", "of all queries", { queryBuffer: 1000 }],
    ["expectedAttention", "of the newest queries", { queryBuffer: 9 }],
    ["expectedAttention", "of their mean alone", { queryBuffer: 9, hasCovariance: false }],
    ["logExpectedAttention", "of the newest queries", { queryBuffer: 9 }],
    ["valueLeverage", "of the newest queries", { queryBuffer: 9 }],
    ["chunkAttention", "with a short last chunk", { attentionChunkSlots: 5 }],
    ["chunkAttention", "in one chunk without sinks", { attentionChunkSlots: 256, sinkSlots: 0 }],
    ["candidateAttention", "joined by max", { groupPooling: "max" }],
    ["candidateAttention", "joined by mean", { groupPooling: "mean" }],
    ["placedAttention", "joined by mean", { groupPooling: "mean" }],
  ])("gives the %s of the twin, %s", async (term, _, choices) => {
    expect(await errorOf(drawLayer(size, choices), term)).toBeLessThan(TOLERANCE);
  });

  it.each(["instructionVotes", "instructionAttention"] as const)("gives the %s of the twin", async (term) => {
    const layer = drawLayer(size, {});
    const { lengthSlots, headCount, headDim } = layer.shape;
    const queries = testNumbers(headCount * lengthSlots * headDim, 3);
    const positions = Int32Array.from({ length: lengthSlots }, (__, slot) => slot);
    const instructions = [
      { start: 7, end: lengthSlots - 2 },
      { start: 2, end: 7 },
    ];
    const parameters = { ...layer.parameters, instructions };
    expect(await errorOf({ ...layer, queries, positions, parameters }, term)).toBeLessThan(TOLERANCE);
  });

  it("gives the logExpectedAttention of the twin where the attention itself is too small to hold", async () => {
    const drawn = drawLayer(size, { queryBuffer: 9 });
    const layer = { ...drawn, keys: drawn.keys.map((value) => 40 * value) };
    const { expectedAttention } = await cpuTermProbe.terms(layer, ["expectedAttention"]);
    expect(expectedAttention.some((value, slot) => slot % size.lengthSlots > 3 && value === 0)).toBe(true);
    expect(await errorOf(layer, "logExpectedAttention")).toBeLessThan(TOLERANCE);
  });

  it("gives the observedAttention of the twin", async () => {
    const layer = drawLayer(size, {});
    const { lengthSlots, headCount, headDim } = layer.shape;
    const queries = testNumbers(headCount * lengthSlots * headDim, 3);
    const positions = Int32Array.from({ length: lengthSlots }, (__, slot) => slot);
    expect(await errorOf({ ...layer, queries, positions }, "observedAttention")).toBeLessThan(TOLERANCE);
  });
});
