import { describe, expect, it } from "vitest";
import { choicesOfLane, noLaneComparison, settingsOfLanes, withLaneChoice, withoutLaneChoice } from "./lanes";

const first = { policyId: "snapKv", problem: "diary-6x34-1", budgetSlots: 64, poolingSlots: 9, seed: 3 } as const;

describe("another lane than the first", () => {
  it("takes the problem, the budget and the seed of the first, and none of what decides who is evicted", () => {
    const { settings } = settingsOfLanes(first, { others: [{ policyId: "gkv" }], isForced: false })[1];
    expect(settings).toMatchObject({ policyId: "gkv", problem: "diary-6x34-1", budgetSlots: 64, seed: 3 });
    expect(settings.poolingSlots).toBe(1);
  });

  it("has a budget of its own once that is unlocked, even one that happens to be the default", () => {
    const unlocked = withLaneChoice({ policyId: "gkv" }, "budgetSlots", 96);
    expect(unlocked).toEqual({ policyId: "gkv", budgetSlots: 96 });
    expect(settingsOfLanes(first, { others: [unlocked], isForced: false })[1].settings.budgetSlots).toBe(96);
    expect(withoutLaneChoice(unlocked, "budgetSlots")).toEqual({ policyId: "gkv" });
  });

  it("may be the same policy with another number", () => {
    const lanes = settingsOfLanes({}, { others: [{ policyId: "gkv", alpha: 0 }], isForced: false });
    expect(lanes.map(({ settings }) => [settings.policyId, settings.alpha])).toEqual([
      ["gkv", 0.8],
      ["gkv", 0],
    ]);
  });

  it("loses the numbers that another policy sets, and keeps what is unlocked", () => {
    const lane = withLaneChoice({ policyId: "gkv", alpha: 0.3, seed: 5, isPromptProtected: true }, "policyId", "h2o");
    expect(lane).toEqual({ policyId: "h2o", seed: 5, isPromptProtected: true });
  });

  it("says its policy even where that is the default", () => {
    expect(withLaneChoice({}, "alpha", 0.8)).toEqual({ policyId: "gkv" });
  });
});

describe("settingsOfLanes", () => {
  it("is the run alone without a comparison", () => {
    expect(settingsOfLanes(first, noLaneComparison)).toHaveLength(1);
  });

  it("never gives more than four lanes", () => {
    const others = Array.from({ length: 9 }, () => ({ policyId: "random" }));
    expect(settingsOfLanes({}, { others, isForced: true })).toHaveLength(4);
  });

  it("says what does not fit into a lane's own budget", () => {
    const lane = { policyId: "gkv", budgetSlots: 8 };
    expect(choicesOfLane({ windowSlots: 32 }, lane)).toEqual({ windowSlots: 32, budgetSlots: 8 });
    const [, next] = settingsOfLanes({ windowSlots: 32 }, { others: [lane], isForced: false });
    expect(next.complaints.join()).toContain("does not fit: a budget of 8 slots leaves the window 1 to 7");
  });
});
