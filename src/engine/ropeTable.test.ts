import { describe, expect, it } from "vitest";
import type { RopeScaling } from "../model/ropeConfig";
import { createRopeTable, layerRopeTables, ropeInverseFrequencies, rotatesAlike } from "./ropeTable";

const base = { headDim: 8, ropeTheta: 10000, ropeScaling: null };

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

it("stretches by yarn as transformers 5.23 does", () => {
  const scaling = { type: "yarn", factor: 4, originalMaxPositions: 32_768, betaFast: 32, betaSlow: 1 } as const;
  const config = { headDim: 16, ropeTheta: 1_000_000, ropeScaling: { ...scaling, attentionFactor: 1.25 } };
  const found = ropeInverseFrequencies(config);
  const recorded = [
    1.0, 0.17782793939113617, 0.03162277862429619, 0.004217559937387705, 0.0005000000237487257, 4.4456985051510856e-5,
    7.905693564680405e-6, 1.405853367941745e-6,
  ];
  found.forEach((frequency, pair) => expect(frequency / recorded[pair]).toBeCloseTo(1, 6));
  expect(createRopeTable(config, 1).filter((_, at) => at % 2 === 0)).toEqual(new Float32Array(8).fill(1.25));
});

it("divides each frequency by its divisor", () => {
  const plain = { headDim: 8, ropeTheta: 10_000, ropeScaling: null };
  const divided = { ...plain, ropeScaling: { type: "divisors", divisors: [1, 1, 2, 8] } as const };
  const [frequencies, found] = [plain, divided].map(ropeInverseFrequencies);
  expect(Array.from(found)).toEqual(Array.from(frequencies, (each, pair) => each / [1, 1, 2, 8][pair]));
});

describe("layerRopeTables", () => {
  const slow = { ropeTheta: 1e6, ropeScaling: null };
  const fast = { ropeTheta: 1e4, ropeScaling: null };
  const layers = [slow, null, fast, { ...slow }].map((rope) => ({ rope, window: null }));
  const tables = layerRopeTables({ headDim: 4, layers }, 3);

  it("makes one table for all layers that rotate alike", () => {
    expect(tables[3]).toBe(tables[0]);
    expect(tables[0]).toEqual(createRopeTable({ headDim: 4, ...slow }, 3));
    expect(tables[2]).toEqual(createRopeTable({ headDim: 4, ...fast }, 3));
    expect([rotatesAlike({ layers }), rotatesAlike({ layers: [layers[0], layers[3]] })]).toEqual([false, true]);
  });

  it("turns nothing in a layer without RoPE", () => {
    expect(Array.from(tables[1])).toEqual([1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0]);
  });
});
