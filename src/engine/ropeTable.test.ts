import { describe, expect, it } from "vitest";
import type { ModelConfig } from "../model/config";
import type { RopeScaling } from "../model/ropeConfig";
import { createRopeTable, ropeInverseFrequencies } from "./ropeTable";

const base: ModelConfig = {
  architecture: "llama",
  vocabularySize: 8,
  hiddenSize: 8,
  intermediateSize: 8,
  layerCount: 1,
  headCount: 1,
  kvHeadCount: 1,
  headDim: 8,
  rmsNormEpsilon: 1e-5,
  ropeTheta: 10000,
  ropeScaling: null,
  maxPositions: 64,
  hasQkvBias: false,
  hasQkNorm: false,
  isTied: true,
  stopTokens: [],
};

const llama3: RopeScaling = {
  type: "llama3",
  factor: 8,
  lowFrequencyFactor: 1,
  highFrequencyFactor: 4,
  originalMaxPositions: 1024,
};

describe("ropeInverseFrequencies", () => {
  it("falls geometrically from one radian per position", () => {
    expect(Array.from(ropeInverseFrequencies(base))).toEqual([1, 0.1, 0.01, 0.001].map(Math.fround));
  });

  it("divides every frequency by the factor of linear scaling", () => {
    const scaled = ropeInverseFrequencies({ ...base, ropeScaling: { type: "linear", factor: 4 } });
    expect(Array.from(scaled)).toEqual([0.25, 0.025, 0.0025, 0.00025].map(Math.fround));
  });

  it("stretches only the waves that are long against the original context under llama3 scaling", () => {
    // Turns within 1024 positions: 163, 16.3, 1.63, 0.163. The third lies between 1 and 4 and is blended.
    const scaled = ropeInverseFrequencies({ ...base, ropeScaling: llama3 });
    const smooth = ((1024 * 0.01) / (2 * Math.PI) - 1) / 3;
    expect(scaled[0]).toBe(1);
    expect(scaled[1]).toBe(Math.fround(0.1));
    expect(scaled[2]).toBeCloseTo(((1 - smooth) * 0.01) / 8 + smooth * 0.01, 8);
    expect(scaled[3]).toBe(Math.fround(0.001 / 8));
  });
});

describe("createRopeTable", () => {
  it("holds cosine and sine of position times frequency", () => {
    const table = createRopeTable(base, 4); // [position][pair][cosine, sine]
    expect(Array.from(table.subarray(0, 8))).toEqual([1, 0, 1, 0, 1, 0, 1, 0]);
    expect(table[(3 * 4 + 1) * 2]).toBeCloseTo(Math.cos(0.3), 6);
    expect(table[(3 * 4 + 1) * 2 + 1]).toBeCloseTo(Math.sin(0.3), 6);
  });
});
