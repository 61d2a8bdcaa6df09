import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../lib/random";
import { chooseSurvivors, protectedCandidates } from "./admission";
import { positionsOf } from "../lib/spans";
import { fairPolicies, objectionToCombination } from "./combination";
import { objectionToFormula } from "./formula";
import { computeScores } from "./columns";
import { effectiveParameters, overruledWords, policies, policyById } from "./policies";
import { chooseLayer } from "./selection";
import { policyFormula } from "./secondStage";
import { neededTerms, type Policy, type PolicyParameters, type PolicyView } from "./policy";

interface Case {
  readonly parameters: PolicyParameters;
  readonly view: PolicyView;
}

/** A seeded cache with every term measured, larger than the budget. */
function caseOf(policy: Policy, seed: number): Case {
  const stream = randomStream(seed);
  const chosen = {
    budgetSlots: stream.integer(4, 30),
    windowSlots: stream.integer(1, 8),
    seed,
    isPromptProtected: stream.pick([true, false]),
  };
  const parameters = effectiveParameters(policy, chosen);
  const lengthSlots = parameters.budgetSlots + stream.integer(1, 20);
  const candidateCount = lengthSlots - parameters.windowSlots;
  const term = () => Float32Array.from({ length: candidateCount }, () => stream.uniform());
  let position = 0;
  return {
    parameters,
    view: {
      layer: stream.integer(0, 3),
      kvHead: stream.integer(0, 3),
      event: stream.integer(0, 9),
      lengthSlots,
      candidateCount,
      positions: Int32Array.from({ length: lengthSlots }, () => (position += stream.integer(1, 3))),
      promptCount: stream.integer(0, 20),
      terms: Object.fromEntries(
        ["windowAttention", "keyNorm", ...neededTerms(policy.formula(parameters))].map((name) => [name, term()]),
      ),
      carried: stream.pick([null, term().slice(0, Math.ceil(candidateCount / 2))]),
    },
  };
}

function keptSlots(policy: Policy, { parameters, view }: Case, keepSlots = parameters.budgetSlots): number[] {
  const { total } = computeScores(policy.formula(parameters), view);
  const isProtected = protectedCandidates(view, parameters.isPromptProtected);
  return [...chooseSurvivors({ total, lengthSlots: view.lengthSlots, keepSlots, isProtected }).slots];
}

function forEachCase(policy: Policy, check: (one: Case) => void): void {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      check(caseOf(policy, seed));
    }),
    { numRuns: 50 },
  );
}

