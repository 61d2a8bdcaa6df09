// Who stands on the wrong side when a decision is held against other totals.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseSurvivors } from "../../policy/admission";
import { decisionFaults } from "./decisionFaults";

/** Slots 0 … of which `stay` stay; no window. */
function faults(total: readonly number[], stay: readonly number[], others: readonly number[], isProtected?: number[]) {
  const row = {
    total: Float32Array.from(total),
    survivors: Int32Array.from(stay),
    isProtected: isProtected === undefined ? null : Uint8Array.from(isProtected),
  };
  return decisionFaults(row, Float32Array.from(others))?.sort((left, right) => left - right) ?? null;
}

describe("a decision held against other totals", () => {
  it("has no fault where both sides stay apart, whatever their order among themselves", () => {
    expect(faults([5, 4, 1, 2], [0, 1], [3, 4, 2, 1])).toEqual([]);
  });

  it("has those at fault who come level or change sides", () => {
    expect(faults([5, 4, 1, 2], [0, 1], [5, 2, 1, 2])).toEqual([1, 3]);
    expect(faults([5, 4, 1, 2], [0, 1], [5, 1, 2, 3])).toEqual([1, 2, 3]);
  });

  it("keeps level what was level", () => {
    expect(faults([5, 3, 3, 1], [0, 1], [5, 3, 3, 1])).toEqual([]);
    expect(faults([5, 3, 3, 1], [0, 1], [5, 4, 4, 1])).toEqual([]);
    expect(faults([5, 3, 3, 1], [0, 1], [5, 3.5, 3, 1])).toEqual([1, 2]);
    expect(faults([5, 3, 3, 1], [0, 1], [3, 3, 3, 1])).toEqual([0, 2]);
    expect(faults([5, 3, 3, 1], [0, 1], [5, 3, 3, 3])).toEqual([1, 3]);
  });

  it("judges nobody by the total who stays for another reason", () => {
    expect(faults([Infinity, 4, 1, 2], [0, 1], [Infinity, 4, 1, 2])).toEqual([]);
    expect(faults([0, 4, 1, 2], [0, 1], [3, 4, 1, 2], [1, 0, 0, 0])).toEqual([]);
    expect(faults([0, 1, 4, 2], [0, 1], [9, 1, 4, 2], [1, 1, 0, 0])).toEqual([]);
  });

  it("tells where the survivors did not follow from the totals", () => {
    expect(faults([1, 4, 5, 2], [0, 1], [1, 4, 5, 2])).toBeNull();
    expect(faults([9, 4, 5, 2], [0, 1], [9, 4, 5, 2], [0, 0, 0, 1])).toBeNull();
  });

  it("is without fault only if the same survivors are chosen by the others", () => {
    const score = fc.integer({ min: 0, max: 6 });
    const rows = fc.array(fc.tuple(score, score, fc.boolean(), fc.boolean()), { minLength: 2, maxLength: 8 });
    let [sound, faulty] = [0, 0];
    fc.assert(
      fc.property(rows, fc.boolean(), fc.nat(7), (row, hasProtected, nat) => {
        const keepSlots = 1 + (nat % (row.length - 1));
        const total = Float32Array.from(row, ([score]) => (score === 6 ? Infinity : score));
        const others = Float32Array.from(row, ([score, other, isSame]) =>
          score === 6 ? Infinity : isSame ? score : other,
        );
        const isProtected = hasProtected ? Uint8Array.from(row, ([, , , is]) => Number(is)) : null;
        const request = { lengthSlots: row.length, keepSlots, isProtected };
        const { slots } = chooseSurvivors({ ...request, total });
        expect(decisionFaults({ total, survivors: slots, isProtected }, total)).toEqual([]);
        const found = decisionFaults({ total, survivors: slots, isProtected }, others);
        const isSound = found !== null && found.length === 0;
        if (isSound) expect(chooseSurvivors({ ...request, total: others }).slots).toEqual(slots);
        if (isSound) sound++;
        else faulty++;
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(sound, faulty)).toBeGreaterThan(100);
  });
});
