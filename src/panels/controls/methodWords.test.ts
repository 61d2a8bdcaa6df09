import { expect, it } from "vitest";
import { settingsInForce } from "../../settings/inForce";
import { objectionOf } from "../../settings/objections";
import { settingRow, type Choices, type SettingId } from "../../settings/settings";
import { shippedModels } from "../../settings/shippedModels";
import { methodLine, partWords } from "./methodWords";

const lineOf = (choices: Choices): string => methodLine(settingsInForce(choices).settings);

it("says the parts of a method in one line", () => {
  expect(lineOf({})).toBe("G-KV score · uniform share · every 16 steps · the rest dropped");
  expect(lineOf({ policyId: "snapKv", share: "adaptive", intervalSteps: 32 })).toBe(
    "SnapKV score · adaptive share · every 32 steps · the rest dropped",
  );
  expect(lineOf({ policyId: "fullCache" })).toBe("Full cache: nothing is scored, nothing leaves");
  expect(lineOf({ policyId: "fullCache", reading: "latents" })).toBe(
    "Full cache: nothing is scored, nothing leaves · read through latents",
  );
  expect(lineOf({ policyId: "snapKv", merging: "keepKv", storage: "quantised" })).toBe(
    "SnapKV score · uniform share · every 16 steps · the rest merged (KeepKV) · stored quantised",
  );
  expect(lineOf({ policyId: "streamingLlmRerotated" })).toMatch(/the rest dropped · keys rotated again$/);
});

it("has words for every value of every part", () => {
  for (const [id, words] of Object.entries(partWords)) {
    const row = settingRow(id as SettingId);
    const values = row.type === "choice" ? row.choices.map(({ value }) => value) : [];
    expect(Object.keys(words)).toEqual(values);
  }
});

it("refuses what makes no sense together in one sentence", () => {
  const { settings } = settingsInForce({ share: "roles" });
  expect(objectionOf(settings, shippedModels)).toBeNull();
  const unmeasured = shippedModels.map((model) => ({ ...model, hasRoles: false }));
  expect(objectionOf(settings, unmeasured)).toMatch(/^the share by head role needs .*; choose another share$/);
});