describe.each(policies)("$label", (policy) => {
  it("fills the budget and never exceeds it", () => {
    forEachCase(policy, (one) => {
      expect(keptSlots(policy, one)).toHaveLength(one.parameters.budgetSlots);
    });
  });

  it("keeps slots in order, each once, the window included", () => {
    forEachCase(policy, (one) => {
      const kept = keptSlots(policy, one);
      expect(kept.every((slot, at) => at === 0 || kept[at - 1] < slot)).toBe(true);
      const window = Array.from({ length: one.parameters.windowSlots }, (_, row) => one.view.candidateCount + row);
      expect(kept.slice(kept.length - window.length)).toEqual(window);
    });
  });

  it("evicts nothing while there is room", () => {
    forEachCase(policy, (one) => {
      const { lengthSlots } = one.view;
      expect(keptSlots(policy, one, lengthSlots)).toEqual(Array.from({ length: lengthSlots }, (_, slot) => slot));
    });
  });

  it("stays within the budget by every grouping and with any fair share, keeps the window, and keeps spans that are kept", () => {
    forEachCase(policy, ({ view, parameters: own }) => {
      const stream = randomStream(view.event + 7 * view.lengthSlots);
      const parameters: PolicyParameters = {
        ...own,
        grouping: stream.pick(["tokens", "chunks", "wholeChunks"] as const),
        groupingSlots: stream.integer(1, own.budgetSlots - own.windowSlots),
        fairShare: stream.pick([0, 0.5, 1]),
        fairRule: stream.pick(["lengths", "code"] as const),
        schedule: stream.pick(["decoding", "once"] as const),
      };
      const start = view.positions[stream.integer(0, view.candidateCount - 1)];
      const spans = {
        kept: stream.pick([[], [{ start, end: start + 2 }]]),
        instructions: [
          { start: 3, end: 9 },
          { start: 9, end: 14 },
        ],
      };
      const model = { layerCount: 1, headCount: 1, roles: null, filters: [], spans };
      if (!policy.isEvicting || objectionToCombination(policy, parameters, model) !== null) return;
      const formula = policyFormula(policy, parameters);
      const votes = new Float32Array(view.candidateCount).map((_, slot) => Math.sin(view.event + slot));
      const terms = { ...view.terms, instructionVotes: votes, instructionAttention: votes, projectedValueNorm: votes };
      const { total } = computeScores(formula, { ...view, terms });
      expect(objectionToFormula(formula)).toBeNull();
      const isProtected = protectedCandidates(view, parameters.isPromptProtected, spans.kept);
      const head = { row: { total, isProtected }, positions: view.positions, keepSlots: parameters.budgetSlots };
      const rule = { ...parameters, instructions: spans.instructions, fairQuotas: policy.fair?.quotas };
      const [{ slots }] = chooseLayer(rule, [head]);
      expect(slots.length).toBeLessThanOrEqual(parameters.budgetSlots);
      if (parameters.grouping !== "wholeChunks") expect(slots).toHaveLength(parameters.budgetSlots);
      expect(slots.every((slot, at) => at === 0 || slots[at - 1] < slot)).toBe(true);
      for (let slot = view.candidateCount; slot < view.lengthSlots; slot++) expect(slots).toContain(slot);
      const kept = new Set(Array.from(slots, (slot) => view.positions[slot]));
      const held = positionsOf(spans.kept).filter((position) => view.positions.includes(position));
      expect(held.every((position) => kept.has(position))).toBe(true);
    });
  });

  it("gives the same answer twice", () => {
    forEachCase(policy, (one) => {
      expect(computeScores(policy.formula(one.parameters), one.view)).toEqual(
        computeScores(policy.formula(one.parameters), one.view),
      );
    });
  });

  it("scores every candidate with a number, and shows parts of that length", () => {
    forEachCase(policy, (one) => {
      const { total, carry, parts } = computeScores(policy.formula(one.parameters), one.view);
      for (const row of [total, carry ?? total, ...Object.values(parts)]) {
        expect(row).toHaveLength(one.view.candidateCount);
      }
      expect(total.some((score) => Number.isNaN(score))).toBe(false);
    });
  });

  it("states a formula that holds together", () => {
    forEachCase(policy, ({ parameters }) => {
      expect(objectionToFormula(policy.formula(parameters))).toBeNull();
    });
  });

  it("evicts no protected prompt token while it keeps another candidate", () => {
    forEachCase(policy, ({ view, parameters }) => {
      const one = { view, parameters: { ...parameters, isPromptProtected: true, sinkSlots: 0 } };
      if (!policy.isEvicting) return;
      const candidates = Array.from({ length: view.candidateCount }, (_, slot) => slot);
      const isPrompt = (slot: number) => view.positions[slot] < view.promptCount;
      const kept = new Set(keptSlots(policy, one));
      const hasEvictedPrompt = candidates.some((slot) => isPrompt(slot) && !kept.has(slot));
      const hasKeptOther = candidates.some((slot) => !isPrompt(slot) && kept.has(slot));
      expect(hasEvictedPrompt && hasKeptOther).toBe(false);
    });
  });

  it("reads no term that it does not name", () => {
    forEachCase(policy, ({ view, parameters }) => {
      const needed = neededTerms(policy.formula(parameters));
      const terms = Object.fromEntries(
        Object.entries(view.terms).filter(([name]) => needed.some((need) => need === name)),
      );
      expect(computeScores(policy.formula(parameters), { ...view, terms })).toEqual(
        computeScores(policy.formula(parameters), view),
      );
    });
  });
});

