import { expect, it } from "vitest";
import { problemById } from "./families";
import { factReads } from "./factReads";
import { linkedText } from "./linkedText";
import type { Problem } from "./problem";

function problem(id: string): Problem {
  const found = problemById(id);
  if (found === null) throw new Error(`no problem ${id}`);
  return found;
}

it("names the slots of the fact that each word is read from", () => {
  const diary = problem("diary-5x21-970000");
  const { tokens, promptCount } = linkedText(diary);
  const reads = factReads(diary);
  const words = reads
    .slice(0, 4)
    .map(({ position, source, first, last }) => [
      tokens[position],
      tokens[source],
      tokens.slice(first, last + 1).join(" "),
    ]);
  const rule = "Office: gain 1 ; first to pantry ; above to library ; below to hall .";
  expect(words).toEqual([
    ["gain", "gain", rule],
    ["1", "1", rule],
    ["pantry", "pantry", rule],
    ["gain", "gain", "Pantry: gain 2 ; first to office ; above to library ; below to kitchen ."],
  ]);
  expect(reads.every(({ position }) => position >= promptCount)).toBe(true);
  const noted = reads.find(({ position, source }) => tokens[position] === "18" && source >= promptCount);
  expect(noted && tokens.slice(noted.first, noted.last + 1).join(" ")).toBe("office's 18 to pantry .");
});

it.each(["walk-7x30-970000", "story-9x1-970000", "orders5-story-9x1-970000"])(
  "keeps the order of the text: %s",
  (id) => {
    const reads = factReads(problem(id));
    expect(reads.length).toBeGreaterThan(20);
    for (const [at, { position, first, last, source }] of reads.entries()) {
      expect(position).toBeGreaterThanOrEqual(reads[Math.max(0, at - 1)].position);
      expect(position).toBeGreaterThan(last);
      expect(source).toBeGreaterThanOrEqual(first);
      expect(source).toBeLessThanOrEqual(last);
    }
  },
);
