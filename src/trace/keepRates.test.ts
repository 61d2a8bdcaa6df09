import { describe, expect, it } from "vitest";
import { drawTrace } from "./drawTrace.testing";
import { evictionBias, keepRatesAfterStep, meanRate, spanKeepRates } from "./keepRates";

// Two heads; instructions "a b" and "c d e".
const spans = [
  { start: 1, end: 3 },
  { start: 3, end: 6 },
];
const trace = drawTrace(
  { prompt: "<bos> a b c d e rules" },
  `
  on    evicts a b | d
  the
  mat   evicts c d e | a c`,
);

describe("keep rates", () => {
  it("are whole before any event, and fall by head", () => {
    expect(keepRatesAfterStep(trace, spans, -1).map((rates) => [...rates])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    const [first, second] = keepRatesAfterStep(trace, spans, 1);
    expect([...first]).toEqual([0, 1]);
    expect([...second]).toEqual([1, Math.fround(2 / 3)]);
    const [, last] = keepRatesAfterStep(trace, spans, 2);
    expect([...last]).toEqual([0, Math.fround(1 / 3)]);
  });

  it("have a row for every event", () => {
    expect(spanKeepRates(trace, spans).map((rates) => rates.length)).toEqual([3, 3]);
  });

  it("average over heads", () => {
    expect(meanRate(Float32Array.of(0, 1, 0.5))).toBeCloseTo(0.5);
  });
});

describe("evictionBias", () => {
  it("compares each with the tokens of all others together", () => {
    expect(evictionBias(spans, [0.5, 0.75])).toEqual([-0.25, 0.25]);
    const three = [...spans, { start: 6, end: 7 }];
    const [first] = evictionBias(three, [0.5, 0, 1]);
    expect(first).toBeCloseTo(0.5 - 1 / 4);
  });

  it("is unknown for an instruction alone", () => {
    expect(evictionBias([spans[0]], [0.5])).toEqual([null]);
  });
});
