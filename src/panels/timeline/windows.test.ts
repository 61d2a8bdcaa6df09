import { expect, it } from "vitest";
import { emptyRows } from "../../cache/headRows";
import type { Trace } from "../../trace/trace";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { blindCount, hasWindows, stretches, stretchOf } from "./windows";

const all = (words: string): readonly string[] => [words, words, words, words];
const drawn = drawScoredTrace({
  prompt: "The cat sat on",
  generated: "a b c d e f g h i j k l",
  windowSlots: 2,
  budgetSlots: 4,
  intervalSteps: 4,
  events: [
    { step: 4, evicted: all("The cat a b") },
    { step: 8, evicted: all("sat on c d") },
  ],
});

/** The run as made by a policy with an observation window. */
function watched(trace: Trace, end: Trace["end"] = "stopToken"): Trace {
  const events = trace.events.map((event) => ({ ...event, terms: { windowAttention: emptyRows(2, Float32Array) } }));
  return { ...trace, events, end };
}

/** One letter a step: seen, blind or open. */
function pictureOf(trace: Trace, stepCount = trace.steps.length): string {
  return stretches(trace, stepCount)
    .map(({ from, to, sight }) => sight[0].repeat(to - from + 1))
    .join("");
}

it("has a gap from each event to the w steps before the next, and one after the last", () => {
  expect(pictureOf(watched(drawn))).toBe("bbbssbbssbbb");
  expect(blindCount(stretches(watched(drawn), 12))).toBe(8);
});

it("knows of a run that goes on only what the next window cannot see any more", () => {
  const live = watched(drawn, null);
  expect(pictureOf(live, 10)).toBe("bbbssbbssb");
  expect(pictureOf(live, 12)).toBe("bbbssbbssbbo");
  expect(pictureOf({ ...live, events: [] }, 6)).toBe("oooooo");
});

it("has no gap where the window is as long as the interval", () => {
  const wide = { ...watched(drawn), events: watched(drawn).events.map((event) => ({ ...event, windowSlots: 4 })) };
  expect(pictureOf(wide)).toBe("bssssssssbbb");
});

it("says nothing of a policy that has no window", () => {
  expect(hasWindows(drawn)).toBe(false);
  expect(stretches(drawn, 12)).toEqual([]);
  expect(hasWindows({ ...drawn, events: [], end: null })).toBeNull();
});

it("names the event whose window sees a step", () => {
  const found = stretches(watched(drawn), 12);
  expect([3, 4, 5, 7, 11].map((step) => stretchOf(found, step)?.eventStep)).toEqual([4, 4, null, 8, null]);
  expect(stretchOf(found, 12)).toBeNull();
});
