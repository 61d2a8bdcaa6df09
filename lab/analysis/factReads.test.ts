import { describe, expect, it } from "vitest";
import type { Link } from "../../src/problems/linkedText";
import { drawTrace } from "../../src/trace/drawTrace.testing";
import { factReads, heldShares, mistakesOf, readersOf } from "./factReads";
import type { ReadingHeads } from "./factReads";

const prompt = "A: 3 . B: 5 . go";
const reference = `${prompt} A 3 B 5 A 3 end`.split(" ");
const links: readonly Link[] = [
  { type: "fact", name: "A:", summary: 2, parts: { header: 0, amount: 1 } },
  { type: "fact", name: "B:", summary: 5, parts: { header: 3, amount: 4 } },
  { type: "read", position: 8, role: "amount", fact: 2, source: 1, key: 7 },
  { type: "read", position: 10, role: "amount", fact: 5, source: 4, key: 9 },
  { type: "read", position: 12, role: "amount", fact: 2, source: 1, key: 11 },
];

/** The first KV head evicts the full stop of A's fact, the second its number; the last words are as given. */
function run(...last: readonly string[]) {
  const picture = ["A", "3", "B   evicts . | 3", "5", "A", ...last].join("\n");
  return factReads(drawTrace({ prompt }, picture), links, reference);
}

describe("factReads", () => {
  it("says which heads hold the fact's places when a word is read, and how long ago it was needed", () => {
    const { reads, firstMistake } = run("3", "end");
    expect(firstMistake).toBeNull();
    expect(reads.map(({ step, isFirst, gapTokens }) => ({ step, isFirst, gapTokens }))).toEqual([
      { step: 1, isFirst: true, gapTokens: 6 },
      { step: 3, isFirst: true, gapTokens: 5 },
      { step: 5, isFirst: false, gapTokens: 4 },
    ]);
    expect(reads[0].holds).toEqual({ summary: [true, true], source: [true, true] });
    expect(reads[2].holds).toEqual({ summary: [false, true], source: [true, false] });
  });

  it("measures attention until the first event and not after it", () => {
    const { reads } = run("3", "end");
    expect(reads.map(({ attention }) => attention.summary.length)).toEqual([2, 0, 0]);
    expect(reads[0].attention.summary.every((share) => share >= 0 && share <= 1)).toBe(true);
  });

  it("follows a run to its first mistake, that read included", () => {
    const { reads, firstMistake } = run("4", "end");
    expect(firstMistake).toBe(12);
    expect(reads).toHaveLength(3);
    expect(run().firstMistake).toBe(12);
    expect(run().reads).toHaveLength(2);
  });
});

describe("figures of fact reads", () => {
  const at = (head: number): ReadingHeads => ({
    prompt: { head, place: "summary", attention: 1 },
    reasoning: null,
  });

  it("blame a mistake on the cache only if the reading head had evicted the place it reads", () => {
    const runs = [run("4", "end"), run("3", "end"), run("3", "stop")];
    expect(mistakesOf(runs, at(0))).toEqual({ runs: 3, wrong: 2, atRead: 1, factGone: 1 });
    expect(mistakesOf(runs, at(1)).factGone).toBe(0);
  });

  it("group the share held by how long ago the fact was needed", () => {
    expect(heldShares([run("3", "end")], at(0))).toEqual([
      { label: "prompt, first read", reads: 2, held: 1 },
      { label: "prompt, 1-16 tokens after the last", reads: 1, held: 0 },
    ]);
  });

  it("find the head and the place with the most attention", () => {
    const read = run("3", "end").reads[0];
    const looked = { ...read, attention: { summary: [0.1, 0.7], source: [0.6, 0.2] } };
    expect(readersOf([{ reads: [looked], firstMistake: null }], true)[0]).toEqual({
      head: 1,
      place: "summary",
      attention: 0.7,
    });
    expect(readersOf([{ reads: [looked], firstMistake: null }], false)).toEqual([]);
  });
});
