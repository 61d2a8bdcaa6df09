import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../lib/random";
import { drawCache, drawnView, scoresOf, survivors } from "./drawCache.testing";
import { baseParameters } from "./parameters";
import { computeScores, type Scores } from "./columns";
import { effectiveParameters } from "./policies";
import { neededTerms, type PolicyParameters, type PolicyView, type TermName } from "./policy";
import { gkv, h2o, rKv, scoreBased, snapKv } from "./scoreBased";

const cache = drawCache(`
  token       The  cat  sat  on   the  mat
  attention   .10  .40  .20  .05  .02  0
  shift       0    .01  .20  .10  .05  0
  redundancy  .50  .25  .10  .10  .05  0
  carried     .50  .25  .10  -    -    -`);
const oneWindow: PolicyParameters = { ...baseParameters, windowSlots: 1, alpha: 0.5 };

function scored(view: PolicyView, parameters: PolicyParameters): Scores {
  return computeScores(scoreBased(parameters), view);
}

function needs(parameters: PolicyParameters): readonly TermName[] {
  return neededTerms(scoreBased(parameters));
}

function globalOf(parameters: PolicyParameters): number[] {
  return rounded(scored(drawnView(cache, parameters), parameters).parts.global);
}

describe("the join with the carried score", () => {
  const bare = { ...oneWindow, isNormalised: false };

  it("is the larger one with max", () => {
    expect(globalOf({ ...bare, smoothing: "max" })).toEqual([0.25, 0.4, 0.2, 0.05, 0.02]);
  });

  it("is the weighted mean with mean, and the score itself where there is no history", () => {
    expect(globalOf({ ...bare, smoothing: "mean" })).toEqual([0.3, 0.325, 0.15, 0.05, 0.02]);
  });

  it("is the decayed sum with sum", () => {
    expect(globalOf({ ...bare, smoothing: "sum" })).toEqual([0.35, 0.525, 0.25, 0.05, 0.02]);
  });

  it("carries nothing with none", () => {
    const scores = scored(drawnView(cache, oneWindow), oneWindow);
    expect(scores.carry).toBeNull();
    expect(rounded(scores.total)).toEqual([0.1, 0.4, 0.2, 0.05, 0.02]);
  });

  it("ignores carried scores of slots that aren't candidates", () => {
    const parameters: PolicyParameters = { ...bare, smoothing: "sum" };
    const long: PolicyView = { ...drawnView(cache, parameters), carried: Float32Array.of(1, 1, 1, 1, 1, 9) };
    expect(rounded(scored(long, parameters).total)).toEqual([0.6, 0.9, 0.7, 0.55, 0.52]);
  });
});

it("adds the shift indicator before it normalises", () => {
  const parameters: PolicyParameters = { ...oneWindow, windowSlots: 2, shiftGamma: 2, smoothing: "max", alpha: 0 };
  expect(globalOf(parameters)).toEqual([0.1 / 0.6, 0.42 / 0.6, 1, 0.25 / 0.6].map(round));
});

it("pools over neighbouring slots and truncates at the ends", () => {
  const parameters: PolicyParameters = { ...oneWindow, poolingSlots: 3 };
  expect(rounded(scored(drawnView(cache, parameters), parameters).total)).toEqual([0.4, 0.4, 0.4, 0.2, 0.05]);
});

it("leaves redundancy unnormalised when no score is carried", () => {
  const parameters: PolicyParameters = { ...oneWindow, redundancy: "raw", lambda: 0.5 };
  expect(rounded(scored(drawnView(cache, parameters), parameters).total)).toEqual([-0.2, 0.075, 0.05, -0.025, -0.015]);
});

it("leaves scores that are all zero alone when it normalises", () => {
  const parameters: PolicyParameters = { ...oneWindow, smoothing: "max", alpha: 0 };
  const view = { ...drawnView(cache, parameters), terms: { windowAttention: new Float32Array(5) } };
  expect([...scored(view, parameters).total]).toEqual([0, 0, 0, 0, 0]);
});

