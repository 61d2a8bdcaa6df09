import { expect, it } from "vitest";
import { causalMask, sepLlmMask, streamingMask } from "./staticMasks";

function drawMask(mask: Uint8Array): string[] {
  const width = Math.sqrt(mask.length);
  return Array.from({ length: width }, (_, row) =>
    Array.from(mask.subarray(row * width, (row + 1) * width), (bit) => (bit === 1 ? "x" : ".")).join(""),
  );
}

it("hides the future and the padding", () => {
  expect(drawMask(causalMask({ tokenCount: 4, paddingCount: 1 }))).toEqual(["....", ".x..", ".xx.", ".xxx"]);
});

it("shows the sinks, and as many earlier tokens as the window says besides the own one", () => {
  expect(drawMask(streamingMask({ tokenCount: 6, paddingCount: 0 }, { sinkCount: 1, windowCount: 1 }))).toEqual([
    "x.....",
    "xx....",
    "xxx...",
    "x.xx..",
    "x..xx.",
    "x...xx",
  ]);
});

it("adds the newest separator that is outside the window", () => {
  const separator = 7;
  const tokens = [1, separator, 1, separator, 1, 1, 1];
  const rule = { sinkCount: 0, windowCount: 1, separatorTokens: [separator], separatorCount: 2 };
  expect(drawMask(sepLlmMask(tokens, 0, rule))).toEqual([
    "x......",
    "xx.....",
    ".xx....",
    ".xxx...",
    ".x.xx..",
    "...xxx.",
    "...x.xx",
  ]);
});
