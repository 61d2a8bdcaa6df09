import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseSurvivors, keepCarry, protectedCandidates } from "./admission";

/** Candidates with these totals, then a window of two. */
function choose(total: readonly number[], keepSlots: number, isProtected: readonly number[] | null = null) {
  const { slots, cutOff, margin } = chooseSurvivors({
    total: Float32Array.from(total),
    lengthSlots: total.length + 2,
    keepSlots,
    isProtected: isProtected === null ? null : Uint8Array.from(isProtected),
  });
  return { slots: [...slots], cutOff, margin };
}

describe("chooseSurvivors", () => {
  it("keeps the highest totals and the window, in slot order", () => {
    expect(choose([1, 4, 2, 3], 4)).toEqual({ slots: [1, 3, 4, 5], cutOff: 3, margin: 1 });
  });

  it("gives a tie at the cut to the lower slot", () => {
    expect(choose([2, 1, 2, 2], 4)).toEqual({ slots: [0, 2, 4, 5], cutOff: 2, margin: 0 });
  });

  it("keeps what must stay before anything else", () => {
    expect(choose([5, Infinity, 9, Infinity], 4).slots).toEqual([1, 3, 4, 5]);
    expect(choose([5, Infinity, 9, Infinity], 4).margin).toBe(Infinity);
  });

  it("keeps a span before a sink that finds no room", () => {
    expect(choose([Infinity, Infinity, 1, 2], 4, [0, 0, 2, 2]).slots).toEqual([2, 3, 4, 5]);
    expect(choose([Infinity, Infinity, 1, 2], 5, [0, 0, 2, 2]).slots).toEqual([0, 2, 3, 4, 5]);
  });

  it("keeps a protected slot before a better one", () => {
    const { slots, margin } = choose([9, 8, 1, 7], 4, [0, 0, 1, 0]);
    expect(slots).toEqual([0, 2, 4, 5]);
    expect(margin).toBe(1);
  });

  it("chooses among the protected by their totals when there are too many", () => {
    expect(choose([1, 3, 2, 9], 4, [1, 1, 1, 0]).slots).toEqual([1, 2, 4, 5]);
  });

  it("says by a negative margin that protection decided and not the score", () => {
    expect(choose([1, 9], 3, [1, 0])).toEqual({ slots: [0, 2, 3], cutOff: 1, margin: -8 });
  });

  it("keeps everything when there is room", () => {
    expect(choose([1, 2], 9)).toEqual({ slots: [0, 1, 2, 3], cutOff: 1, margin: Infinity });
  });

  it("keeps the window even when the budget is smaller", () => {
    expect(choose([1, 2], 1).slots).toEqual([2, 3]);
  });

  it("refuses a score that is not a number", () => {
    expect(() => choose([1, NaN, 3], 3)).toThrow("score of slot 1 is not a number");
  });

  it("keeps no total below one that it evicts", () => {
    const totals = fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 40 });
    const ordered = fc.property(totals, fc.nat(45), (total, keepSlots) => {
      const { slots } = choose(total, keepSlots);
      const isKept = (slot: number) => slots.includes(slot);
      const rounded = Float32Array.from(total);
      const kept = rounded.filter((_, slot) => isKept(slot));
      const gone = rounded.filter((_, slot) => !isKept(slot));
      const isAscending = slots.every((slot, at) => at === 0 || slots[at - 1] < slot);
      return isAscending && kept.every((score) => gone.every((other) => score >= other));
    });
    fc.assert(ordered);
  });
});

it("protects the prompt's candidates by position and not by slot", () => {
  const view = { positions: Int32Array.of(0, 2, 5, 6, 7), candidateCount: 4, promptCount: 3 };
  expect(protectedCandidates(view, true)).toEqual(Uint8Array.of(1, 1, 0, 0));
  expect(protectedCandidates(view, false)).toBeNull();
});

it("keeps carried scores with their slots and drops the window, which has none", () => {
  expect(keepCarry(Float32Array.of(1, 2, 3, 4), Int32Array.of(1, 3, 4, 5))).toEqual(Float32Array.of(2, 4));
});
