import { expect, it } from "vitest";
import { settingsInForce } from "../../settings/inForce";
import { shippedModels } from "../../settings/shippedModels";
import { checkpointLane, laneWords, rowsOfLane } from "./laneWords";

it("names a lane by its policy and by what else it sets", () => {
  expect(laneWords({ policyId: "gkv" })).toBe("G-KV");
  expect(laneWords({ policyId: "gkv", alpha: 0, budgetSlots: 64 })).toBe("G-KV, decay α 0, budget B 64 slots");
  expect(laneWords({ policyId: "gkv", model: "winnow-1m-distilled", alpha: 0 })).toBe("G-KV · distilled, decay α 0");
});

it("offers the run itself on another checkpoint, as long as there is one", () => {
  const models = shippedModels.filter(({ id }) => id === "winnow-1m" || id === "winnow-1m-distilled");
  const inForce = (model: string) => settingsInForce({ policyId: "gkv", alpha: 0.3, budgetSlots: 64, model }).settings;
  const [base, distilled] = [inForce("winnow-1m"), inForce("winnow-1m-distilled")];
  expect(checkpointLane([base], models)).toEqual({ policyId: "gkv", alpha: 0.3, model: "winnow-1m-distilled" });
  expect(checkpointLane([distilled, distilled], models)).toEqual({ policyId: "gkv", alpha: 0.3, model: "winnow-1m" });
  expect(checkpointLane([base, distilled], models)).toBeNull();
  expect(checkpointLane([inForce("winnow-1m-unshared")], shippedModels)).toBeNull();
});

it("offers the numbers that the lane's policy uses, and no others", () => {
  expect(rowsOfLane({ policyId: "random" })).toEqual({
    own: ["grouping", "fairShare", "departure", "share", "secondStage", "merging", "storage", "reading"],
    locked: ["budgetSlots", "windowSlots", "intervalSteps", "budgetMode", "compressRatio", "schedule", "seed"],
  });
  expect(rowsOfLane({ policyId: "fullCache" })).toEqual({ own: ["storage", "reading"], locked: [] });
  expect(rowsOfLane({ policyId: "gkv" }).own).toContain("alpha");
});
