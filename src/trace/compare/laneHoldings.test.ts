import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawTrace } from "../drawTrace.testing";
import { divergenceStep, sharedPositionCount } from "./laneHoldings";
import type { Trace } from "../trace";

/** A run of one prompt whose tokens are these. */
function runOf(tokens: readonly number[]): Trace {
  const trace = drawTrace({ prompt: "The cat" }, tokens.map((token) => `w${token}`).join("\n"));
  return { ...trace, steps: trace.steps.map((record, step) => ({ ...record, token: tokens[step] })) };
}

const tokens = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 12 });

describe("the divergence of two runs", () => {
  it("is the first step whose tokens differ", () => {
    expect(divergenceStep(runOf([5, 6, 7, 8]), runOf([5, 6, 9, 8]))).toBe(2);
    expect(sharedPositionCount(runOf([5, 6, 7, 8]), runOf([5, 6, 9, 8]))).toBe(4);
  });

  it("is unknown while the shorter run says what the longer one says", () => {
    expect(divergenceStep(runOf([5, 6, 7]), runOf([5, 6]))).toBeNull();
    expect(sharedPositionCount(runOf([5, 6, 7]), runOf([5, 6]))).toBe(Infinity);
  });

  it("is found in runs that grow, and stays where it was found", () => {
    const [left, right] = [runOf([1, 2, 3, 4]), runOf([1, 2, 9, 4])];
    const growing = { ...left, steps: left.steps.slice(0, 2) };
    expect(divergenceStep(growing, right)).toBeNull();
    growing.steps.push(left.steps[2]);
    expect(divergenceStep(growing, right)).toBe(2);
    growing.steps.push(left.steps[3]);
    expect(divergenceStep(growing, right)).toBe(2);
  });

  it("is the same from both sides, and the tokens before it are equal", () => {
    fc.assert(
      fc.property(tokens, tokens, (one, other) => {
        const [left, right] = [runOf(one), runOf(other)];
        const step = divergenceStep(left, right);
        expect(divergenceStep(right, left)).toBe(step);
        const until = step ?? Math.min(one.length, other.length);
        expect(one.slice(0, until)).toEqual(other.slice(0, until));
        if (step !== null) expect(one[step]).not.toBe(other[step]);
      }),
    );
  });
});
