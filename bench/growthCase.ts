// Decode time as the text grows: the full cache against G-KV at a quarter of the length and at a fixed budget.
import type { BenchCase } from "./benchCase";
import { rounded } from "./table";
import { timedRun } from "./timedRun";

const FIXED_BUDGET = 128;

export const growthCase: BenchCase = {
  id: "growth",
  run: async (context, { isQuick }) => {
    const lengths = isQuick ? [128, 512] : [128, 256, 512, 1024, 2048];
    const decodeCount = isQuick ? 32 : 64;
    const rows: (string | number)[][] = [];
    for (const backend of context.backends) {
      for (const length of lengths) {
        const at = { promptCount: length, decodeCount, hasTaps: true };
        const full = await timedRun(context, backend, { ...at, policyId: "fullCache" });
        const quarter = await timedRun(context, backend, {
          ...at,
          policyId: "gkv",
          parameters: { budgetSlots: length / 4 },
        });
        const fixed = await timedRun(context, backend, {
          ...at,
          policyId: "gkv",
          parameters: { budgetSlots: FIXED_BUDGET },
        });
        rows.push([
          backend.summary.type,
          length,
          rounded(full.decodeMs),
          rounded(quarter.decodeMs),
          rounded(quarter.decodeMs / full.decodeMs),
          rounded(fixed.decodeMs),
          rounded(fixed.plainStepMs),
        ]);
      }
    }
    return {
      title: "Decode time per token as the text grows",
      note: `ms per token at that length over ${decodeCount} forwards, events (every 16) included; the fixed budget is ${FIXED_BUDGET} slots, its last column without events`,
      columns: ["backend", "length", "full ms", "G-KV ¼ ms", "G-KV ¼ / full", "fixed ms", "fixed, plain step ms"],
      rows,
    };
  },
};
