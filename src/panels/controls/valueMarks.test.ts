import { expect, it } from "vitest";
import { settingsInForce } from "../../settings/inForce";
import type { Choices } from "../../settings/settings";
import { policyPapers } from "../papers/papers";
import { differences, hasPaper, isUsed, valueMarks } from "./valueMarks";

const inForce = (choices: Choices = {}) => settingsInForce(choices).settings;

it("has no control for what changes nothing", () => {
  expect(isUsed("seed", inForce())).toBe(false);
  expect(isUsed("seed", inForce({ temperature: 0.7 }))).toBe(true);
  expect(isUsed("seed", inForce({ policyId: "random" }))).toBe(true);
  expect(isUsed("alpha", inForce({ policyId: "snapKv" }))).toBe(false);
  expect(isUsed("compressRatio", inForce())).toBe(false);
});

it("marks the paper’s value, and the page’s own once another is chosen", () => {
  expect(valueMarks("budgetSlots", inForce())).toEqual([{ name: "paper", value: 512 }]);
  expect(valueMarks("budgetSlots", inForce({ budgetSlots: 64 }))).toEqual([
    { name: "default", value: 96 },
    { name: "paper", value: 512 },
  ]);
  expect(valueMarks("lambda", inForce({ policyId: "rKv", lambda: 0.5 }))).toEqual([{ name: "paper", value: 0.1 }]);
  expect(valueMarks("temperature", inForce())).toEqual([]);
  expect(valueMarks("budgetSlots", inForce({ policyId: "random" }))).toEqual([]);
});

it("knows the policies that no paper proposes", () => {
  for (const { policyId, source } of policyPapers) expect(hasPaper(policyId), policyId).toBe(source !== null);
});

it("lists what differs from the defaults and is in force", () => {
  const choices: Choices = { policyId: "snapKv", budgetSlots: 64, alpha: 0.5 };
  expect(differences(choices, inForce(choices)).map(({ label, written }) => `${label} ${written}`)).toEqual([
    "Policy SnapKV",
    "Budget B 64 slots",
  ]);
});
