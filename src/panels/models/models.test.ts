import { expect, it } from "vitest";
import { expectationWords, expectedRate, devices } from "./expectation";
import { parseSiteModels } from "./siteModels";

it("bounds the speed by what a token must read", () => {
  // 633 MB a token, at 60 % of 100 GB/s.
  expect(Math.round(expectedRate(633e6, devices[1]))).toBe(95);
  expect(expectationWords({ bytes: 633e6, parameterCount: 596e6 })).toContain("47 tokens/s on a phone, 95 on a laptop");
  expect(expectationWords({ bytes: 98e6, parameterCount: 135e6 })).toContain("runs without a GPU too");
});

it("reads the list of whoever hosts the page, and refuses what reaches out of the folder", () => {
  const list = [{ label: "Class model", files: ["class.gguf"], licence: "MIT" }];
  expect(parseSiteModels(JSON.stringify(list))).toEqual([{ ...list[0], note: null }]);
  expect(() => parseSiteModels("{}")).toThrow(/expected a list/);
  expect(() => parseSiteModels('[{"label":"x","files":["../../secret.gguf"]}]')).toThrow(/expected label and files/);
  expect(() => parseSiteModels('[{"label":"x","files":["https://elsewhere/x.gguf"]}]')).toThrow(/expected label/);
});
