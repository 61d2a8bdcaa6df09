import { describe, expect, it } from "vitest";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { tokenFacts } from "../tokenFacts";
import { closestCall, whyLayout, whyTable } from "./layout";

const all = (words: string): readonly string[] => [words, words, words, words];

const trace = drawScoredTrace({
  prompt: "The cat sat on the mat",
  generated: "and slept well there",
  windowSlots: 2,
  budgetSlots: 4,
  intervalSteps: 2,
  events: [
    { step: 0, evicted: all("cat on") },
    {
      step: 2,
      evicted: all("sat the"),
      total: [0.3, 0.1, 0.15, 0.2],
      parts: {
        localRaw: [0.01, 0.02, 0.03, 0.04],
        local: [0.25, 0.5, 0.75, 1],
        history: [0.8, 0.6, NaN, NaN],
        global: [0.8, 0.6, 0.75, 1],
        redundancy: [0.2, 0.4, 0.45, 0.6],
      },
    },
  ],
});
const focus = { layer: 1, kvHead: 0 };

describe("the why card", () => {
  it("gives every figure of the decision, and its summands with their signs", () => {
    const why = whyLayout(trace, 3, focus, 0);
    expect(why.verdict).toBe("kept");
    expect(why.headline).toBe("Kept at step 2: rank 1 of 4, of which 2 stay");
    expect(why.rows.map((row) => `${row.symbol} ${row.value}`)).toEqual([
      "S 0.010",
      "S′ 0.250",
      "α·C 0.800",
      "F 0.800",
      "R 0.200",
      "λ·F +0.400",
      "−(1 − λ)·R −0.100",
      "Z +0.300",
      "cut +0.200",
      "Z − cut +0.100",
    ]);
    expect(why.reason).toBe("Its past keeps it: α·C = 0.800 against 0.250 now.");
  });

  it("says what would have changed it, from the figures of that event", () => {
    // Two others are at 0.2 and 0.15; The has Z = F/2 − 0.1 with F = max(α·1, 0.25), and falls behind both at α = 0.5.
    const { whatIfs } = whyLayout(trace, 3, focus, 0);
    expect(whatIfs.map(({ symbol, text }) => `${symbol}: ${text}`)).toEqual([
      "α: evicted if α ≤ 0.500",
      "λ: stays at every λ from 0 to 1",
      "B: evicted if the budget is below 3 slots",
    ]);
  });

  it("says of a newcomer that it has no past, and keeps every digit for the table", () => {
    const why = whyLayout(trace, 3, focus, 4);
    expect(why.rows.find(({ symbol }) => symbol === "α·C")?.meaning).toBe("never scored before: no past");
    const { rows } = whyTable(why, { facts: tokenFacts(trace, 3, 4), focus, model: trace.header.model });
    expect(rows.find(([symbol]) => symbol === "Z")?.[2]).toBe(trace.events[1].total.values[2 * 4 + 2]);
    expect(rows.find(([symbol]) => symbol === "α·C")?.[2]).toBeNull();
    expect(rows.at(-2)).toEqual(["layer 1, KV head 0", "step of the event that evicted it", 2]);
  });

  it("looks back at the event that evicted a token", () => {
    const why = whyLayout(trace, 3, focus, 2);
    expect(why.verdict).toBe("evicted");
    expect(why.headline).toBe("Evicted at step 2: rank 4 of 4, of which 2 stay");
    expect(whyLayout(trace, 3, focus, 1).headline).toMatch(/^Evicted at step 0/);
  });

  it("shows the token as held before the event that evicts it", () => {
    expect(whyLayout(trace, 1, focus, 2).verdict).toBe("kept");
  });

  it("says that the window is kept, that a token is new, and that one is not in the cache yet", () => {
    expect(whyLayout(trace, 2, focus, 7).verdict).toBe("window");
    expect(whyLayout(trace, 3, focus, 8).headline).toBe("Held, not scored yet");
    expect(whyLayout(trace, 3, focus, 9).headline).toBe("Not in the cache yet");
  });
});

describe("the closest call", () => {
  it("names the last token kept and the first evicted", () => {
    expect(closestCall(trace, 3, focus)).toEqual({
      step: 2,
      keptPosition: 5,
      evictedPosition: 4,
      margin: trace.events[1].margin[2],
    });
  });

  it("is there from the first event on", () => {
    const untouched = { ...trace, events: [] };
    expect(closestCall(untouched, 3, focus)).toBeNull();
  });
});
