// What merging adds to an event on the CPU, in decode steps for 100 slots evicted or kept: runs with and without it take turns.
import type { PolicyParameters } from "../src/policy/policy";
import type { BenchCase, BenchContext } from "./context";
import { timedRun } from "./context";
import { rounded, spread, spreadNote } from "./table";

const INTERVAL_STEPS = 16;
const kinds: readonly PolicyParameters["merging"][] = ["keepKv", "keepKvCode", "convex", "values", "cam"];

export const mergeCase: BenchCase = {
  id: "merge",
  run: async (context, { isQuick }) => ({
    title: "What merging adds to an event on the CPU",
    note: `G-KV, s = ${INTERVAL_STEPS}; added = event with merging less event without; target: ≤ 1 step per 100 slots; ${spreadNote}`,
    columns: ["slots", "merging", "event ms", "event without ms", "step ms", "added, steps per 100 slots"],
    rows: await mergeRows(context, isQuick ? [96] : [96, 384], isQuick ? 1 : 5),
  }),
};

async function mergeRows(
  context: BenchContext,
  budgets: readonly number[],
  repeatCount: number,
): Promise<(string | number)[][]> {
  const [cpu] = context.backends;
  const rows: (string | number)[][] = [];
  for (const budgetSlots of budgets) {
    const run = (merging: PolicyParameters["merging"]) =>
      timedRun(context, cpu, {
        ...{ promptCount: budgetSlots, decodeCount: 6 * INTERVAL_STEPS, policyId: "gkv", hasTaps: true },
        parameters: { budgetSlots, intervalSteps: INTERVAL_STEPS, merging },
      });
    for (const merging of kinds) {
      const pairs: { withMs: number; withoutMs: number; stepMs: number }[] = [];
      for (let repeat = 0; repeat < repeatCount; repeat++) {
        const [plain, merged] = [await run("none"), await run(merging)];
        pairs.push({ withMs: merged.eventMs, withoutMs: plain.eventMs, stepMs: plain.plainStepMs });
      }
      const added = pairs.map(({ withMs, withoutMs, stepMs }) => (withMs - withoutMs) / stepMs);
      rows.push([
        budgetSlots,
        merging,
        spread(pairs.map(({ withMs }) => withMs)),
        spread(pairs.map(({ withoutMs }) => withoutMs)),
        rounded(Math.min(...pairs.map(({ stepMs }) => stepMs))),
        spread(added.map((steps) => (100 * steps) / (budgetSlots + INTERVAL_STEPS))),
      ]);
    }
  }
  return rows;
}
