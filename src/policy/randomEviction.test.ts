import { expect, it } from "vitest";
import { drawCache, drawnView, survivors } from "./drawCache.testing";
import { computeScores } from "./formula";
import { effectiveParameters } from "./policies";
import { randomEviction } from "./randomEviction";

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

it("spares the prompt even when told not to", () => {
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
