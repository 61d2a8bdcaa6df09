import { expect, it } from "vitest";
import { policies } from "../../policy/policies";
import { decodeLink } from "../../settings/link";
import { policyPapers, trialLink } from "./papers";

it("has an entry for every policy, in the order of the list", () => {
  expect(policyPapers.map(({ policyId }) => policyId)).toEqual(policies.map(({ id }) => id));
});

it("says for every policy what the paper, the code and this page do, and gives settings to try", () => {
  for (const { paper, code, here, trials } of policyPapers) {
    for (const part of [paper, code, here, trials]) expect(part.length).toBeGreaterThan(0);
  }
});

it.each(policyPapers.flatMap(({ trials }) => trials))("gives a link that reads as it was meant: $label", (trial) => {
  const { choices, comparison, way, complaints } = decodeLink(trialLink(trial));
  expect(complaints).toEqual([]);
  expect(way).toBe("explore");
  expect(comparison.others).toEqual(trial.others ?? []);
  // What equals the policy's own values is not written.
  expect(trial.choices).toMatchObject(choices);
});
