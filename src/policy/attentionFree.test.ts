import { describe, expect, it } from "vitest";
import { promptRecent, randomEviction, streamingLlm } from "./attentionFree";
import { drawCache, drawnView, survivors } from "./drawCache.testing";
import { computeScores } from "./columns";
import { effectiveParameters } from "./policies";

describe("StreamingLLM", () => {
  const cache = drawCache(`
    token      a    b    c    d    e    f    g    h
    attention  0    0    0    .50  .40  0    0    0`);

  it("keeps the sinks and the most recent tokens, whatever the attention", () => {
    expect(survivors(streamingLlm, cache, { budgetSlots: 5, sinkSlots: 2 })).toEqual(["a", "b", "f", "g", "h"]);
  });

  it("is a sliding window without sinks", () => {
    expect(survivors(streamingLlm, cache, { budgetSlots: 3, sinkSlots: 0 })).toEqual(["f", "g", "h"]);
  });

  it("keeps the newest token when the sinks alone would fill the budget", () => {
    expect(survivors(streamingLlm, cache, { budgetSlots: 3, sinkSlots: 4 })).toEqual(["a", "b", "h"]);
  });

  it("keeps the same sinks after gaps in the text", () => {
    const later = drawCache(`
      token     a  b  f  g   h   i   j
      position  0  1  5  6   7   8   9`);
    expect(survivors(streamingLlm, later, { budgetSlots: 4, sinkSlots: 2 })).toEqual(["a", "b", "i", "j"]);
  });
});

describe("prompt and recent", () => {
  it("keeps the prompt and the most recent tokens", () => {
    const cache = drawCache(`token a b c d e f g h`);
    expect(survivors(promptRecent, cache, { budgetSlots: 5, promptCount: 3 })).toEqual(["a", "b", "c", "g", "h"]);
  });

  it("keeps the newest of a prompt that is longer than the budget", () => {
    expect(survivors(promptRecent, drawCache(`token a b c d e f g h i j`), { budgetSlots: 4, promptCount: 6 })).toEqual(
      ["d", "e", "f", "j"],
    );
  });
});

describe("random eviction", () => {
  const cache = drawCache(`token a b c d e f g h i j`);
  const choices = { windowSlots: 1, budgetSlots: 6, promptCount: 3 };

  it("keeps the prompt and the newest token, and draws the rest", () => {
    const kept = survivors(randomEviction, cache, choices);
    expect(kept).toHaveLength(6);
    expect(kept).toEqual(expect.arrayContaining(["a", "b", "c", "j"]));
  });

  it("draws the same with the same seed and differs with another", () => {
    const draws = new Set(
      Array.from({ length: 20 }, (_, seed) => survivors(randomEviction, cache, { ...choices, seed }).join("")),
    );
    expect(survivors(randomEviction, cache, { ...choices, seed: 3 })).toEqual(
      survivors(randomEviction, cache, { ...choices, seed: 3 }),
    );
    expect(draws.size).toBeGreaterThan(5);
  });

  it("draws anew for every layer, head and event", () => {
    const parameters = effectiveParameters(randomEviction, { windowSlots: 1 });
    const view = drawnView(cache, parameters);
    const totals = [view, { ...view, layer: 1 }, { ...view, kvHead: 1 }, { ...view, event: 1 }].map((changed) =>
      computeScores(randomEviction.formula(parameters), changed).total.join(),
    );
    expect(new Set(totals).size).toBe(4);
  });

  it("keeps the prompt even when told not to", () => {
    expect(survivors(randomEviction, cache, { ...choices, isPromptProtected: false })).toEqual(
      survivors(randomEviction, cache, choices),
    );
  });

  it("draws among all tokens where prompt and window do not fit the budget", () => {
    const tight = { ...choices, promptCount: 6 };
    const kept = new Set(
      Array.from({ length: 40 }, (_, seed) => survivors(randomEviction, cache, { ...tight, seed })).flat(),
    );
    expect([...kept].sort().join("")).toBe("abcdefghij");
  });
});
