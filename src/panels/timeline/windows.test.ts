import { expect, it } from "vitest";
import { effectiveParameters, policyById } from "../../policy/policies";
import { emptyRows } from "../../cache/headRows";
import type { Trace, TraceHeader } from "../../trace/trace";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { blindCount, stretches, stretchOf } from "./windows";

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

/** One letter a step: seen, blind or open. */
function pictureOf(trace: Trace, stepCount = trace.steps.length): string {
  return stretches(trace, stepCount)
    .map(({ from, to, sight }) => sight[0].repeat(to - from + 1))
    .join("");
}

it("has a gap from each event to the w steps before the next, and one after the last", () => {
  expect(pictureOf(drawn)).toBe("bbbssbbssbbb");
  expect(blindCount(stretches(drawn, 12))).toBe(8);
});

it("knows of a run that goes on only what the next window cannot see any more", () => {
  const live = { ...drawn, end: null };
  expect(pictureOf(live, 10)).toBe("bbbssbbssb");
  expect(pictureOf(live, 12)).toBe("bbbssbbssbbo");
  expect(pictureOf({ ...live, events: [] }, 6)).toBe("oooooo");
});

it("has no gap where the window is as long as the interval", () => {
  const wide = { ...drawn, events: drawn.events.map((event) => ({ ...event, windowSlots: 4 })) };
  expect(pictureOf(wide)).toBe("bssssssssbbb");
});

it("says nothing of a policy that has no window, or of a run that ended without an event", () => {
  const policy = policyById("streamingLlm");
  const windowless = scoredBy(policy.formula(effectiveParameters(policy)));
  expect(stretches(windowless, 12)).toEqual([]);
  expect(stretches({ ...windowless, events: [], end: null }, 12)).toEqual([]);
  expect(stretches({ ...drawn, events: [] }, 12)).toEqual([]);
});

it("goes by the terms of a run without a formula", () => {
  const unsaid = scoredBy(null);
  const terms = { windowAttention: emptyRows(4, Float32Array) };
  expect(stretches(unsaid, 12)).toEqual([]);
  expect(pictureOf({ ...unsaid, events: unsaid.events.map((event) => ({ ...event, terms })) })).toBe("bbbssbbssbbb");
});

it("names the event whose window sees a step", () => {
  const found = stretches(drawn, 12);
  expect([3, 4, 5, 7, 11].map((step) => stretchOf(found, step)?.eventStep)).toEqual([4, 4, null, 8, null]);
  expect(stretchOf(found, 12)).toBeNull();
});

function scoredBy(formula: TraceHeader["formula"]): Trace {
  return { ...drawn, header: { ...drawn.header, formula } };
}
