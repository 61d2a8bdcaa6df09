import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  budgetInForce,
  eventInterval,
  eventOfStep,
  evictedShare,
  isEventStep,
  keptOfShare,
  slotCapacity,
} from "./budget";
import { fullCache } from "./attentionFree";
import { gkv } from "./scoreBased";
import { baseParameters } from "./parameters";
import type { PolicyParameters } from "./policy";

it("has events at forwards 0, s, 2s, …", () => {
  const steps = Array.from({ length: 13 }, (_, step) => step).filter((step) => isEventStep(step, 4));
  expect(steps).toEqual([0, 4, 8, 12]);
  expect(steps.map((step) => eventOfStep(step, 4))).toEqual([0, 1, 2, 3]);
});

it("has the prompt's event alone where the schedule is once", () => {
  const interval = eventInterval({ ...baseParameters, schedule: "once", intervalSteps: 4 });
  expect([0, 1, 4, 8, 400].map((step) => isEventStep(step, interval))).toEqual([true, false, false, false, false]);
  expect(eventOfStep(0, interval)).toBe(0);
});

it("finds a share that leaves the number of slots asked for", () => {
  const found = fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 5000 }), (length, kept) => {
    expect(keptOfShare(length, evictedShare(length, kept))).toBe(Math.min(length, kept));
  });
  fc.assert(found);
});

describe("the budget in force", () => {
  const ratio = { budgetSlots: 20, budgetMode: "ratio" as const, compressRatio: 0.4 };

  it("is a floor in ratio mode and grows with the text once that asks for more", () => {
    expect([30, 50, 51, 62, 94].map((length) => budgetInForce(ratio, length))).toEqual([20, 20, 20, 24, 37]);
  });

  it("does not grow in budget mode", () => {
    expect(budgetInForce({ ...ratio, budgetMode: "budget" }, 1000)).toBe(20);
  });
});

/** Longest cache of a run, by playing the schedule. */
function peakLength(parameters: PolicyParameters, promptCount: number, decodeCount: number): number {
  let length = promptCount;
  let peak = length;
  for (let step = 0; step <= decodeCount; step++) {
    if (step > 0) length++;
    peak = Math.max(peak, length);
    const budget = budgetInForce(parameters, promptCount + step);
    if (isEventStep(step, eventInterval(parameters)) && length > budget) length = budget;
  }
  return peak;
}

describe("slot capacity", () => {
  const sizes = fc.record({
    budgetSlots: fc.integer({ min: 2, max: 60 }),
    intervalSteps: fc.integer({ min: 1, max: 40 }),
    budgetMode: fc.constantFrom("budget" as const, "ratio" as const),
    compressRatio: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
    schedule: fc.constantFrom("decoding" as const, "once" as const),
  });

  it("holds every run", () => {
    const holds = fc.property(
      sizes,
      fc.integer({ min: 1, max: 90 }),
      fc.nat(200),
      (choices, promptCount, decodeCount) => {
        const parameters = { ...baseParameters, ...choices };
        return (
          peakLength(parameters, promptCount, decodeCount) <=
          slotCapacity(gkv, parameters, { promptCount, decodeCount })
        );
      },
    );
    fc.assert(holds);
  });

  it("is reached exactly by a long run under a fixed budget", () => {
    const tight = fc.property(sizes, fc.integer({ min: 1, max: 90 }), (choices, promptCount) => {
      const parameters: PolicyParameters = {
        ...{ ...baseParameters, ...choices },
        ...{ budgetMode: "budget", schedule: "decoding" },
      };
      // Long enough for a cache that starts at one slot to pass the budget and to fill one interval more.
      const decodeCount = parameters.budgetSlots + 3 * parameters.intervalSteps;
      expect(peakLength(parameters, promptCount, decodeCount)).toBe(
        slotCapacity(gkv, parameters, { promptCount, decodeCount }),
      );
    });
    fc.assert(tight);
  });

  it("is max(prompt, B + s) and nothing more for a short text", () => {
    const parameters = { ...baseParameters, budgetSlots: 96, intervalSteps: 16 };
    expect(slotCapacity(gkv, parameters, { promptCount: 40, decodeCount: 400 })).toBe(112);
    expect(slotCapacity(gkv, parameters, { promptCount: 300, decodeCount: 400 })).toBe(300);
    expect(slotCapacity(gkv, parameters, { promptCount: 40, decodeCount: 10 })).toBe(50);
  });

  it("is the prompt, or the budget and all that is decoded, where the schedule is once", () => {
    const parameters = { ...baseParameters, budgetSlots: 96, schedule: "once" as const };
    expect(slotCapacity(gkv, parameters, { promptCount: 300, decodeCount: 400 })).toBe(496);
    expect(slotCapacity(gkv, parameters, { promptCount: 300, decodeCount: 40 })).toBe(300);
    expect(slotCapacity(gkv, parameters, { promptCount: 40, decodeCount: 400 })).toBe(440);
  });

  it("is the whole text for the full cache", () => {
    expect(slotCapacity(fullCache, baseParameters, { promptCount: 40, decodeCount: 400 })).toBe(440);
  });
});
