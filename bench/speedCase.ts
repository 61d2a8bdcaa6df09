// Prefill and decode rates of both backends on the embedded model, full cache.
import type { BenchCase } from "./context";
import { timedRun } from "./context";
import { spread, spreadNote } from "./table";

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
        rows.push([
          backend.summary.type,
          promptCount,
          spread(runs.map(({ prefillMs }) => (1000 * promptCount) / prefillMs)),
          spread(runs.map(({ decodeMs }) => 1000 / decodeMs)),
        ]);
      }
    }
    return {
      title: "Prefill and decode, full cache, taps on",
      note: `tokens per second over ${decodeCount} forwards; ${spreadNote}`,
      columns: ["backend", "prompt tokens", "prefill tokens/s", "decode tokens/s"],
      rows,
    };
  },
};
