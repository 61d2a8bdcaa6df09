import { describe, expect, it } from "vitest";
import { headCountOf, headRow } from "../cache/headRows";
import { drawRandomTrace, drawTrace } from "./drawTrace.testing";
import {
  isCompared,
  klByStep,
  evictedCountAt,
  lostAttentionByStep,
  comparisonSummary,
  regretByPosition,
} from "./fullCacheComparison";
import { cacheSeenByStep } from "./replay";
import type { Trace } from "./trace";

const run = { prompt: "The cat sat", isCompared: true };
const picture = `
  on
  the   evicts The | cat
  mat
  now   evicts cat | The
  and`;
const trace = drawTrace(run, picture);
const plain = drawTrace({ ...run, isCompared: false }, picture);

/** Positions missing from a head while a step reads the cache. */
function missing(of: Trace, step: number, head: number): number[] {
  const held = new Set(headRow(cacheSeenByStep(of, step), head));
  const written = of.header.promptTokens.length + step;
  return Array.from({ length: written }, (_, position) => position).filter((position) => !held.has(position));
}

/** What the definition says, step by step and without memory. */
function plainRegret(of: Trace, step: number): number[] {
  const sums = Array.from({ length: of.header.promptTokens.length + step + 1 }, () => 0);
  for (let past = 0; past <= step; past++) {
    const heads = Array.from({ length: headCountOf(of.header.model) }, (_, head) => missing(of, past, head));
    const evicted = [...new Set(heads.flat())].sort((left, right) => left - right);
    evicted.forEach((position, place) => (sums[position] += of.steps[past].comparison?.regret[place] ?? NaN));
  }
  return sums;
}

describe("a compared run", () => {
  it("gives the divergence and the lost attention step by step", () => {
    expect(Array.from(klByStep(trace, 4))).toEqual(trace.steps.slice(0, 4).map(({ comparison }) => comparison?.klNats));
    const [, , third] = lostAttentionByStep(trace, 3);
    const [first, second] = trace.steps[2].comparison?.lostAttention ?? [];
    expect(third).toBe((first + second) / 2);
  });

  it("adds up regret from the step on which a position was first missing", () => {
    const regret = (step: number): number[] => Array.from(regretByPosition(trace, step));
    const at = (step: number): ArrayLike<number> => trace.steps[step].comparison?.regret ?? [];
    expect(regret(-1)).toEqual([0, 0, 0]);
    expect(regret(1)).toEqual([0, 0, 0, 0, 0]);
    expect(regret(2)).toEqual([at(2)[0], at(2)[1], 0, 0, 0, 0]);
    expect(regret(3)).toEqual([at(2)[0] + at(3)[0], at(2)[1] + at(3)[1], 0, 0, 0, 0, 0]);
    // Back again: what was asked later changes nothing.
    expect(regret(2)).toEqual([at(2)[0], at(2)[1], 0, 0, 0, 0]);
  });

  it("has a regret for every position that some head no longer sees", () => {
    expect([0, 1, 2, 3, 4].map((step) => evictedCountAt(trace, step))).toEqual([0, 0, 2, 2, 2]);
  });

  it("is summed up by its means and its first disagreement", () => {
    expect(comparisonSummary(trace, 5)).toMatchObject({ stepCount: 5, agreedShare: 4 / 5, firstDisagreement: 2 });
    expect(comparisonSummary(trace, 2)).toMatchObject({ agreedShare: 1, firstDisagreement: null });
    expect(comparisonSummary(trace, 1)?.meanKlNats).toBe(trace.steps[0].comparison?.klNats);
    expect(comparisonSummary(trace, 0)).toBeNull();
  });

  it("is read alike while it grows", () => {
    const steps = [...trace.steps];
    const growing: Trace = { ...trace, steps: steps.slice(0, 1), events: [] };
    const [event, later] = trace.events;
    for (let step = 1; step < 5; step++) {
      (growing.steps as unknown[]).push(steps[step]);
      if (step === event.step) (growing.events as unknown[]).push(event);
      if (step === later.step) (growing.events as unknown[]).push(later);
      expect(regretByPosition(growing, step)).toEqual(regretByPosition(trace, step));
      expect(lostAttentionByStep(growing, step)).toEqual(lostAttentionByStep(trace, step));
    }
  });
});

it("gives the plain sum of regret for any run, at steps in any order, and far beyond a checkpoint", () => {
  const long = drawTrace(
    run,
    Array.from(
      { length: 150 },
      (_, step) => `w${step}${step % 7 === 3 ? ` evicts w${step - 3} | w${step - 2}` : ""}`,
    ).join("\n"),
  );
  for (const step of [149, 0, 63, 64, 65, 127, 128, 20]) {
    expect(Array.from(regretByPosition(long, step)), `step ${step}`).toEqual(plainRegret(long, step));
  }
  for (let seed = 0; seed < 40; seed++) {
    const random = drawRandomTrace(seed, { isRagged: seed % 2 === 1 });
    if (!isCompared(random)) continue;
    const step = random.steps.length - 1;
    expect(Array.from(regretByPosition(random, step))).toEqual(plainRegret(random, step));
  }
});

it("says of a run that was not compared that nothing is known", () => {
  expect(isCompared(plain)).toBe(false);
  expect(comparisonSummary(plain, 5)).toBeNull();
  expect(Array.from(klByStep(plain, 2))).toEqual([NaN, NaN]);
  expect(Array.from(lostAttentionByStep(plain, 1))).toEqual([NaN]);
  expect(Array.from(regretByPosition(plain, 0))).toEqual([NaN, NaN, NaN, NaN]);
});
