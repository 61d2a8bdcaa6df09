import { expect, it } from "vitest";
import { drawTrace } from "../../trace/drawTrace";
import { textLayout, textSummary, type TextToken } from "./layout";

const trace = drawTrace(
  { prompt: "The cat sat .", windowSlots: 1 },
  `on
   the     evicts The | cat
   mat
   .       evicts cat | sat
   Yes`,
);

it("shows the text up to the token that the step generated, one sentence per line", () => {
  const { prompt, reasoning } = textLayout(trace, 4);
  expect(prompt.map(words)).toEqual(["The cat sat ."]);
  expect(reasoning.map(words)).toEqual(["on the mat .", "Yes"]);
  expect(textLayout(trace, 0).reasoning.map(words)).toEqual(["on"]);
});

it("fills each token with the share of heads that hold it once the step is over", () => {
  expect(shares(0)).toEqual({ The: 1, cat: 1, sat: 1, ".": 1, on: 1 });
  expect(shares(1)).toMatchObject({ The: 0.5, cat: 0.5, sat: 1 });
  expect(shares(3)).toMatchObject({ The: 0.5, cat: 0, sat: 0.5 });
});

it("marks who leaves some head at the step, and only there", () => {
  expect(marked(1, (token) => token.isLeaving)).toEqual(["The", "cat"]);
  expect(marked(2, (token) => token.isLeaving)).toEqual([]);
  expect(marked(3, (token) => token.isLeaving)).toEqual(["cat", "sat"]);
});

it("underlines the newest tokens in the cache; the token just generated is not there yet", () => {
  expect(marked(2, (token) => token.isInWindow)).toEqual(["the"]);
  expect(marked(2, (token) => token.isNewest)).toEqual(["mat"]);
});

it("counts in words for those who do not see it", () => {
  expect(textSummary(trace, 3)).toBe("8 tokens at step 3: 5 held by every head, 2 by some, 1 gone everywhere.");
});

function all(step: number): readonly TextToken[] {
  const { prompt, reasoning } = textLayout(trace, step);
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