it("needs only the terms that its parameters read", () => {
  expect(needs(baseParameters)).toEqual(["windowAttention"]);
  expect(needs({ ...baseParameters, shiftGamma: 200 })).toEqual(["windowAttention", "attentionShift"]);
  expect(needs({ ...baseParameters, shiftGamma: 200, windowSlots: 1 })).toEqual(["windowAttention"]);
  expect(needs({ ...baseParameters, redundancy: "kernel" })).toEqual(["windowAttention", "redundancy"]);
  expect(needs({ ...baseParameters, redundancy: "raw" })).toEqual(["windowAttention", "redundancyRaw"]);
  expect(needs({ ...baseParameters, smoothing: "sum", alpha: 1 })).toEqual(["windowAttention", "promptAttention"]);
});

it("refuses to score with a term that was not measured", () => {
  const view = { ...drawnView(cache, oneWindow), terms: {} };
  expect(() => scored(view, oneWindow)).toThrow("windowAttention was not measured");
});

it("keeps every global score within 0 and 1 for max and mean over any number of events", () => {
  const bounded = fc.property(
    fc.integer(),
    fc.constantFrom("max" as const, "mean" as const),
    fc.double({ min: 0, max: 1, noNaN: true }),
    (seed, smoothing, alpha) => {
      const parameters: PolicyParameters = { ...oneWindow, smoothing, alpha };
      const stream = randomStream(seed);
      let carried: Float32Array | null = null;
      for (let event = 0; event < 5; event++) {
        const terms = { windowAttention: Float32Array.from({ length: 5 }, () => stream.uniform()) };
        const { carry }: { carry: Float32Array | null } = scored(
          { ...drawnView(cache, parameters), terms, carried },
          parameters,
        );
        if (carry === null || carry.some((score) => score < 0 || score > 1 + 1e-6)) return false;
        carried = carry.slice(0, 3);
      }
      return true;
    },
  );
  fc.assert(bounded);
});

describe("G-KV", () => {
  const window2 = { windowSlots: 2, budgetSlots: 4 };

  it("keeps a token that mattered before over one that matters a little now", () => {
    const cache = drawCache(`
      token      The  cat  sat  on   the  mat
      attention  .01  .20  .02  .05  0    0
      carried    .90  .10  .02  -    -    -`);
    expect(survivors(gkv, cache, { ...window2, lambda: 1 })).toEqual(["The", "cat", "the", "mat"]);
  });

  it("evicts a token once its decayed score falls below the present ones", () => {
    const cache = drawCache(`
      token      The  cat  sat  on   the  mat
      attention  .01  .20  .02  .15  0    0
      carried    .90  .10  .02  -    -    -`);
    expect(survivors(gkv, cache, { ...window2, lambda: 1, alpha: 0.5 })).toEqual(["cat", "on", "the", "mat"]);
  });

  it("evicts the redundant one of two tokens with the same attention", () => {
    const cache = drawCache(`
      token       The  cat  cat  on   the  mat
      attention   .20  .10  .10  .01  0    0
      redundancy  .10  .40  .20  .10  0    0`);
    expect(survivors(gkv, cache, { ...window2, budgetSlots: 5 })).toEqual(["The", "cat", "on", "the", "mat"]);
    expect(survivors(gkv, cache, { ...window2, lambda: 1 })).toEqual(["The", "cat", "the", "mat"]);
  });

  it("divides attention and redundancy by their maximum and shows every part", () => {
    const cache = drawCache(`
      token       The  cat  sat  on
      attention   .20  .10  .05  0
      redundancy  .10  .40  .20  0
      carried     .50  1    -    -`);
    const { total, carry, parts } = scoresOf(gkv, cache, { windowSlots: 1, budgetSlots: 3 });
    expect(rounded(parts.local)).toEqual([1, 0.5, 0.25]);
    expect(rounded(parts.history)).toEqual([0.4, 0.8, NaN]);
    expect(rounded(parts.global)).toEqual([1, 0.8, 0.25]);
    expect(rounded(parts.redundancy)).toEqual([0.25, 1, 0.5]);
    expect(rounded(total)).toEqual([0.375, -0.1, -0.125]);
    expect(carry).toEqual(parts.global);
  });

  it("looks at the present alone when α is 0", () => {
    const cache = drawCache(`
      token      The  cat  sat  on   mat
      attention  .01  .20  .02  .05  0
      carried    .90  .10  .02  -    -`);
    const { parts } = scoresOf(gkv, cache, { windowSlots: 1, budgetSlots: 3, alpha: 0 });
    expect(parts.global).toEqual(parts.local);
    expect(parts.history).toBeUndefined();
  });

  it("is a running maximum when α is 1", () => {
    const cache = drawCache(`
      token      The  cat  sat  on
      attention  .10  .20  .02  0
      carried    .30  .90  -    -`);
    expect(rounded(scoresOf(gkv, cache, { windowSlots: 1, budgetSlots: 3, alpha: 1 }).carry)).toEqual([0.5, 1, 0.1]);
  });

  it("starts from the prompt's column sums only with sum and α of exactly 1", () => {
    const start = (smoothing: "max" | "sum", alpha: number) =>
      gkv.formula({ ...effectiveParameters(gkv), smoothing, alpha }).start;
    expect(start("sum", 1)).toBe("promptAttention");
    expect(start("sum", 0.8)).toBeNull();
    expect(start("max", 1)).toBeNull();
  });
});

