import { describe, expect, it } from "vitest";
import { emptyRows } from "../../cache/headRows";
import type { EvictionEvent, Trace } from "../../trace/trace";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { tokenFacts } from "../tokenFacts";
import { evidenceRows } from "./evidence";
import { whyLayout, whyTable } from "./layout";

const all = (words: string): readonly string[] => [words, words, words, words];

// Slots at step 2: The (0), sat (2), the (4), mat (5) | and (6), slept (7) in the window.
const trace = drawScoredTrace({
  prompt: "The cat sat on the mat",
  generated: "and slept well there",
  windowSlots: 2,
  budgetSlots: 4,
  intervalSteps: 2,
  events: [
    { step: 0, evicted: all("cat on") },
    { step: 2, evicted: all("sat the"), excusedSlots: [3, 3, -1, 5, 3, 3], votingHeads: [1, 0, -1, 1] },
  ],
});
const event = trace.events[1];
const without: EvictionEvent = { ...event, excusedSlots: undefined, votingHeads: undefined };

function texts(of: Trace, at: EvictionEvent, place: { head: number; slot: number }): string[] {
  return evidenceRows(of, at, place).map(({ label, text }) => `${label}: ${text}`);
}

describe("the evidence of one token", () => {
  it("names its newest near-duplicate, and says whose redundancy leaves the match out", () => {
    expect(texts(trace, event, { head: 0, slot: 1 })).toEqual([
      "near-duplicate: the newest is “mat” (5): their match counts in this token’s R, not in that one’s",
      "left out of R: nothing: it isn’t the newest near-duplicate of any token",
      "query head: 0, of heads 0 and 1 that share this KV head: its window maxima bring the largest part of S",
    ]);
  });

  it("counts the matches left out of its own redundancy, the window's slots among them, the newest first", () => {
    expect(texts(trace, event, { head: 3, slot: 3 })).toEqual([
      "near-duplicate: the newest is “slept” (7): their match counts in neither’s R",
      "left out of R: its 4 matches with “slept” (7), “and” (6), “sat” (2) and 1 more: it is their newest near-duplicate",
      "query head: 3, of heads 2 and 3 that share this KV head: its window maxima bring the largest part of S",
    ]);
  });

  it("says where there is no near-duplicate and no vote", () => {
    expect(texts(trace, event, { head: 0, slot: 2 })).toEqual([
      "near-duplicate: none: no other key has a cosine above 0.5 with its key",
      "left out of R: nothing: it isn’t the newest near-duplicate of any token",
      "query head: none voted for it: S is 0",
    ]);
  });

  it("says that a run measured the terms without recording what is behind them", () => {
    const measured = { redundancy: emptyRows(4, Float32Array), windowAttention: emptyRows(4, Float32Array) };
    expect(texts(trace, { ...without, terms: measured }, { head: 0, slot: 1 })).toEqual([
      "near-duplicate: not recorded in this run",
      "query head: not recorded in this run",
    ]);
    const older = { ...without, terms: { redundancyRaw: emptyRows(4, Float32Array) } };
    expect(texts(trace, older, { head: 0, slot: 1 })).toEqual([
      "near-duplicate: not recorded for the older redundancy",
    ]);
  });

  it("is empty for a policy that measures neither, and names no query head where each has its own keys", () => {
    expect(texts(trace, without, { head: 0, slot: 1 })).toEqual([]);
    const model = { ...trace.header.model, headCount: 2 };
    const ungrouped = { ...trace, header: { ...trace.header, model } };
    expect(evidenceRows(ungrouped, event, { head: 0, slot: 1 }).map(({ label }) => label)).toEqual([
      "near-duplicate",
      "left out of R",
    ]);
  });

  it("claims no maxima where the group was joined by its mean", () => {
    const parameters = { ...trace.header.parameters, groupPooling: "mean" };
    const joined = { ...trace, header: { ...trace.header, parameters } };
    expect(texts(joined, event, { head: 0, slot: 1 })[2]).toMatch(/: it brings the largest part of S$/);
  });

  it("stands on the card and in the table of the figure, as the trace has it", () => {
    const focus = { layer: 1, kvHead: 1 };
    const why = whyLayout(trace, 3, focus, 5);
    const { model } = trace.header;
    const { rows } = whyTable(why, { facts: tokenFacts(trace, 3, 5), focus, model });
    const figureOf = (label: string) => rows.find(([quantity]) => quantity === label)?.[2];
    expect(figureOf("near-duplicate")).toBe(
      event.positionsBefore.values[3 * 6 + (event.excusedSlots?.values[3 * 6 + 3] ?? NaN)],
    );
    expect(figureOf("left out of R")).toBe(4);
    expect(figureOf("query head")).toBe(event.votingHeads?.values[3 * 4 + 3]);
  });
});
