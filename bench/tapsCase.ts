// What writing and reading the attention rows costs.
import type { BenchCase } from "./context";
import { timedRun } from "./context";
import { spread, spreadNote } from "./table";

export const tapsCase: BenchCase = {
  id: "taps",
  run: async (context, { isQuick }) => {
    const rows: (string | number)[][] = [];
    for (const backend of context.backends) {
      const pairs: { onMs: number; offMs: number }[] = [];
      for (let repeat = 0; repeat < (isQuick ? 2 : 7); repeat++) {
        const request = {
          promptCount: 86,
          decodeCount: isQuick ? 32 : 128,
          policyId: "gkv",
          parameters: { budgetSlots: 96 },
        };
        // The order alternates, so that a machine that slows down does not favour one side.
        const first = await timedRun(context, backend, { ...request, hasTaps: repeat % 2 === 0 });
        const second = await timedRun(context, backend, { ...request, hasTaps: repeat % 2 !== 0 });
        const [on, off] = repeat % 2 === 0 ? [first, second] : [second, first];
        pairs.push({ onMs: on.decodeMs, offMs: off.decodeMs });
      }
      rows.push([
        backend.summary.type,
        spread(pairs.map(({ onMs }) => onMs)),
        spread(pairs.map(({ offMs }) => offMs)),
        spread(pairs.map(({ onMs, offMs }) => onMs / offMs)),
      ]);
    }
    return {
      title: "Taps on against off",
      note: `decode time per forward, G-KV at 96 slots; target ≤ 1.1; ${spreadNote}`,
      columns: ["backend", "on ms", "off ms", "on / off"],
      rows,
    };
  },
};
