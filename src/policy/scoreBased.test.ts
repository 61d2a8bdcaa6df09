import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../lib/random";
import { drawCache, drawnView } from "./drawCache.testing";
import { baseParameters } from "./parameters";
import { computeScores, type Scores } from "./formula";
import { neededTerms, type PolicyParameters, type PolicyView, type TermName } from "./policy";
import { scoreBased } from "./scoreBased";

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

  it("ignores carried scores of slots that are no candidates", () => {
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

function round(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}

function rounded(values: Float32Array | undefined): number[] {
  return Array.from(values ?? [], round);
}
