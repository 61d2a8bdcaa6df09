import { expect, it } from "vitest";
import { policies } from "../../policy/policies";
import { decodeLink } from "../../settings/link";
import { settingTable } from "../../settings/settings";
import { policyPapers, trialLink } from "./papers";

it("has an entry for every policy, in the order of menus", () => {
  expect(policyPapers.map(({ policyId }) => policyId)).toEqual(settingTable.policyId.choices.map(({ value }) => value));
  expect(policyPapers).toHaveLength(policies.length);
});

it("says for every policy what it is and where it comes from, and gives settings to try", () => {
  for (const { policyId, source, paper, trials } of policyPapers) {
    expect([policyId, paper.length > 0, trials.length > 0]).toEqual([policyId, true, true]);
    if (source !== null) expect(source.address).toMatch(/^https:\/\//);
  }
});

it("says what the code and this page do where more is told than the record says", () => {
  const gkv = policyPapers.find(({ policyId }) => policyId === "gkv");
  expect(gkv?.code.length).toBeGreaterThan(0);
  const knorm = policyPapers.find(({ policyId }) => policyId === "keyNorm");
  expect(knorm?.here[0]).toContain("Events recur");
});

it.each(policyPapers.flatMap(({ trials }) => trials))("gives a link that reads as it was meant: $label", (trial) => {
  const { choices, comparison, way, complaints } = decodeLink(trialLink(trial));
  expect(complaints).toEqual([]);
  expect(way).toBe("explore");
  expect(comparison.others).toEqual(trial.others ?? []);
  // What equals the policy's own values is not written.
  expect(trial.choices).toMatchObject(choices);
});
