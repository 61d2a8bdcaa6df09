import { expect, it } from "vitest";
import { formulaTerms } from "./formula";
import { effectiveParameters, policies, policyById } from "./policies";
import { policyGroups, policyKind } from "./policyGroups";
import { hasTermWords, termsInWords } from "./scoreKinds";

it("has words for every term that a policy reads", () => {
  const names = policies.flatMap((policy) => formulaTerms(policy.formula(effectiveParameters(policy))));
  expect(names.filter((name) => !hasTermWords(name))).toEqual([]);
});

it("puts every policy into one group, none twice", () => {
  const listed = policyGroups().flatMap((group) => group.policies.map(({ id }) => id));
  expect([...listed].sort()).toEqual(policies.map(({ id }) => id).sort());
});

it("tells kinds apart by what the score is made from", () => {
  const kindOf = (id: string) => policyKind(policyById(id));
  expect(["gkv", "snapKv", "rKv", "h2o"].map(kindOf)).toEqual(Array(4).fill("attention"));
  expect(["keyNorm", "keyDiff"].map(kindOf)).toEqual(["keysValues", "keysValues"]);
  expect(["streamingLlm", "fullCache", "random", "promptRecent"].map(kindOf)).toEqual(Array(4).fill("none"));
});

it("says it in words", () => {
  const words = (id: string): string => {
    const policy = policyById(id);
    return termsInWords(policy.formula(effectiveParameters(policy)));
  };
  expect(words("keyNorm")).toBe("key norms");
  expect(words("gkv")).toBe("the window’s attention and how keys resemble each other");
  expect(words("random")).toBe("");
});
