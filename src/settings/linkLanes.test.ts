// Lanes in a link: readable, exact, and harmless where they are not ours.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { policies } from "../policy/policies";
import { lockedIds, ownIds, settingsOfLanes, withoutOwnDefaults, type LaneChoices } from "./lanes";
import { decodeLink, encodeLink } from "./link";
import { nearestValue, type SettingValue } from "./settingRow";
import { settingRow, type SettingId } from "./settings";

function anyValue(id: SettingId): fc.Arbitrary<SettingValue> {
  const row = settingRow(id);
  switch (row.type) {
    case "number":
      return fc.double({ min: row.min, max: row.max, noNaN: true }).map((value) => nearestValue(row, value));
    case "choice":
      return fc.constantFrom(...row.choices.map((choice) => choice.value));
    case "flag":
      return fc.boolean();
    case "text":
      // Spans, and the bits of each layer.
      return id === "layerBits"
        ? fc.constantFrom("", "4", "4 4 2 8")
        : fc.constantFrom("", "3-9", "3-9,12", "0,3-9,12");
  }
}

const anyLane: fc.Arbitrary<LaneChoices> = fc
  .record(Object.fromEntries([...ownIds, ...lockedIds].map((id) => [id, anyValue(id)])), { requiredKeys: [] })
  .map((lane) => withoutOwnDefaults(lane as LaneChoices));

describe("lanes in a link", () => {
  it("read as a person would write them", () => {
    const comparison = { others: [{ policyId: "snapKv", budgetSlots: 64 }, { policyId: "fullCache" }], isForced: true };
    expect(encodeLink({ choices: { alpha: 0.9 }, comparison })).toBe(
      "v4&alpha=0.9&lane=policy:snapKv,B:64&lane=policy:fullCache&tokens=forced",
    );
  });

  it("are read as they were written", () => {
    fc.assert(
      fc.property(fc.array(anyLane, { maxLength: 3 }), fc.boolean(), (others, isForced) => {
        expect(decodeLink(encodeLink({ comparison: { others, isForced } })).comparison).toEqual({ others, isForced });
      }),
    );
  });

  it.each(policies)("may be $id with nothing else said", ({ id }) => {
    const { comparison, complaints } = decodeLink(`#v3&lane=policy:${id}`);
    expect(comparison.others).toEqual([{ policyId: id }]);
    expect(complaints).toEqual([]);
  });

  it("list what they could not use, by lane", () => {
    const { comparison, complaints } = decodeLink(
      "#v3&B=64&lane=policy:snapKv,B:lots,w:16,T:1&lane=policy:magic,alpha:7,alpha:0.1,colour:red&tokens=maybe",
    );
    expect(comparison).toEqual({
      others: [
        { policyId: "snapKv", windowSlots: 16 },
        { policyId: "gkv", alpha: 1 },
      ],
      isForced: false,
    });
    expect(complaints).toEqual([
      "Lane 2: Temperature is the same for all lanes; it is ignored here.",
      "Lane 2: Budget B: “lots” is not a number; 64 slots is used.",
      "Lane 3: “alpha” is given twice; the first one is used.",
      "Lane 3: “colour” isn’t a setting of this page; it is ignored.",
      "Lane 3: Policy: “magic” is not one of the choices; G-KV is used.",
      "Lane 3: Decay α: 7 is not 0 to 1; 1 is used.",
      "Tokens of the lanes: “maybe” is not “forced”; each lane takes its own.",
    ]);
  });

  it("are four at most, the run included", () => {
    const { choices, comparison, complaints } = decodeLink(`#v3${"&lane=policy:gkv".repeat(9)}`);
    expect(settingsOfLanes(choices, comparison)).toHaveLength(4);
    expect(complaints).toEqual(["The link has 10 lanes; the first 4 are used, which is the most there can be."]);
  });
});
