import { expect, it } from "vitest";
import { causalMask, sepLlmMask, streamingMask, expandedMask, historyMask } from "./masks";

function drawMask(mask: Uint8Array): string[] {
  const width = Math.sqrt(mask.length);
  return Array.from({ length: width }, (_, row) =>
    Array.from(mask.subarray(row * width, (row + 1) * width), (bit) => (bit === 1 ? "x" : ".")).join(""),
  );
}

it("hides the future and the padding", () => {
  expect(drawMask(causalMask({ tokenCount: 4, paddingCount: 1 }))).toEqual(["....", ".x..", ".xx.", ".xxx"]);
});

it("shows the sinks, the row's own token, and as many earlier tokens as the window says", () => {
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

it("shows each row what the event before it kept and everything since", () => {
  const history = [
    { startRow: 3, positions: [0, 2] },
    { startRow: 5, positions: [2, 4] },
  ];
  expect(drawMask(historyMask(history, { tokenCount: 6, paddingCount: 0 }))).toEqual([
    "x.....",
    "xx....",
    "xxx...",
    "x.xx..",
    "x.xxx.",
    "..x.xx",
  ]);
});

it("never shows padding, even where a set lists it", () => {
  const history = [{ startRow: 2, positions: [0, 1] }];
  expect(drawMask(historyMask(history, { tokenCount: 3, paddingCount: 1 }))).toEqual(["...", ".x.", ".xx"]);
});

it("is causal without any event", () => {
  expect(drawMask(historyMask([], { tokenCount: 3, paddingCount: 0 }))).toEqual(["x..", "xx.", "xxx"]);
});

it("adds rows that see what is kept of the last row, and one another", () => {
  const mask = Uint8Array.of(1, 0, 0, 1, 1, 0, 0, 1, 1);
  expect(drawMask(expandedMask(mask, [0, 2], 5))).toEqual(["x....", "xx...", ".xx..", "..xx.", "..xxx"]);
});
