import { expect, it } from "vitest";
import { drawTrace } from "../../trace/drawTrace.testing";
import { isSameLine, textLayout, textSummary, textTable, type TextRequest, type TextToken } from "./layout";

const trace = drawTrace(
  { prompt: "The cat sat .", windowSlots: 1 },
  `on
   the     evicts The | cat
   mat
   .       evicts cat | sat
   Yes`,
);

const everyHead: TextRequest = { heads: "all", focus: { layer: 0, kvHead: 0 } };
const secondHead: TextRequest = { heads: "focus", focus: { layer: 0, kvHead: 1 } };

it("shows the text up to the token that the step generated, one sentence per line", () => {
  const { prompt, reasoning } = textLayout(trace, 4, everyHead);
  expect(prompt.map(words)).toEqual(["The cat sat ."]);
  expect(reasoning.map(words)).toEqual(["on the mat .", "Yes"]);
  expect(textLayout(trace, 0, everyHead).reasoning.map(words)).toEqual(["on"]);
});

it("fills each token with the share of heads that hold it once the step is over", () => {
  expect(shares(0)).toEqual({ The: 1, cat: 1, sat: 1, ".": 1, on: 1 });
  expect(shares(1)).toMatchObject({ The: 0.5, cat: 0.5, sat: 1 });
  expect(shares(3)).toMatchObject({ The: 0.5, cat: 0, sat: 0.5 });
});

it("marks what some head evicts at the step, and only there", () => {
  expect(marked(1, (token) => token.isBeingEvicted)).toEqual(["The", "cat"]);
  expect(marked(2, (token) => token.isBeingEvicted)).toEqual([]);
  expect(marked(3, (token) => token.isBeingEvicted)).toEqual(["cat", "sat"]);
});

it("underlines the newest tokens in the cache; the token just generated is not there yet", () => {
  expect(marked(2, (token) => token.isInWindow)).toEqual(["the"]);
  expect(marked(2, (token) => token.isNewest)).toEqual(["mat"]);
});

it("shows the focused head alone where that is asked for", () => {
  const evicted = (step: number) => all(step, secondHead).filter((token) => token.share === 0);
  expect(evicted(1).map((token) => [token.text.trim(), token.isBeingEvicted])).toEqual([["cat", true]]);
  expect(evicted(3).map((token) => [token.text.trim(), token.isBeingEvicted])).toEqual([
    ["cat", false],
    ["sat", true],
  ]);
});

it("knows a line that a step does not change", () => {
  const [before, after, event] = [1, 2, 3].map((step) => textLayout(trace, step, everyHead).prompt[0]);
  expect(isSameLine(before, after)).toBe(false); // the marks of the event at step 1 are over
  expect(isSameLine(after, textLayout(trace, 2, everyHead).prompt[0])).toBe(true);
  expect(isSameLine(after, event)).toBe(false);
});

it("tabulates what it draws, with the regret where there is one", () => {
  const { columns, rows } = textTable(trace, 3, everyHead, Float64Array.of(0, 2.5));
  expect(rows[1]).toEqual([1, "cat ", 0, "no", "yes", 2.5]);
  expect(rows[2]).toHaveLength(columns.length);
});

it("counts in words for those who do not see it", () => {
  expect(textSummary(trace, 3)).toBe("8 tokens at step 3: 5 held by every head, 2 by some, 1 evicted by every head.");
});

function all(step: number, request = everyHead): readonly TextToken[] {
  const { prompt, reasoning } = textLayout(trace, step, request);
  return [...prompt, ...reasoning].flat();
}

function words(line: readonly TextToken[]): string {
  return line.map((token) => token.text.trim()).join(" ");
}

function marked(step: number, isMarked: (token: TextToken) => boolean): readonly string[] {
  return all(step).flatMap((token) => (isMarked(token) ? token.text.trim() : []));
}

function shares(step: number): Record<string, number> {
  return Object.fromEntries(all(step).map((token) => [token.text.trim(), token.share]));
}
