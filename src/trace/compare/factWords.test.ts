// Words read from facts: by hand in a drawn run, and in runs of both shipped models against what the training's own code
// found in the same texts (lab/training/whatChanged.py).
import { expect, it } from "vitest";
import { headOf } from "../../cache/headRows";
import { drawTrace } from "../drawTrace.testing";
import type { Trace } from "../trace";
import { entropyOf, factWords, voteEntropies, type FactText } from "./factWords";

const run = { prompt: "red is one . blue is two .", windowSlots: 2, kvHeadCount: 2 };
const picture = `
  so
  red    evicts is one . | one blue is
  is
  one
  and
  blue
  is
  two`;
const text: FactText = {
  words: ["so", "red", "is", "one", "and", "blue", "is", "two"],
  places: [
    // Read before any event; after it; and a fact of whose slots one head evicted neither word nor full stop.
    { position: 8, word: "so", source: 2, summary: 3, first: 0, last: 3 },
    { position: 11, word: "one", source: 2, summary: 3, first: 0, last: 3 },
    { position: 15, word: "two", source: 6, summary: 6, first: 4, last: 6 },
  ],
};

/** The run's model finds the word that it is fed most probable, but at these steps. */
function withRight(trace: Trace, wrong: readonly number[] = []): Trace {
  const steps = trace.steps.map((record) => ({
    ...record,
    candidateTexts: [wrong.includes(record.step) ? "other" : record.text, ...record.candidateTexts.slice(1)],
  }));
  return { ...trace, steps };
}

it("says which heads kept the fact, from the event that decided about it on", () => {
  const trace = withRight(drawTrace(run, picture), [7]);
  const words = factWords(trace, text, 7);
  expect(words.map(({ step, age, isRight, isKept }) => ({ step, age, isRight, isKept: [...isKept] }))).toEqual([
    { step: 3, age: 8, isRight: true, isKept: [0, 1] }, // the second head still has the full stop
    { step: 7, age: 9, isRight: false, isKept: [1, 1] },
  ]);
  expect(factWords(trace, text, 6)).toHaveLength(1);
});

it("adds up the attention on the slots that the fact still has", () => {
  const trace = drawTrace(run, picture);
  const [{ attention }] = factWords(trace, text, 7);
  const { attention: rows, attentionScale } = trace.steps[3];
  // Left over: of the fact "red", in the other head "red .".
  const from = headOf(trace.header.model, 0, 1);
  const right = [0, 1].map((slot) => rows.values[rows.offsets[from] + slot]).reduce((sum, one) => sum + one, 0);
  expect(attention?.[0]).toBeCloseTo((rows.values[0] * attentionScale[0]) / 255, 6);
  expect(attention?.[1]).toBeCloseTo((right * attentionScale[1]) / 255, 6);
  expect(factWords(drawTrace({ ...run, hasTaps: false }, picture), text, 7)[0].attention).toBeNull();
});

it("stops where the run was fed other words than the text has", () => {
  const parted = drawTrace(run, picture.replace("and", "or"));
  expect(factWords(parted, text, 7).map(({ step }) => step)).toEqual([3]);
});

it("takes the votes of an event as shares of their sum", () => {
  expect(entropyOf([1, 1, 2])).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(4), 12);
  expect(entropyOf([0, 0, 5])).toBeCloseTo(0, 12);
  expect(entropyOf([0, 0])).toBeNaN();
  const trace = drawTrace(run, picture);
  const [found] = voteEntropies(trace, 7);
  const { offsets, values } = trace.events[0].terms.windowAttention;
  expect(found.step).toBe(1);
  expect(found.heads[1]).toBeCloseTo(entropyOf(values.subarray(offsets[1], offsets[2])), 12);
  expect(found.mean).toBeCloseTo((found.heads[0] + found.heads[1]) / 2, 12);
  expect(voteEntropies(trace, 0)).toEqual([]);
});
