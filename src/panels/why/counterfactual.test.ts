// The answers are compared with the policy itself, decided again under other numbers.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evenRows } from "../../cache/headRows";
import { hashUniform } from "../../lib/random";
import { chooseSurvivors, protectedCandidates } from "../../policy/admission";
import { computeScores } from "../../policy/columns";
import { effectiveParameters, policyById } from "../../policy/policies";
import type { PolicyParameters, PolicyView } from "../../policy/policy";
import type { Trace } from "../../trace/trace";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { readCandidates, type Candidates } from "../score/candidates";
import { drawnCandidates } from "../score/drawScores.testing";
import {
  budgetWhatIf,
  decayCounterfactual,
  leastBudget,
  parameterWhatIf,
  weightCounterfactual,
} from "./counterfactual";
import { evictedStretches, type Stretch } from "./piecewise";

const decisions = fc
  .record({
    seed: fc.nat(),
    candidateCount: fc.integer({ min: 3, max: 22 }),
    keptShare: fc.double({ min: 0.1, max: 0.9, noNaN: true }),
    isCoarse: fc.boolean(),
    alpha: fc.constantFrom(0.25, 0.5, 0.8, 1),
    lambda: fc.constantFrom(0.25, 0.5, 0.75),
    smoothing: fc.constantFrom("max", "mean", "sum"),
    poolingSlots: fc.constantFrom(1, 5),
    redundancy: fc.constantFrom("kernel", "none"),
    isPromptProtected: fc.boolean(),
  })
  .map(({ seed, candidateCount, keptShare, isCoarse, ...choices }) => ({
    seed,
    candidateCount,
    keptCount: Math.max(1, Math.round(keptShare * candidateCount)),
    // Coarse figures stay exact only as they are: quotients and means of equals differ by their rounding.
    isCoarse: isCoarse && choices.smoothing !== "mean",
    parameters: { ...choices, isNormalised: !isCoarse } as const,
  }));

const WINDOW = 2;

/** Wide enough for a value inside it to be far from rounding. */
const isWide = ({ from, to }: Stretch): boolean => to - from > 1e-3;
/**
 * A value inside that isn't a quotient of small numbers: where coarse figures cross, two rivals may change places, and at
 * that one point both are level with a token and, standing before it, ahead.
 */
const inside = ({ from, to }: Stretch): number => from + (Math.SQRT2 - 1) * (to - from);

/** Two rivals of slot 18 change places in the very middle of the stretch that keeps it. */
const crossing = {
  seed: 1973743180,
  candidateCount: 19,
  keptCount: 2,
  isCoarse: true,
  parameters: {
    alpha: 0.25,
    lambda: 0.25,
    smoothing: "max",
    poolingSlots: 1,
    redundancy: "kernel",
    isPromptProtected: false,
    isNormalised: false,
  },
} as const;

