// Prefill and decode rates of both backends on the embedded model, full cache.
import type { BenchCase } from "./context";
import { median, rounded } from "./table";
import { timedRun } from "./context";

export const speedCase: BenchCase = {
  id: "speed",
  run: async (context, { isQuick }) => {
    const decodeCount = isQuick ? 32 : 192;
    const rows: (string | number)[][] = [];
    for (const backend of context.backends) {
      for (const promptCount of [86, 512]) {
        const runs = [];
        for (let repeat = 0; repeat < (isQuick ? 1 : 3); repeat++) {
          runs.push(
            await timedRun(context, backend, { promptCount, decodeCount, policyId: "fullCache", hasTaps: true }),
          );
        }
        const prefillMs = median(runs.map((run) => run.prefillMs));
        const decodeMs = median(runs.map((run) => run.decodeMs));
        rows.push([
          backend.summary.type,
          promptCount,
          rounded((1000 * promptCount) / prefillMs),
          rounded(1000 / decodeMs),
        ]);
      }
    }
    return {
      title: "Prefill and decode, full cache, taps on",
      note: `tokens per second, median of the repeats; decode over ${decodeCount} forwards`,
      columns: ["backend", "prompt tokens", "prefill tokens/s", "decode tokens/s"],
      rows,
    };
  },
};
