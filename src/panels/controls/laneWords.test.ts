import { expect, it } from "vitest";
import { laneWords, rowsOfLane } from "./laneWords";

it("names a lane by its policy and by what else it sets", () => {
  expect(laneWords({ policyId: "gkv" })).toBe("G-KV");
  expect(laneWords({ policyId: "gkv", alpha: 0, budgetSlots: 64 })).toBe("G-KV, decay α 0, budget B 64 slots");
});

it("offers the numbers that the lane's policy uses, and no others", () => {
  expect(rowsOfLane({ policyId: "random" })).toEqual({
    own: ["grouping", "fairShare", "departure", "share", "secondStage", "merging", "storage", "reading"],
    locked: ["budgetSlots", "windowSlots", "intervalSteps", "budgetMode", "compressRatio", "schedule", "seed"],
  });
  expect(rowsOfLane({ policyId: "fullCache" })).toEqual({ own: ["storage", "reading"], locked: [] });
  expect(rowsOfLane({ policyId: "gkv" }).own).toContain("alpha");
});
