import { expect, it } from "vitest";
import { encodeLink } from "../../settings/link";
import type { LaneChoices } from "../../settings/lanes";
import type { Choices } from "../../settings/settings";
import { cardLanes } from "./cardLanes";

const card = (choices: Choices, ...others: readonly LaneChoices[]) =>
  cardLanes(encodeLink({ choices: { problem: "walk-6x27-3", ...choices }, comparison: { others, isForced: false } }));

it("names each lane by its policy alone if nothing else differs", () => {
  expect(card({ policyId: "snapKv", budgetSlots: 155 }, { policyId: "gkv" }, { policyId: "random" })).toEqual({
    names: ["SnapKV", "G-KV", "Random (keep prompt)"],
    shared: "walk-6x27-3 · Budget B = 155 slots · Window w = 16 tokens",
  });
});

it("says of every lane what one of them sets, the default included, if its policy uses it", () => {
  const { names } = card({ policyId: "gkv", alpha: 0 }, { policyId: "gkv" }, { policyId: "random" });
  expect(names).toEqual(["G-KV, decay α 0", "G-KV, decay α 0.8", "Random (keep prompt)"]);
});

it("lists a shared row lane by lane if one lane has its own value", () => {
  const { names, shared } = card(
    { policyId: "gkv", budgetSlots: 75, windowSlots: 8 },
    { policyId: "gkv", windowSlots: 16 },
  );
  expect(names).toEqual(["G-KV, window w 8 tokens", "G-KV, window w 16 tokens"]);
  expect(shared).toBe("walk-6x27-3 · Budget B = 75 slots");
});

it("lists the window of the lanes that have one if the first has none to choose", () => {
  const { shared } = card({ policyId: "h2o", budgetSlots: 176 }, { policyId: "random" }, { policyId: "gkv" });
  expect(shared).toBe("walk-6x27-3 · Budget B = 176 slots · Window w = 16 tokens");
});
