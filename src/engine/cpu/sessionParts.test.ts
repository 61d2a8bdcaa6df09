// The parts of a session that hold state: slots, query window, taps, prompt sums.
import { describe, expect, it } from "vitest";
import { headRow, joinRows } from "../../cache/headRows";
import { tinyConfig } from "../seededModel.testing";
import { createHeadTaps, createPromptSums, createTaps } from "./attentionSinks";
import { evenPools } from "../slotPools";
import { createKvStore, keepSlotsInPlace } from "./kvStore";
import { plainCodec } from "./plainKv";
import { createQueryRing, newestQueries, rememberQuery } from "./queryRing";

const config = { ...tinyConfig, layerCount: 1, headCount: 2, kvHeadCount: 2, headDim: 2 };

describe("kvStore", () => {
  it("moves the survivors of each head down, however many, and leaves them as they were", () => {
    const store = createKvStore(config, evenPools(config, 4), plainCodec);
    for (let slot = 0; slot < 4; slot++) {
      store.layers[0].storeToken({
        slots: Int32Array.of(slot, slot),
        keys: Float32Array.of(slot, 0.5, 10 + slot, 0.5),
        unrotatedKeys: null,
        values: Float32Array.of(-slot, 0, 0, slot),
        place: slot,
      });
    }
    keepSlotsInPlace(store, joinRows([Int32Array.of(0, 3), Int32Array.of(1, 2, 3)], Int32Array));
    expect(Array.from(store.layers[0].keys(0, 2))).toEqual([0, 0.5, 3, 0.5]);
    expect(Array.from(store.layers[0].keys(1, 3))).toEqual([11, 0.5, 12, 0.5, 13, 0.5]);
    expect(Array.from(store.layers[0].values(1, 3))).toEqual([0, 1, 0, 2, 0, 3]);
  });
});

describe("queryRing", () => {
  it("returns the newest queries per head, oldest first", () => {
    const ring = createQueryRing(config, 3);
    for (let position = 0; position < 5; position++) {
      rememberQuery(ring, 0, position, Float32Array.of(position, 0, 10 + position, 0));
    }
    const newest = (rowCount: number) => Array.from(newestQueries(ring, { layer: 0, newestPosition: 4, rowCount }));
    expect(newest(3)).toEqual([2, 0, 3, 0, 4, 0, 12, 0, 13, 0, 14, 0]);
    expect(newest(2)).toEqual([3, 0, 4, 0, 13, 0, 14, 0]);
    expect(() => newest(4)).toThrow("4 queries of a ring of 3");
  });
});

describe("taps", () => {
  it("quantises the highest probability of the group against the row's largest", () => {
    const taps = createTaps(2, 8);
    taps.record(0, [Float32Array.of(0.1, 0.5, 0.4), Float32Array.of(0.25, 0.25, 0.5)]);
    taps.record(1, [Float32Array.of(1, 0), Float32Array.of(0, 1)]);
    const { attention, attentionScale } = taps.quantise(Int32Array.of(3, 2), null);
    expect(Array.from(headRow(attention, 0))).toEqual([128, 255, 255]);
    expect(Array.from(headRow(attention, 1))).toEqual([255, 255]);
    expect(Array.from(attentionScale)).toEqual([0.5, 1]);
  });

  it("gives the rows of watched heads alone, and the scale of every head", () => {
    const taps = createTaps(2, 8);
    taps.record(0, [Float32Array.of(0.1, 0.5, 0.4)]);
    taps.record(1, [Float32Array.of(0.75, 0.25)]);
    const { attention, attentionScale } = taps.quantise(Int32Array.of(3, 2), [1]);
    expect([0, 1].map((head) => Array.from(headRow(attention, head)))).toEqual([[], [255, 85]]);
    expect(Array.from(attentionScale)).toEqual([0.5, 0.75]);
  });

  it("keeps each query head of a group by itself where that is asked for", () => {
    const taps = createHeadTaps(2, 2, 8);
    taps.record(0, [Float32Array.of(0.1, 0.5, 0.4), Float32Array.of(0.25, 0.25, 0.5)]);
    taps.record(1, [Float32Array.of(1, 0), Float32Array.of(0.2, 0.8)]);
    const { attention, attentionScale } = taps.quantise(Int32Array.of(3, 2), null);
    expect([0, 1, 2, 3].map((head) => Array.from(headRow(attention, head)))).toEqual([
      [51, 255, 204],
      [128, 128, 255],
      [255, 0],
      [64, 255],
    ]);
    expect(Array.from(attentionScale)).toEqual([0.5, 0.5, 1, 0.8].map(Math.fround));
  });
});

describe("promptSums", () => {
  const rows = [
    [Float32Array.of(1), Float32Array.of(1)],
    [Float32Array.of(0.25, 0.75), Float32Array.of(0.5, 0.5)],
  ];
  it.each([
    ["max", [1.5, 0.75]],
    ["mean", [1.375, 0.625]],
  ] as const)("adds the %s over the group for every prompt query", (pooling, expected) => {
    const sums = createPromptSums(1, 4, pooling);
    for (const groupRows of rows) sums.add(0, groupRows);
    expect(Array.from(sums.read(2).values)).toEqual(expected);
  });
});
