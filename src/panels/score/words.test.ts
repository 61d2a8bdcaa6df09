import { describe, expect, it } from "vitest";
import { effectiveParameters, policies } from "../../policy/policies";
import { lightTrace } from "../../trace/file/lightTrace";
import type { Trace, TraceHeader } from "../../trace/trace";
import { readCandidates } from "./candidates";
import { drawnCandidates, drawnEvent, drawnTrace, pooledTrace } from "./drawScores.testing";
import { attentionSentence, cutLabel, cutSentence, noSpreadReason, scoreFormula, scoreSummary } from "./words";

describe("the score panel in words", () => {
  it("counts for those who do not see it", () => {
    expect(scoreSummary(drawnEvent, drawnCandidates)).toBe(
      "Scores at step 0: 4 candidates, 2 kept, 2 evicted; 2 in the window are protected.",
    );
  });

  it("names the two candidates on either side of the cut, and the gap", () => {
    expect(cutSentence(drawnCandidates)).toBe(
      "Last kept: “sat”, rank 2, Z = +0.150. First evicted: “on”, rank 3, −0.100. Gap 0.250.",
    );
    expect(cutLabel(drawnCandidates)).toBe("cut-off: rank 2 +0.150, rank 3 −0.100, gap 0.250");
  });

  it("says how many tie", () => {
    const pooled = readCandidates(pooledTrace, pooledTrace.events[0], 0);
    expect(cutSentence(pooled)).toContain("There is no gap. 3 tokens tie at the cut-off; the older ones stay.");
  });

  it("gives the window's own share exactly only where heads are not joined by their maximum", () => {
    expect(attentionSentence(drawnTrace, drawnCandidates)).toContain("at least 68 %");
    const { header } = drawnTrace;
    const mean = { ...drawnTrace, header: { ...header, parameters: { ...header.parameters, groupPooling: "mean" } } };
    expect(attentionSentence(mean, drawnCandidates)).toContain("The other 68 % of the attention");
  });

  it("says whether the policy measures no attention or a light file left it out", () => {
    const light = lightTrace(drawnTrace);
    const candidates = readCandidates(light, light.events[0], 0);
    const unmeasured: Trace = { ...light, header: { ...light.header, formula: null, policyLabel: "Recency" } };
    expect(attentionSentence(light, candidates)).toMatch(/^This run comes from a light file/);
    expect(noSpreadReason(light.header)).toMatch(/^This run comes from a light file/);
    expect(attentionSentence(unmeasured, candidates)).toBe("This policy measures no attention.");
    expect(noSpreadReason(unmeasured.header)).toContain("Recency measures neither");
  });
});

it("writes the formulas of the policies with the numbers in force", () => {
  const formulas = policies.map((policy) => {
    const header: TraceHeader = {
      ...drawnTrace.header,
      policyId: policy.id,
      parameters: { ...effectiveParameters(policy) },
      formula: policy.formula(effectiveParameters(policy)),
    };
    return `${policy.id}: ${scoreFormula(header)}`;
  });
  const present = "S = mean over the window’s queries";
  expect(formulas).toEqual(
    expect.arrayContaining([
      `gkv: Z = λ·F − (1 − λ)·R with λ = 0.5; F = max(α·C, S) with α = 0.8, C = F of the last event; ${present}; S := S / max S, R := R / max R`,
      `snapKv: Z = Y; Y = highest S of 5 neighbouring slots; ${present}`,
      `rKv: Z = λ·Y − (1 − λ)·R with λ = 0.1; Y = highest S of 5 neighbouring slots; ${present}`,
      `h2o: Z = F; F = α·C + S with α = 0.8, C = F of the last event; ${present}; S := S / max S`,
      "streamingLlm: Z = position; the first 4 slots: Z = ∞",
      "fullCache: no score: everything stays",
      "random: Z = seeded draw from 0 … 1, and 1 more for the prompt where it has at most 80 tokens",
      "promptRecent: Z = position; the prompt is protected",
    ]),
  );
});
