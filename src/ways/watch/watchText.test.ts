import { expect, it } from "vitest";
import { drawScoredTrace } from "../../panels/drawScoredTrace.testing";
import { decisionBeats } from "../../trace/decisionBeats";
import { isSameLine, textBeat, watchLines, wordFacts, type TextBeat } from "./watchText";

const trace = drawScoredTrace({
  prompt: "<bos> cat sat on the mat",
  generated: "and slept well . so",
  windowSlots: 2,
  budgetSlots: 4,
  intervalSteps: 2,
  events: [{ step: 2, evicted: ["cat on", "cat on", "cat sat", "cat on"] }],
});
const focus = { layer: 0, kvHead: 1 };
const at = (step: number, beat: TextBeat) => watchLines(trace, { step, beat, focus });
const wordsOf = (step: number, beat: TextBeat) => at(step, beat).flatMap(({ words }) => words);
const marked = (step: number, beat: TextBeat) =>
  wordsOf(step, beat)
    .filter(({ going }) => going !== null)
    .map(({ label, going }) => `${label} ${going ?? ""}`);

it("divides the text into what was told and what it thinks, sentence by sentence", () => {
  expect(at(4, "after").map(({ part, words }) => `${part}: ${words.map(({ label }) => label).join(" ")}`)).toEqual([
    "prompt: (start) cat sat on the mat",
    "reasoning: and slept well .",
    "reasoning: so",
  ]);
});

it("shows shares as before the event until the words fall", () => {
  const held = (beat: TextBeat) =>
    wordsOf(2, beat)
      .slice(0, 4)
      .map((word) => word.held);
  expect(held("before")).toEqual([16, 16, 16, 16]);
  expect(held("lifted")).toEqual([16, 16, 16, 16]);
  expect(held("falling")).toEqual([16, 0, 12, 4]);
  expect(held("after")).toEqual([16, 0, 12, 4]);
});

it("lifts and drops what the shown head lets go, and leaves a wake", () => {
  expect(marked(2, "scored")).toEqual([]);
  expect(marked(2, "lifted")).toEqual(["cat lifted", "on lifted"]);
  expect(marked(2, "falling")).toEqual(["cat falling", "on falling"]);
  expect(marked(3, "after")).toEqual(["cat wake", "on wake"]);
  expect(marked(1, "after")).toEqual([]);
});

it("marks the newest word, and the words that look back", () => {
  expect(wordsOf(2, "looking").filter(({ isNewest }) => isNewest)).toMatchObject([{ label: "well" }]);
  expect(
    wordsOf(2, "looking")
      .filter(({ isLooking }) => isLooking)
      .map(({ label }) => label),
  ).toEqual(["and", "slept"]);
});

it("has scores from the beat that orders them, until the next event", () => {
  const scored = (step: number, beat: TextBeat) => wordsOf(step, beat).filter(({ score }) => score !== null).length;
  expect(scored(2, "looking")).toBe(0);
  expect(scored(2, "scored")).toBe(6);
  expect(scored(4, "after")).toBe(6);
});

it("redraws no line that a step leaves as it was", () => {
  const [before] = at(3, "after");
  expect(isSameLine(before, at(4, "after")[0])).toBe(true);
  expect(isSameLine(before, at(2, "before")[0])).toBe(false);
});

it("follows the beats of the decision", () => {
  const beats = decisionBeats(trace.header.formula);
  const seen = Array.from({ length: 101 }, (_, percent) => textBeat(beats, percent / 100));
  expect([...new Set(seen)]).toEqual(["before", "looking", "scored", "lifted", "falling", "after"]);
});

it("knows who holds a word and what it scored in the shown head", () => {
  expect(wordFacts(trace, 3, { step: 3, beat: "after", focus })).toMatchObject({
    label: "on",
    heldCount: 1,
    headCount: 4,
    score: { count: 6, isKept: false },
  });
  expect(wordFacts(trace, 3, { step: 2, beat: "lifted", focus }).heldCount).toBe(4);
  expect(wordFacts(trace, 3, { step: 2, beat: "falling", focus }).heldCount).toBe(1);
  expect(wordFacts(trace, 3, { step: 1, beat: "after", focus })).toMatchObject({ heldCount: 4, score: null });
});
