import { describe, expect, it } from "vitest";
import { objectionToCombination } from "./combination";
import { drawCache, scoresOf, survivors } from "./drawCache.testing";
import { cur, keyDiff, keyNorm, lagKv, leverageScore, qFilter, valueNorm } from "./keyValueScores";
import { effectiveParameters } from "./policies";

describe("Knorm", () => {
  it("keeps the keys of smallest norm, and the newest token", () => {
    const cache = drawCache(`
      token    The  cat  sat  on   the  mat
      keyNorm  0.5  2.0  1.0  3.0  0.9  4.0`);
    expect(survivors(keyNorm, cache, { budgetSlots: 4 })).toEqual(["The", "sat", "the", "mat"]);
  });
});

describe("KeyDiff", () => {
  it("keeps the keys that point away from the others, and the newest token", () => {
    const cache = drawCache(`
      token      The   cat   sat   on    the   mat
      keyCosine  0.9  -0.5   0.8   0.1   0.7   0.9`);
    expect(survivors(keyDiff, cache, { budgetSlots: 4 })).toEqual(["cat", "on", "the", "mat"]);
  });
});

describe("LagKV", () => {
  const cache = drawCache(`
    token      The  cat  sat  on   the  mat  and  saw
    lagSpread  1    0.3  0.7  0.1  0.9  1    1    1`);
  const choices = { sinkSlots: 1, lagSlots: 2, budgetSlots: 6 };

  it("keeps the sinks, the last block and its tail, and the best of every other block", () => {
    expect(survivors(lagKv, cache, choices)).toEqual(["The", "sat", "the", "mat", "and", "saw"]);
    expect([...scoresOf(lagKv, cache, choices).total]).toEqual([1, 0, 0.5, 0, 0.5, 1, 1]);
  });

  it("lets blocks compete with cross scoring", () => {
    const kept = survivors(lagKv, cache, { ...choices, lagScore: "spread", budgetSlots: 5 });
    expect(kept).toEqual(["The", "the", "mat", "and", "saw"]);
  });
});

describe("CUR", () => {
  const cache = drawCache(`
    token      The  cat  sat  on  the  mat
    keyNorm    1    3    1    1   2    9
    valueNorm  1    1    2    2   1    9`);

  it("keeps sinks, and the largest share of a block", () => {
    const choices = { sinkSlots: 1, curBlockSlots: 3, curFrom: "key", budgetSlots: 4 } as const;
    // Squares 1 9 1 │ 1 4: shares 1/11 9/11 1/11 │ 1/5 4/5
    expect(survivors(cur, cache, choices)).toEqual(["The", "cat", "the", "mat"]);
    expect(scoresOf(cur, cache, choices).total[0]).toBe(Infinity);
  });

  it("multiplies or adds the shares of keys and values", () => {
    const choices = { sinkSlots: 0, curBlockSlots: 0, budgetSlots: 3 } as const;
    // k²·v²: 1 9 4 4 4; k² + v²: 2 10 5 5 5
    expect([...scoresOf(cur, cache, choices).total]).toEqual([1, 9, 4, 4, 4].map((x) => Math.fround(x / 22)));
    const mean = scoresOf(cur, cache, { ...choices, curFrom: "mean" }).total;
    expect([...mean]).toEqual([2, 10, 5, 5, 5].map((x) => Math.fround(x / 27)));
  });
});

it("keeps the keys of most leverage", () => {
  const cache = drawCache(`
    token     The  cat  sat  on   mat
    leverage  0.1  0.9  0.5  0.2  0`);
  expect(survivors(leverageScore, cache, { budgetSlots: 3 })).toEqual(["cat", "sat", "mat"]);
});

describe("Q-Filters", () => {
  it("keeps the keys against the filter", () => {
    const cache = drawCache(`
      token          The  cat   sat  on   mat
      filterProduct  0.1  -0.9  0.5  -2   0`);
    expect(survivors(qFilter, cache, { budgetSlots: 3 })).toEqual(["cat", "on", "mat"]);
  });

  it("is refused on a model without filters, in one sentence", () => {
    const model = { layerCount: 1, headCount: 1, roles: null };
    const refuse = (filters: Float32Array | null) =>
      objectionToCombination(qFilter, effectiveParameters(qFilter), { ...model, filters });
    expect(refuse(null)).toBe(
      "Q-Filters needs filters made from this model’s own queries, and there are none; choose another policy",
    );
    expect(refuse(new Float32Array(1))).toBeNull();
  });
});

it("pools value norms where they vary little, and keeps the sinks", () => {
  const even = drawCache(`
    token      The  cat  sat  on   the  mat  and  saw
    valueNorm  1    1    1.1  1    1    1    1    1`);
  const total = [...scoresOf(valueNorm, even, { sinkSlots: 1 }).total];
  expect(total[0]).toBe(Infinity);
  expect(total[3]).toBeCloseTo(7.1 / 7, 6);
  const uneven = drawCache(`
    token      The  cat  sat  on   the  mat  and  saw
    valueNorm  1    0    9    0    1    0    8    1`);
  expect(survivors(valueNorm, uneven, { sinkSlots: 1, budgetSlots: 4 })).toEqual(["The", "sat", "and", "saw"]);
});
