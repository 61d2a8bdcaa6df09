import { describe, expect, it } from "vitest";
import { drawnCandidates } from "../score/drawScores.testing";
import { budgetWhatIf, parameterWhatIf } from "./counterfactualText";
import type { Stretch } from "./piecewise";

describe("counterfactuals in words", () => {
  const asked = (kept: readonly Stretch[] | null, isKept: boolean): string =>
    parameterWhatIf({ parameter: "alpha", inForce: 0.8, kept }, isKept).text;

  it("rounds towards the inside, so that what is written holds", () => {
    expect(asked([{ from: 0.31234, to: 1 }], false)).toBe("kept if α ≥ 0.313");
    expect(asked([{ from: 0, to: 0.31234 }], false)).toBe("kept if α ≤ 0.312");
    expect(asked([{ from: 0.25, to: 1 }], true)).toBe("would go if α < 0.250");
    expect(asked([{ from: 0.31234, to: 0.31239 }], false)).toBe("kept if 0.312340 < α < 0.312390");
  });

  it("names every stretch, and says when none or all will do", () => {
    const two = [
      { from: 0, to: 0.1234 },
      { from: 0.5, to: 1 },
    ];
    expect(asked(two, false)).toBe("kept if α ≤ 0.123, or α > 0.500");
    expect(asked(two, true)).toBe("would go if 0.124 ≤ α < 0.500");
    expect(asked([], false)).toBe("no α from 0 to 1 saves it");
    expect(asked([{ from: 0, to: 1 }], true)).toBe("stays at every α from 0 to 1");
    expect(asked(null, true)).toContain("rounding");
  });

  it("counts the budget in slots, window included", () => {
    const texts = drawnCandidates.ranked.map((candidate) => budgetWhatIf(candidate, drawnCandidates, 2).text);
    expect(texts[0]).toBe("would go if the budget is below 3 slots");
    expect(texts[3]).toBe("kept if the budget is at least 6 slots");
  });
});