describe("what would have kept a token", () => {
  it.each([
    ["alpha", decayCounterfactual],
    ["lambda", weightCounterfactual],
  ] as const)("agrees with the policy inside and outside every stretch of %s", (parameter, ask) => {
    let answerCount = 0;
    fc.assert(
      fc.property(decisions, (drawn) => {
        const { trace, candidates, keptUnder, totalsUnder } = drawDecision(drawn);
        for (const { slot } of candidates.list) {
          const kept = ask(trace.header, candidates, slot)?.kept ?? null;
          if (kept === null) continue;
          for (const [stretches, isKept] of [[kept, true] as const, [evictedStretches(kept), false] as const]) {
            for (const stretch of stretches.filter(isWide)) {
              const choices = { [parameter]: inside(stretch) };
              if (isLevelByRounding(slot, totalsUnder(choices), candidates)) continue;
              expect([slot, choices, keptUnder(choices).has(slot)]).toEqual([slot, choices, isKept]);
            }
          }
          answerCount++;
        }
      }),
      { numRuns: 150, examples: [[crossing]] },
    );
    expect(answerCount).toBeGreaterThan(500);
  });

  it("finds the least budget that keeps it", () => {
    fc.assert(
      fc.property(decisions, (drawn) => {
        const { candidates, keptUnder } = drawDecision(drawn);
        for (const candidate of candidates.list) {
          const least = leastBudget(candidate, WINDOW);
          expect(keptUnder({ budgetSlots: least })).toContain(candidate.slot);
          expect(keptUnder({ budgetSlots: least - 1 })).not.toContain(candidate.slot);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("says nothing about a decay that the policy does not have, or about a weight without redundancy", () => {
    const drawn = { seed: 1, candidateCount: 6, keptCount: 3, isCoarse: false };
    const none = drawDecision({ ...drawn, parameters: { smoothing: "none", redundancy: "none" } });
    expect(decayCounterfactual(none.trace.header, none.candidates, 0)).toBeNull();
    expect(weightCounterfactual(none.trace.header, none.candidates, 0)).toBeNull();
  });
});

describe("counterfactuals in words", () => {
  const asked = (kept: readonly Stretch[] | null, isKept: boolean): string =>
    parameterWhatIf({ parameter: "alpha", inForce: 0.8, kept }, isKept).text;

  it("rounds bounds inwards, so that what is written holds", () => {
    expect(asked([{ from: 0.31234, to: 1 }], false)).toBe("kept if α ≥ 0.313");
    expect(asked([{ from: 0, to: 0.31234 }], false)).toBe("kept if α ≤ 0.312");
    expect(asked([{ from: 0.25, to: 1 }], true)).toBe("evicted if α < 0.250");
    expect(asked([{ from: 0.31234, to: 0.31239 }], false)).toBe("kept if 0.312340 < α < 0.312390");
  });

  it("names every stretch, and says when no value or every value keeps the token", () => {
    const two = [
      { from: 0, to: 0.1234 },
      { from: 0.5, to: 1 },
    ];
    expect(asked(two, false)).toBe("kept if α ≤ 0.123, or α > 0.500");
    expect(asked(two, true)).toBe("evicted if 0.124 ≤ α < 0.500");
    expect(asked([], false)).toBe("no α from 0 to 1 keeps it");
    expect(asked([{ from: 0, to: 1 }], true)).toBe("stays at every α from 0 to 1");
    expect(asked(null, true)).toContain("rounding");
  });

  it("counts the budget in slots, window included", () => {
    const texts = drawnCandidates.ranked.map(
      (candidate) => budgetWhatIf(candidate, drawnCandidates, { windowSlots: 2, isUneven: false }).text,
    );
    expect(texts[0]).toBe("evicted if the budget is below 3 slots");
    expect(texts[3]).toBe("kept if the budget is at least 6 slots");
  });
});

/** Whether another slot, of other figures, comes so close that the rounding of a float32 decides between them. */
function isLevelByRounding(slot: number, totals: Float32Array, { list }: Candidates): boolean {
  return list.some(
    ({ slot: other, parts }) =>
      Math.abs(totals[other] - totals[slot]) < 1e-6 && JSON.stringify(parts) !== JSON.stringify(list[slot].parts),
  );
}

interface DrawnDecision {
  readonly seed: number;
  readonly candidateCount: number;
  /** Budget without the window. */
  readonly keptCount: number;
  /** Figures are eighths, so that many are equal. */
  readonly isCoarse: boolean;
  readonly parameters: Partial<PolicyParameters>;
}

/** A random decision made by the policy itself, and the same decision under other numbers. */
function drawDecision(drawn: DrawnDecision): {
  readonly trace: Trace;
  readonly candidates: Candidates;
  readonly keptUnder: (choices: Partial<PolicyParameters>) => ReadonlySet<number>;
  readonly totalsUnder: (choices: Partial<PolicyParameters>) => Float32Array;
} {
  const { candidateCount, keptCount } = drawn;
  const policy = policyById("gkv");
  const base: PolicyParameters = {
    ...effectiveParameters(policy, drawn.parameters),
    budgetSlots: keptCount + WINDOW,
    windowSlots: WINDOW,
  };
  const view = drawView(drawn);
  const decide = (parameters: PolicyParameters) => {
    const scores = computeScores(policy.formula(parameters), view);
    const chosen = chooseSurvivors({
      total: scores.total,
      lengthSlots: view.lengthSlots,
      keepSlots: parameters.budgetSlots,
      isProtected: protectedCandidates(view, parameters.isPromptProtected),
    });
    return { scores, chosen };
  };
  const { scores, chosen } = decide(base);
  const words = Array.from({ length: candidateCount + WINDOW }, (_, position) => `t${position}`);
  const drawnTrace = drawScoredTrace({
    prompt: words.slice(0, view.promptCount).join(" "),
    generated: words.slice(view.promptCount).join(" "),
    windowSlots: WINDOW,
    budgetSlots: base.budgetSlots,
    intervalSteps: 1,
    events: [],
  });
  const header = { ...drawnTrace.header, parameters: { ...base }, formula: policy.formula(base) };
  const event = {
    event: 0,
    step: words.length - view.promptCount - 1,
    budgetSlots: base.budgetSlots,
    windowSlots: WINDOW,
    positionsBefore: evenRows(view.positions, 1),
    terms: {},
    parts: Object.fromEntries(
      Object.entries(scores.parts).map(([name, part]) => [name, evenRows(part ?? new Float32Array(0), 1)]),
    ),
    total: evenRows(scores.total, 1),
    carry: evenRows(scores.carry ?? new Float32Array(0), 1),
    survivors: evenRows(chosen.slots, 1),
    cutOff: Float32Array.of(chosen.cutOff),
    margin: Float32Array.of(chosen.margin),
  };
  const trace: Trace = { ...drawnTrace, header, events: [event] };
  return {
    trace,
    candidates: readCandidates(trace, event, 0),
    keptUnder: (choices) => new Set(decide({ ...base, ...choices }).chosen.slots),
    totalsUnder: (choices) => decide({ ...base, ...choices }).scores.total,
  };
}

function drawView({ seed, candidateCount, isCoarse }: DrawnDecision): PolicyView {
  const noise = (row: number): Float32Array =>
    Float32Array.from({ length: candidateCount }, (_, slot) => {
      const value = hashUniform(seed, row, slot);
      return isCoarse ? Math.round(value * 8) / 8 : value;
    });
  const lengthSlots = candidateCount + WINDOW;
  return {
    layer: 0,
    kvHead: 0,
    event: 0,
    lengthSlots,
    candidateCount,
    positions: Int32Array.from({ length: lengthSlots }, (_, slot) => slot),
    promptCount: 3,
    terms: { windowAttention: noise(1), redundancy: noise(2) },
    carried: noise(3).subarray(0, Math.ceil(candidateCount * 0.7)),
  };
}
