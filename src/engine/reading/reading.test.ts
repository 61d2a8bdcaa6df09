import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { watchedReads } from "../cpu/exactReads";
import { plainCodec } from "../cpu/plainKv";
import { fromLatent, leadingBasis, toLatent } from "./latents";
import { measureReads } from "./measureReads";
import { jointQuery, latentQueries, latentScores, meanQueries, selectSlots } from "./selectSlots";

const rule = { topSlots: 2, sinkSlots: 1, recentSlots: 1 };

describe("the slots that a query reads", () => {
  it("are the sinks, the newest and the highest scores of the rest, in order", () => {
    const scores = Float32Array.of(-9, 1, 5, 2, 4, -9);
    expect([...selectSlots(scores, rule)]).toEqual([0, 2, 4, 5]);
  });

  it("are the older of equal scores", () => {
    expect([...selectSlots(Float32Array.of(0, 3, 3, 3, 0), rule)]).toEqual([0, 1, 2, 4]);
  });

  it("are all where the rule has room for all, ascending and never too many", () => {
    const scoreList = fc.array(fc.float({ noNaN: true, min: -100, max: 100 }), { minLength: 1, maxLength: 40 });
    const small = fc.integer({ min: 0, max: 12 });
    fc.assert(
      fc.property(scoreList, small, small, small, (scores, topSlots, sinkSlots, recentSlots) => {
        const slots = [...selectSlots(Float32Array.from(scores), { topSlots, sinkSlots, recentSlots })];
        expect(slots).toEqual([...new Set(slots)].sort((left, right) => left - right));
        expect(slots.length).toBe(Math.min(scores.length, topSlots + sinkSlots + recentSlots));
      }),
    );
  });
});

describe("latents", () => {
  // Two heads of two dimensions; the directions are those of a turned cross.
  const half = Math.SQRT1_2;
  const directions = Float32Array.of(half, 0, half, 0, 0, half, 0, half, half, 0, -half, 0, 0, half, 0, -half);
  const keys = Float32Array.of(1, 2, 3, 4);

  it("give back the keys where all coordinates are kept, and the nearest where not", () => {
    const latent = new Float32Array(4);
    const headKeys = new Float32Array(2);
    toLatent(leadingBasis(directions, 4, 4), keys, latent);
    fromLatent(leadingBasis(directions, 4, 4), latent, 1, headKeys);
    expect([...headKeys].map((value) => Number(value.toFixed(5)))).toEqual([3, 4]);
    fromLatent(leadingBasis(directions, 4, 2), latent, 1, headKeys);
    expect([...headKeys].map((value) => Number(value.toFixed(5)))).toEqual([2, 3]);
  });

  it("score a slot by the product of its keys with the group's mean query, before RoPE", () => {
    const basis = leadingBasis(directions, 4, 4);
    const latent = new Float32Array(4);
    toLatent(basis, keys, latent);
    // Four query heads, two of each KV head.
    const means = meanQueries(Float32Array.of(1, 0, 3, 0, 0, 1, 0, 1), 2, 2);
    expect([...means]).toEqual([2, 0, 0, 1]);
    const joint = jointQuery(latentQueries(basis, means, 2, 4), 2);
    expect(latentScores(latent, 4, joint)[0]).toBeCloseTo(2 * 1 + 1 * 4, 5);
    const [first] = latentScores(latent, 4, latentQueries(basis, means, 2, 4).subarray(0, 4));
    expect(first).toBeCloseTo(2, 5);
  });
});

describe("what a selection found", () => {
  // Two KV heads of two query heads each, six slots; slots 0 and 5 are always read.
  const weights = [
    [0.1, 0.6, 0.1, 0.1, 0.1, 0],
    [0.1, 0.1, 0.5, 0.1, 0.1, 0.1],
    [0.2, 0, 0, 0.4, 0.2, 0.2],
    [0.2, 0, 0, 0.4, 0.2, 0.2],
  ].map((row) => Float32Array.from(row));
  const read = [Int32Array.of(0, 1, 3, 5), Int32Array.of(0, 1, 3, 5)];

  it("is counted for each KV head that selects by itself", () => {
    const { recall, attention } = measureReads(weights, read, { ...rule, chosenBy: "head" });
    // Head 0 would choose slots 1 and 2, head 1 slots 3 and 4.
    expect([...recall]).toEqual([0.5, 0.5]);
    expect(attention[0]).toBeCloseTo((0.8 + 0.4) / 2);
    expect(attention[1]).toBeCloseTo(0.8);
  });

  it("is counted for all heads that select together", () => {
    // Together: slot 1 has 0.7, slot 2 0.6, slot 3 1, slot 4 0.6.
    expect([...measureReads(weights, read, { ...rule, chosenBy: "layer" }).recall]).toEqual([1, 1]);
  });

  it("is everything where nothing is left to choose", () => {
    const { recall } = measureReads(weights, read, { ...rule, sinkSlots: 5, chosenBy: "head" });
    expect([...recall]).toEqual([1, 1]);
  });

  it("is measured by the keys of the slots that are left after an event", () => {
    const shape = { layer: 0, kvHeadCount: 2, headDim: 4, slotCount: 16 };
    const layer = plainCodec.createLayer(shape);
    const chosen = [Int32Array.of(0, 2), Int32Array.of(0, 2)];
    const watched = watchedReads({ ...layer, rooms: layer.rooms, chooseReads: () => chosen }, shape, {
      ...{ scoreRank: 1, topSlots: 1, sinkSlots: 1, recentSlots: 1, chosenBy: "layer" },
    });
    const keyOf = (token: number) => Float32Array.from({ length: 8 }, (_, dim) => Math.sin(token * 8 + dim));
    const store = (token: number, slot: number) =>
      watched.storeToken({
        ...{ slots: Int32Array.of(slot, slot), keys: keyOf(token), unrotatedKeys: null },
        ...{ values: new Float32Array(8), place: token },
      });
    for (let token = 0; token < 5; token++) store(token, token);
    watched.keepSlots([Int32Array.of(0, 3), Int32Array.of(0, 3)], null);
    store(5, 2);
    const query = Float32Array.of(1, 2, 3, 4, 4, 3, 2, 1);
    watched.chooseReads?.(query);
    const found = watched.measureReads?.(query);
    [0, 1].forEach((kvHead) => {
      const logits = [0, 3, 5].map((token) => {
        const key = keyOf(token).subarray(kvHead * 4, kvHead * 4 + 4);
        return Math.exp(key.reduce((sum, part, dim) => sum + part * query[kvHead * 4 + dim], 0) / 2);
      });
      expect(found?.attention[kvHead]).toBeCloseTo((logits[0] + logits[2]) / (logits[0] + logits[1] + logits[2]), 5);
    });
    expect([...(found?.recall ?? [])]).toEqual([0, 0]);
  });
});
