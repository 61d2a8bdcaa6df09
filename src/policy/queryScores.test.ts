import { describe, expect, it } from "vitest";
import { drawCache, drawnView, scoresOf, survivors } from "./drawCache.testing";
import { scoreLayer } from "./columns";
import { effectiveParameters } from "./policies";
import {
  cap,
  compactor,
  expectedAttention,
  finch,
  h2oOfKvPress,
  nonCausalAttention,
  rKvOwn,
  snapKvOfKvPress,
  snapKvOfRKv,
  tova,
} from "./queryScores";

const budget = { budgetSlots: 3, windowSlots: 1 };

describe("TOVA", () => {
  it("keeps what the newest token attends to on the average of the layer's heads", () => {
    const drawn = [".5 .1 .1 .3 -", ".0 .4 .3 .3 -"].map((attention) =>
      drawCache(`
        token      The  cat  sat  on   the
        attention  ${attention}`),
    );
    const parameters = effectiveParameters(tova, budget);
    const views = drawn.map((cache, kvHead) => ({ ...drawnView(cache, parameters), kvHead }));
    const { heads } = scoreLayer(tova.formula(parameters), views, () => [3, 3]);
    for (const { total } of heads) {
      expect([...total].map((score) => score.toFixed(2))).toEqual(["0.25", "0.25", "0.20", "0.30"]);
    }
  });

  it("averages over those heads that hold the token", () => {
    const drawn = [
      drawCache(`
        token      The  cat  on   the
        position   0    1    3    4
        attention  .5   .1   .3   -`),
      drawCache(`
        token      The  sat  on   the
        position   0    2    3    4
        attention  .1   .8   .1   -`),
    ];
    const parameters = effectiveParameters(tova, budget);
    const views = drawn.map((cache, kvHead) => ({ ...drawnView(cache, parameters), kvHead }));
    const { heads } = scoreLayer(tova.formula(parameters), views, () => [3, 3]);
    expect(heads.map(({ total }) => [...total].map((score) => score.toFixed(1)))).toEqual([
      ["0.3", "0.1", "0.2"],
      ["0.3", "0.8", "0.2"],
    ]);
  });
});

const peaked = drawCache(`
  token               a   b   c   d   e   f   g
  attention           0   0   .9  0   0   .5  -
  candidateAttention  0   0   .9  0   0   .5  -
  redundancy          .1  .1  .1  .9  .1  .1  -`);

describe("the SnapKVs", () => {
  it("share the mean of their neighbours' attention in KVPress, so that ends count less", () => {
    const { total } = scoresOf(snapKvOfKvPress, peaked, { ...budget, poolingSlots: 3 });
    expect([...total].map((score) => score.toFixed(2))).toEqual(["0.00", "0.30", "0.30", "0.30", "0.17", "0.17"]);
  });

  it("take the highest of their neighbours' in R-KV's repository", () => {
    const { total } = scoresOf(snapKvOfRKv, peaked, { ...budget, poolingSlots: 3 });
    expect([...total].map((score) => score.toFixed(1))).toEqual(["0.0", "0.9", "0.9", "0.9", "0.5", "0.5"]);
  });
});

it("R-KV's own code drops a near-duplicate among the neighbours of what is attended to", () => {
  expect(survivors(rKvOwn, peaked, { ...budget, poolingSlots: 3, lambda: 0.5 })).toEqual(["b", "c", "g"]);
  expect(survivors(rKvOwn, peaked, { budgetSlots: 4, windowSlots: 1, poolingSlots: 3, lambda: 1 })).toEqual([
    "b",
    "c",
    "d",
    "g",
  ]);
});

