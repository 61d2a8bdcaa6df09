// What the trace of a long run of 28 × 8 heads takes in memory: with every head's attention or that of watched heads, as the run
// leaves it and within the room of the page.
import { growManyHeads, type ManyHeadsRun } from "../src/engine/manyHeads.testing";
import { cacheAfterStep } from "../src/trace/replay";
import { boundTraces, leftOut, TRACE_BUDGET_BYTES, traceBytes } from "../src/trace/traceMemory";
import type { BenchCase } from "./context";
import { rounded } from "./table";

const runs: readonly (ManyHeadsRun & { readonly hasRoom: boolean })[] = [
  { stepCount: 1500, budgetSlots: 256, intervalSteps: 64, heads: "all", hasRoom: false },
  { stepCount: 1500, budgetSlots: 256, intervalSteps: 64, heads: "auto", hasRoom: false },
  { stepCount: 1500, budgetSlots: 256, intervalSteps: 64, heads: "auto", hasRoom: true },
  { stepCount: 4000, budgetSlots: 512, intervalSteps: 128, heads: "auto", hasRoom: true },
  { stepCount: 4000, budgetSlots: 512, intervalSteps: 16, heads: "auto", hasRoom: true },
];

async function traceRow(run: ManyHeadsRun & { readonly hasRoom: boolean }): Promise<(string | number)[]> {
  let [most, boundMs, isEnough] = [0, 0, true];
  const { trace } = await growManyHeads(run, (builder) => {
    const start = performance.now();
    if (run.hasRoom && !boundTraces([builder])) isEnough = false;
    boundMs += performance.now() - start;
    most = Math.max(most, traceBytes(builder.trace));
  });
  const { rowsBefore, scoresBefore } = leftOut(trace);
  const replayStart = performance.now();
  for (const { step } of trace.events) cacheAfterStep(trace, step);
  return [
    `${run.stepCount} steps, budget ${run.budgetSlots}, event every ${run.intervalSteps}`,
    run.heads === "all" ? "all" : "watched",
    run.hasRoom ? `${TRACE_BUDGET_BYTES / 1e6} MB` : "any",
    rounded(most / 1e6),
    isEnough ? "yes" : "no",
    scoresBefore,
    rowsBefore,
    rounded(boundMs / run.stepCount),
    rounded((performance.now() - replayStart) / trace.events.length),
  ];
}

export const traceCase: BenchCase = {
  id: "trace",
  run: async (_, { isQuick }) => {
    const rows = [];
    for (const run of isQuick ? runs.slice(1, 3) : runs) rows.push(await traceRow(run));
    return {
      title: "Memory of a trace of 224 heads",
      note: "G-KV on the CPU, drawn weights of 28 × 8 heads; the most that the trace took, counted after every step; scores = all heads’ from this step on, attention = from this step on",
      columns: ["run", "attention of", "room", "MB", "fits", "scores", "attention", "bound ms/step", "replay ms/event"],
      rows,
    };
  },
};
