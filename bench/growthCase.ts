// Decode time as the text grows: the full cache against G-KV at a quarter of the length and at a fixed budget.
import type { BenchCase } from "./context";
import { rounded } from "./table";
import { timedRun } from "./context";

const FIXED_BUDGET = 128;

/** The paper's own ratio (budget 512, event every 128 forwards), but no more often than the page's default. */
const intervalOf = (budgetSlots: number): number => Math.max(16, budgetSlots / 4);

export const growthCase: BenchCase = {
  id: "growth",
  run: async (context, { isQuick }) => {
    const lengths = isQuick ? [128, 512] : [128, 256, 512, 1024, 2048];
    const rows: (string | number)[][] = [];
    for (const backend of context.backends) {
      for (const length of lengths) {
        const quarterSlots = length / 4;
        // Every count includes at least one event.
        const decodeCount = Math.max(isQuick ? 32 : 64, intervalOf(quarterSlots));
        const at = { promptCount: length, decodeCount, hasTaps: true };
        const full = await timedRun(context, backend, { ...at, policyId: "fullCache" });
        const quarter = await timedRun(context, backend, {
          ...at,
          policyId: "gkv",
          parameters: { budgetSlots: quarterSlots, intervalSteps: intervalOf(quarterSlots) },
        });
        const fixed = await timedRun(context, backend, {
          ...at,
          policyId: "gkv",
          parameters: { budgetSlots: FIXED_BUDGET, intervalSteps: intervalOf(FIXED_BUDGET) },
        });
        rows.push([
          backend.summary.type,
          length,
          rounded(full.decodeMs),
          rounded(quarter.decodeMs),
          rounded(quarter.decodeMs / full.decodeMs),
          rounded(fixed.decodeMs),
          rounded(fixed.decodeMs / full.decodeMs),
        ]);
      }
    }
    return {
      title: "Decode time per token as the text grows",
      note: `ms per token at that length, events included: one every quarter of the budget, at least 16 forwards apart, each length measured once; the fixed budget is ${FIXED_BUDGET} slots`,
      columns: ["backend", "length", "full ms", "G-KV ¼ ms", "G-KV ¼ / full", "fixed ms", "fixed / full"],
      rows,
    };
  },
};
