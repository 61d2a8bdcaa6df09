import { expect, it } from "vitest";
import { TOTAL } from "../../policy/formula";
import { effectiveParameters, policies } from "../../policy/policies";
import { policyFormula } from "../../policy/secondStage";
import { columnLabel, partWords } from "./words";

it("has words for every part of every score", () => {
  for (const policy of policies) {
    for (const secondStage of ["none", "critical"] as const) {
      const { steps } = policyFormula(policy, effectiveParameters(policy, { secondStage }));
      const parts = steps.map(({ column }) => column).filter((column) => column !== TOTAL);
      expect(parts.filter((column) => partWords[column] === undefined)).toEqual([]);
    }
  }
});

it("calls a part by its symbol, if it has one, and in words", () => {
  expect([TOTAL, "redundancy", "expected", "new"].map(columnLabel)).toEqual([
    "Z (decides)",
    "R (redundancy)",
    "expected attention",
    "new",
  ]);
});
