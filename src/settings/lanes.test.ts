import { describe, expect, it } from "vitest";
import { withChoice } from "./inForce";
import {
  areAtEqualBytes,
  atEqualBytes,
  choicesOfLane,
  noLaneComparison,
  settingsOfLanes,
  withLaneChoice,
  withoutLaneChoice,
} from "./lanes";
import { encodeLink, decodeLink } from "./link";

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

  it("runs the model of the first, unless it is given one of its own", () => {
    const unlocked = withLaneChoice({ policyId: "gkv" }, "model", "winnow-1m");
    const modelsOf = (model: string) =>
      settingsOfLanes({ model }, { others: [{ policyId: "gkv" }, unlocked], isForced: false }).map(
        ({ settings }) => settings.model,
      );
    expect(modelsOf("winnow-1m-distilled")).toEqual(["winnow-1m-distilled", "winnow-1m-distilled", "winnow-1m"]);
    expect(withLaneChoice(unlocked, "policyId", "snapKv")).toEqual({ policyId: "snapKv", model: "winnow-1m" });
  });

  it("has its bytes counted on its own model", () => {
    const others = [{ policyId: "gkv" }, { policyId: "gkv", model: "winnow-1m-unshared" }];
    const lanes = settingsOfLanes({ budgetMode: "bytes", budgetBytes: 57 * 4096 }, { others, isForced: false });
    expect(lanes.map(({ settings }) => settings.budgetSlots)).toEqual([57, 57, 28]);
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

describe("lanes at equal bytes", () => {
  const lanes = {
    others: [{ policyId: "gkv", storage: "half" }, { policyId: "fullCache" }, { policyId: "gkv", budgetSlots: 40 }],
    isForced: false,
  } as const;
  const equal = atEqualBytes({ budgetSlots: 57 }, lanes, 0);

  it("hold as many slots as each stores in them", () => {
    expect(equal?.choices).toEqual({ budgetMode: "bytes", budgetBytes: 57 * 4096 });
    expect(equal?.comparison.others[2]).toEqual({ policyId: "gkv" });
    const inForce = settingsOfLanes(equal?.choices ?? {}, equal?.comparison ?? noLaneComparison);
    expect(inForce.map(({ settings }) => settings.budgetSlots)).toEqual([57, 114, 96, 57]);
    expect(inForce.flatMap(({ complaints }) => complaints)).toEqual([]);
    expect(areAtEqualBytes(inForce.map(({ settings }) => settings))).toBe(true);
  });

  it("take the bytes of whichever lane is on the stage", () => {
    expect(atEqualBytes({ budgetSlots: 57 }, lanes, 1)?.choices.budgetBytes).toBe(57 * 2048);
    expect(atEqualBytes({ budgetSlots: 57 }, lanes, 3)?.choices.budgetBytes).toBe(40 * 4096);
  });

  it("need a lane with a fixed budget", () => {
    expect(atEqualBytes({ budgetSlots: 57 }, lanes, 2)).toBeNull();
    expect(atEqualBytes({ budgetMode: "ratio" }, lanes, 0)).toBeNull();
    expect(atEqualBytes({}, lanes, 9)).toBeNull();
  });

  it("travel in a link", () => {
    const link = encodeLink({ choices: equal?.choices ?? {}, comparison: equal?.comparison ?? noLaneComparison });
    expect(link).toBe("v4&bytes=233472&mode=bytes&lane=policy:gkv,store:half&lane=policy:fullCache&lane=policy:gkv");
    expect(decodeLink(link)).toMatchObject({ ...equal, complaints: [] });
  });
});

describe("a budget that changes from slots to bytes and back", () => {
  it("stays as large as it was", () => {
    const inBytes = withChoice({ budgetSlots: 57, storage: "half" }, "budgetMode", "bytes");
    expect(inBytes).toEqual({ budgetMode: "bytes", budgetBytes: 57 * 2048, storage: "half" });
    expect(withChoice(inBytes, "budgetMode", "budget")).toEqual({ budgetSlots: 57, storage: "half" });
  });
});