describe("Expected Attention", () => {
  const cache = drawCache(`
    token                 The  cat  sat  on   the  mat
    expectedAttention     0    .10  .40  .20  .30  0
    logExpectedAttention  0    -2.3 -.9  -1.6 -1.2 0
    valueNorm             9    8    1    3    1    1`);

  it("keeps the sinks, and of the others what is expected to matter", () => {
    expect(survivors(expectedAttention, cache, { budgetSlots: 4, sinkSlots: 1 })).toEqual(["The", "cat", "on", "mat"]);
  });

  it("looks at attention alone where the value's norm is left out", () => {
    const choices = { budgetSlots: 4, sinkSlots: 1, hasValueNorm: false };
    expect(survivors(expectedAttention, cache, choices)).toEqual(["The", "sat", "the", "mat"]);
  });

  it("ranks by the logarithm what is too small for 32 bits, below all that is not", () => {
    const faint = drawCache(`
      token                 The  cat  sat  on    the   mat
      expectedAttention     1    0    0    1e-29 0     0
      logExpectedAttention  0    -200 -201 -66.8 -202  0
      valueNorm             1    1    4    1     .5    1`);
    const { total } = scoresOf(expectedAttention, faint, { budgetSlots: 4, sinkSlots: 0 });
    expect(total[3]).toBeCloseTo(1e-29, 35);
    const order = [...total.keys()].sort((left, right) => total[right] - total[left]);
    expect(order).toEqual([0, 3, 2, 1, 4]); // −201 + ln 4 is more than −200
    expect(Math.min(...total)).toBeGreaterThan(0);
  });

  it("lets the floor speak for a large value that nobody is expected to look at", () => {
    const { total } = scoresOf(expectedAttention, cache, { budgetSlots: 4, sinkSlots: 0, expectedFloor: 0.02 });
    expect([...total].map((score) => score.toFixed(2))).toEqual(["0.18", "0.96", "0.42", "0.66", "0.32"]);
  });
});

it("Cap keeps the sinks and the values that stand for themselves", () => {
  const cache = drawCache(`
    token          The  cat  sat  on   the  mat
    valueLeverage  0    .1   .7   .2   .3   0`);
  expect(survivors(cap, cache, { budgetSlots: 4, sinkSlots: 1 })).toEqual(["The", "sat", "the", "mat"]);
});

it("H2O as KVPress has it keeps what received most for every query that could see it", () => {
  const cache = drawCache(`
    token              The  cat  sat  on   the  mat
    observedAttention  .5   .1   .2   .3   .1   0`);
  expect(survivors(h2oOfKvPress, cache, { budgetSlots: 3 })).toEqual(["The", "on", "mat"]);
});

it("Finch keeps what the window attends to, later queries counting more", () => {
  const cache = drawCache(`
    token            The  cat  sat  on   the  mat
    placedAttention  4    1    2    3    0    0`);
  expect(survivors(finch, cache, { budgetSlots: 4, windowSlots: 2 })).toEqual(["The", "on", "the", "mat"]);
});

it("non-causal attention is worth its value, smoothed, and on the scale of the layer", () => {
  const cache = drawCache(`
    token           a  b  c  d  e
    chunkAttention  1  0  0  4  0
    valueNorm       3  1  1  3  1`);
  const { parts, total } = scoresOf(nonCausalAttention, cache, { budgetSlots: 3 });
  expect([...(parts.received ?? [])]).toEqual([3, 0, 0, 12]);
  expect([...(parts.smoothed ?? [])]).toEqual([1, 1, 4, 4]);
  const deviation = Math.sqrt((4 * 1.5 * 1.5) / 3);
  expect([...total]).toEqual([-1.5, -1.5, 1.5, 1.5].map((score) => Math.fround(score / deviation)));
});

it("Compactor keeps its sinks and blends leverage and attention, both on the scale of the tokens between sinks and window", () => {
  const cache = drawCache(`
    token           s  a   b  c   d  w
    leverage        0  4   0  0   4  0
    chunkAttention  0  0   9  0   0  0
    valueNorm       1  1   1  1   1  1`);
  const choices = { budgetSlots: 3, windowSlots: 1, sinkSlots: 1, blending: 1 };
  const { parts, total } = scoresOf(compactor, cache, choices);
  expect([...(parts.leverage ?? [])].map((score) => score.toFixed(2))).toEqual([
    "0.00",
    "0.87",
    "-0.87",
    "-0.87",
    "0.87",
  ]);
  expect([...(parts.attended ?? [])].map((score) => score.toFixed(2))).toEqual([
    "0.00",
    "0.50",
    "0.50",
    "0.50",
    "-1.50",
  ]);
  expect(total[0]).toBe(Infinity);
  expect(survivors(compactor, cache, choices)).toEqual(["s", "a", "w"]);
});