describe("SnapKV", () => {
  const cache = drawCache(`
    token       a    b    c    d    e    f    g    h    i
    attention   .01  .02  .30  .02  .01  .05  .10  0    0
    redundancy  .3   .2   .2   .1   .1   .05  .05  0    0`);
  const choices = { windowSlots: 2, budgetSlots: 5 };

  it("keeps the neighbours of a token that draws attention", () => {
    expect(survivors(snapKv, cache, { ...choices, poolingSlots: 3 })).toEqual(["b", "c", "d", "h", "i"]);
  });

  it("keeps the best tokens alone without pooling", () => {
    expect(survivors(snapKv, cache, { ...choices, poolingSlots: 1 })).toEqual(["c", "f", "g", "h", "i"]);
  });

  it("gives ties on a pooling plateau to the lower slot", () => {
    expect(survivors(snapKv, cache, choices)).toEqual(["a", "b", "c", "h", "i"]);
  });

  it("scores like R-KV with λ of 1", () => {
    expect(scoresOf(snapKv, cache, choices).total).toEqual(scoresOf(rKv, cache, { ...choices, lambda: 1 }).total);
  });
});

describe("R-KV", () => {
  const cache = drawCache(`
    token       a    b    c    d    e    f
    attention   .30  .02  .01  .10  0    0
    redundancy  .60  .20  .10  .15  0    0`);
  const choices = { windowSlots: 2, budgetSlots: 4, poolingSlots: 1 };

  it("evicts a redundant token in spite of its attention", () => {
    expect(survivors(rKv, cache, choices)).toEqual(["c", "d", "e", "f"]);
  });

  it("lets attention decide when λ says so", () => {
    expect(survivors(rKv, cache, { ...choices, lambda: 0.95 })).toEqual(["a", "d", "e", "f"]);
  });
});

describe("H2O", () => {
  it("keeps the tokens that the newest query attends to most, and the newest", () => {
    const cache = drawCache(`
      token      The  cat  sat  on   the  mat
      attention  .30  .02  .25  .03  .05  .35`);
    expect(survivors(h2o, cache, { budgetSlots: 3 })).toEqual(["The", "sat", "mat"]);
  });

  it("adds the decayed past to the present", () => {
    const cache = drawCache(`
      token      The  cat  sat  on   the  mat
      attention  .30  .02  .25  .03  .15  .25
      carried    0    1    .2   -    -    -`);
    expect(survivors(h2o, cache, { budgetSlots: 3, alpha: 0.9 })).toEqual(["The", "sat", "mat"]);
    expect(survivors(h2o, cache, { budgetSlots: 4, alpha: 0.9 })).toEqual(["The", "cat", "sat", "mat"]);
  });

  it("keeps a window of one whatever window was chosen for others", () => {
    const cache = drawCache(`
      token      The  cat  sat  on   the  mat
      attention  .30  .02  .25  .03  .05  .35`);
    expect(survivors(h2o, cache, { budgetSlots: 3, windowSlots: 2 })).toEqual(["The", "sat", "mat"]);
  });
});

function round(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}

function rounded(values: Float32Array | null | undefined): number[] {
  return Array.from(values ?? [], round);
}
