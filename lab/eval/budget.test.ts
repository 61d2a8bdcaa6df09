import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/lib/errors";
import { budgetSlots, parseBudget } from "./budget";

describe("parseBudget", () => {
  it.each([
    ["96", { type: "slots", slots: 96 }],
    ["25%", { type: "ratio", ratio: 0.25 }],
    ["0.25", { type: "ratio", ratio: 0.25 }],
    [".5", { type: "ratio", ratio: 0.5 }],
    ["12.5%", { type: "ratio", ratio: 0.125 }],
    ["100%", { type: "ratio", ratio: 1 }],
    ["1.0", { type: "ratio", ratio: 1 }],
  ])("reads %s", (text, budget) => {
    expect(parseBudget(text)).toEqual(budget);
  });

  it.each(["", "1", "0", "-5", "0.0", "0%", "101%", "1.5", "77.5", "many", "25 %", "1e2", "%", "0x10", "NaN"])(
    "refuses %j",
    (text) => {
      expect(() => parseBudget(text)).toThrow(InputError);
      expect(() => parseBudget(text)).toThrow(`--budget is "${text}"`);
    },
  );
});

describe("budgetSlots", () => {
  it("takes slots as they are and a share of the mean length rounded", () => {
    expect(budgetSlots({ type: "slots", slots: 96 }, [10, 20])).toBe(96);
    expect(budgetSlots({ type: "ratio", ratio: 0.25 }, [300, 312])).toBe(77);
    expect(budgetSlots({ type: "ratio", ratio: 0.001 }, [300])).toBe(2);
  });

  it("refuses a share when there are no problems", () => {
    expect(() => budgetSlots({ type: "ratio", ratio: 0.25 }, [])).toThrow(InputError);
    expect(budgetSlots({ type: "slots", slots: 96 }, [])).toBe(96);
  });

  it("is the share of the mean, to within half a slot, whatever the order of the problems", () => {
    const lengths = fc.array(fc.integer({ min: 40, max: 1000 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(lengths, fc.double({ min: 0.05, max: 1, noNaN: true }), (all, ratio) => {
        const slots = budgetSlots({ type: "ratio", ratio }, all);
        const mean = all.reduce((sum, length) => sum + length, 0) / all.length;
        expect(Math.abs(slots - ratio * mean)).toBeLessThanOrEqual(0.5 + 1e-9);
        expect(slots).toBeLessThanOrEqual(Math.max(...all));
        expect(budgetSlots({ type: "ratio", ratio }, [...all].reverse())).toBe(slots);
      }),
    );
  });
});