describe("the list", () => {
  it("names each policy once", () => {
    expect(new Set(policies.map(({ id }) => id)).size).toBe(policies.length);
  });

  it("finds a policy by its id and says which there are", () => {
    for (const policy of policies) expect(policyById(policy.id)).toBe(policy);
    expect(() => policyById("fifo")).toThrow('there is no policy "fifo"; choose one of gkv, snapKv');
  });
});

describe("a fair share by the paper's code", () => {
  const two = [
    { start: 3, end: 9 },
    { start: 9, end: 14 },
  ];
  const objectionTo = (policyId: string, instructions = two, choices: Partial<PolicyParameters> = {}) => {
    const policy = policyById(policyId);
    const parameters = effectiveParameters(policy, { fairShare: 1, fairRule: "code", schedule: "once", ...choices });
    const spans = { kept: [], instructions };
    return objectionToCombination(policy, parameters, { layerCount: 1, headCount: 1, roles: null, spans });
  };

  it("names the policies that it has rules for", () => {
    const named = policies.filter(({ label }) => fairPolicies.split(/, | and /).includes(label));
    expect(named.map(({ id }) => id)).toEqual(["streamingLlm", "keyNorm", "tova", "snapKvOfKvPress", "h2oOfKvPress"]);
    const rules = policies.flatMap(({ fair }) => fair ?? []);
    expect(new Set(rules)).toEqual(new Set(named.map(({ fair }) => fair)));
    expect(objectionTo("snapKvOfKvPress")).toBeNull();
    expect(objectionTo("gkv")).toContain("not for that of G-KV");
    expect(objectionTo("gkv", two, { fairRule: "lengths" })).toBeNull();
  });

  it("needs one event after the prompt, and two instructions side by side", () => {
    expect(objectionTo("tova", two, { schedule: "decoding" })).toContain("choose one event after the prompt");
    expect(objectionTo("tova", [])).toContain("found none");
    expect(objectionTo("tova", [two[0], { start: 10, end: 12 }])).toContain("found two with tokens between them");
    expect(objectionTo("tova", [...two, { start: 14, end: 15 }])).toContain("found 3");
  });

  it("counts only where there is a fair share", () => {
    const { fairRule } = effectiveParameters(policyById("tova"), { fairRule: "code" });
    expect(fairRule).toBe("lengths");
    expect(overruledWords("fairRule", "code", effectiveParameters(policyById("tova")))).toBe(
      "counts only while Fair share is above 0",
    );
  });
});

describe("effective parameters", () => {
  const gkv = policyById("gkv");

  it("lay the choices over the policy's own values over the base", () => {
    const { alpha, lambda, windowSlots } = effectiveParameters(gkv, { alpha: 0.9 });
    expect({ alpha, lambda, windowSlots }).toEqual({ alpha: 0.9, lambda: 0.5, windowSlots: 16 });
    expect(effectiveParameters(policyById("rKv")).lambda).toBe(0.1);
  });

  it("leave out choices that the policy does not use", () => {
    expect(effectiveParameters(policyById("h2o"), { windowSlots: 8 }).windowSlots).toBe(1);
    expect(effectiveParameters(policyById("promptRecent"), { isPromptProtected: false }).isPromptProtected).toBe(true);
  });

  it("keep the window below the budget and the pool odd", () => {
    const narrow = effectiveParameters(gkv, { budgetSlots: 8, windowSlots: 16, poolingSlots: 4 });
    expect([narrow.budgetSlots, narrow.windowSlots, narrow.poolingSlots]).toEqual([8, 7, 5]);
  });
});
