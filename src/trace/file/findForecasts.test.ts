// The columns of real policies are told to the last bit, whatever the policy; made-up ones are left alone.
import { describe, expect, it } from "vitest";
import { drawScoredRun, type ScoredRun } from "../../engine/drawScoredRun.testing";
import { policies } from "../../policy/policies";
import { drawRandomTrace } from "../drawTrace.testing";
import { columnKeys } from "./eventColumns";
import { toFlat } from "./flatTrace";
import { findForecasts } from "./findForecasts";

const flatRun = (run: ScoredRun) => toFlat(drawScoredRun(run));

const runs: ScoredRun[] = [
  ...policies.filter(({ isEvicting }) => isEvicting).map(({ id }) => ({ policyId: id })),
  { policyId: "gkv", parameters: { smoothing: "mean", poolingSlots: 5 } },
  { policyId: "gkv", parameters: { smoothing: "sum", alpha: 1 }, promptCount: 20 },
  { policyId: "gkv", parameters: { smoothing: "sum", alpha: 1 }, promptCount: 5 },
  { policyId: "gkv", parameters: { isNormalised: false, lambda: 0.1 } },
  { policyId: "gkv", parameters: { shiftGamma: 0.7 } },
  { policyId: "gkv", parameters: { shiftGamma: 0.7, isNormalised: false, redundancy: "raw" } },
  { policyId: "gkv", parameters: { alpha: 0 } },
  { policyId: "gkv", parameters: { isPromptProtected: true, smoothing: "none" } },
  { policyId: "rKv", parameters: { budgetMode: "ratio", compressRatio: 0.6 } },
];

describe("the forecasts of a run", () => {
  it.each(runs)("tell every part, total and carry of %o", (run) => {
    const trace = flatRun(run);
    expect(trace.events.length).toBeGreaterThan(3);
    const [event] = trace.events;
    const names = { termNames: [], partNames: Object.keys(event.parts), hasCarry: event.carry.length > 0 };
    const found = findForecasts(trace);
    if (Object.keys(event.terms).length === 0) expect(found).toEqual([]);
    else {
      expect(found.map(({ column }) => column)).toEqual(columnKeys(names));
      expect(found.every(({ isExact }) => isExact)).toBe(true);
    }
  });

  it("name what G-KV does, with the numbers that it was run with", () => {
    const found = findForecasts(flatRun({ policyId: "gkv", parameters: { poolingSlots: 3, lambda: 0.3 } }));
    expect(found.map(({ column, operation, from, number }) => [column, operation, from.join(), number])).toEqual([
      ["parts.localRaw", "copy", "terms.windowAttention", 1],
      ["parts.local", "share", "terms.windowAttention", 1],
      ["parts.history", "decayed", "", 0.8],
      ["parts.global", "largest", "parts.history,parts.local", 1],
      ["parts.pooled", "pooled", "parts.global", 3],
      ["parts.redundancy", "share", "terms.redundancy", 1],
      ["total", "mixed", "parts.pooled,parts.redundancy", 0.3],
      ["carry", "copy", "parts.global", 1],
    ]);
  });

  it("say where they tell most of a column and not all of it", () => {
    const trace = flatRun({ policyId: "snapKv" });
    trace.events[3].total[5] += 1;
    const found = findForecasts(trace);
    expect(found.map(({ column, isExact }) => [column, isExact])).toEqual([
      ["parts.localRaw", true],
      ["parts.local", true],
      ["parts.pooled", true],
      ["total", false],
    ]);
  });

  it("are none where nothing follows from anything, and none without events", () => {
    expect(findForecasts(toFlat(drawRandomTrace(5))).filter(({ isExact }) => isExact)).toEqual([]);
    expect(findForecasts(toFlat({ ...drawRandomTrace(5), events: [] }))).toEqual([]);
  });
});
