import { describe, expect, it } from "vitest";
import {
  camCandidates,
  logAverage,
  planHeadMerges,
  publicWeights,
  quantile,
  spreadPlan,
  type MergingHead,
} from "./merging";
import { baseParameters } from "./parameters";
import type { PolicyParameters } from "./policy";

const parameters = { ...baseParameters, intervalSteps: 16, seed: 3 };

/** Slots 0, 2, 4 stay; 1 lies near 0, 3 near nobody. */
const head: MergingHead = {
  survivors: [0, 2, 4],
  evicted: [1, 3],
  partners: [0, 1],
  cosines: [0.9, 0.5],
  logScores: [2, 1, 0.5, 0.3, 1],
  valueNorms: [1, 2, 1, 1, 1],
  votes: [2, 1, 1, 3, 1],
  logBias: [Math.log(2), 0, 0, Math.log(3), 0],
  querySquares: 4,
  headDim: 16,
  received: [1, 0.5, 2, 4, 1],
  total: [3, 1, 3, 2],
  drawKeys: [0, 0],
};

describe("planHeadMerges", () => {
  it("plans nothing without merging", () => {
    expect(planHeadMerges(head, parameters)).toBeNull();
  });

  it.each(["keepKv", "keepKvCode", "convex"] as const)(
    "merges by %s only with a partner above the threshold",
    (merging) => {
      const plan = planHeadMerges(head, { ...parameters, merging });
      expect(plan?.carriers).toEqual(Int32Array.of(0, -1));
      expect(plan?.pairs.map(({ target, source }) => [target, source])).toEqual([
        [0, 0],
        [0, 1],
      ]);
    },
  );

  it("counts the votes of those that were merged, and none of those that were dropped", () => {
    const votes = (merging: PolicyParameters["merging"]) => [
      ...(planHeadMerges(head, { ...parameters, merging })?.votes ?? []),
    ];
    expect([votes("keepKv"), votes("keepKvCode"), votes("convex"), votes("values")]).toEqual([
      [3, 1, 1],
      [3, 1, 1],
      [2, 1, 1],
      [2, 1, 1],
    ]);
    const dropped = 3;
    const seen = head.votes as number[];
    expect(votes("keepKv").reduce((sum, count) => sum + count, dropped)).toBe(seen.reduce((sum, count) => sum + count));
  });

  it("compares with the threshold as its source does: above it in the paper, at it in the code", () => {
    const at = { ...parameters, mergeThreshold: 0.9 };
    expect(planHeadMerges(head, { ...at, merging: "keepKv" })?.carriers[0]).toBe(-1);
    expect(planHeadMerges(head, { ...at, merging: "keepKvCode" })?.carriers[0]).toBe(0);
  });

  it("moves values alone by cosine and norm, and leaves the keys", () => {
    const plan = planHeadMerges(head, { ...parameters, merging: "values" });
    const weight = (0.9 * 2) / (2 + 1 + 1e-6);
    expect(plan?.pairs.map(({ keyWeight }) => keyWeight)).toEqual([1, 0]);
    expect(plan?.pairs[1].valueWeight).toBeCloseTo(weight / (1 + weight), 10);
    expect(
      planHeadMerges(head, { ...parameters, merging: "values", mergeThreshold: 0, mergeFraction: 0.5 })?.carriers,
    ).toEqual(Int32Array.of(0, -1));
  });

  it("draws what CaM merges by seed, event, head and slot", () => {
    const plan = (seed: number) => planHeadMerges(head, { ...parameters, seed, merging: "cam" });
    expect(plan(1)).toEqual(plan(1));
    const drawn = Array.from({ length: 40 }, (_, seed) => plan(seed)?.carriers[0] !== -1);
    expect(drawn).toContain(true);
    expect(drawn).toContain(false);
  });
});

describe("the public code's weights", () => {
  it("are numbers where every logit is far below 0", () => {
    const [first, second] = publicWeights({ votes: [1, 3], logScores: [-800, -900] }, [0, 1]);
    expect(second / first).toBeCloseTo(3, 10);
  });
});

describe("camCandidates", () => {
  it("takes the best of the evicted, and the survivors to their right", () => {
    expect(camCandidates(head, 1, 1)).toEqual([{ place: 1, targets: [2], probability: 1 }]);
    expect(camCandidates(head, 2, 2)[0]).toEqual({ place: 0, targets: [1, 2], probability: 0.5 / 1.5 });
  });

  it("spreads a drawn slot evenly over its targets", () => {
    const plan = spreadPlan(head, camCandidates(head, 2, 2), [true, false]);
    expect(plan.pairs.map(({ target, source, valueWeight }) => [target, source, valueWeight])).toEqual([
      [1, 2, 1],
      [1, 1, 0.5],
      [2, 4, 1],
      [2, 1, 0.5],
    ]);
  });
});

it("averages over the queries that could see a slot, a constant exactly", () => {
  expect(logAverage([0.7, 0.7, 0.7], 0.8)).toBeCloseTo(0.7, 12);
  expect(logAverage([5, 1], 0)).toBe(1); // the newest alone
  expect(logAverage([Math.log(2), Math.log(4)], 1)).toBeCloseTo(Math.log(3), 12);
});

it("interpolates a quantile between neighbours, not from one that is refused", () => {
  expect(quantile([1, 2, 3], 0.25)).toBe(1.5);
  expect(quantile([-Infinity, 1], 0.5)).toBe(-Infinity);
});
