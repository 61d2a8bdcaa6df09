// How long the page stands still while it opens a large run file of 224 heads: decoded on the page, and in a worker of its own.
import { growManyHeads } from "../src/engine/manyHeads.testing";
import { decodeSaved } from "../src/state/library/decodeSaved";
import { encodeRunFile } from "../src/trace/file/runFile";
import { decodeSavedRun } from "../src/trace/file/savedRun";
import type { BenchCase } from "./context";
import { rounded } from "./table";

const run = { stepCount: 1500, budgetSlots: 256, intervalSteps: 64 };
const ways = { "on the page": decodeSavedRun, "in a worker": decodeSaved };

export const openCase: BenchCase = {
  id: "open",
  run: async (_, { isQuick }) => {
    const idle = await watched(() => new Promise((resolve) => setTimeout(resolve, 2000)));
    const rows: (string | number)[][] = [["", "", "waiting alone", idle.wholeMs, idle.longestMs]];
    for (const heads of isQuick ? (["auto"] as const) : (["auto", "all"] as const)) {
      const { trace } = await growManyHeads({ ...run, heads, ...(isQuick && { stepCount: 400 }) }, () => undefined);
      const bytes = await encodeRunFile(trace);
      for (const [way, decode] of Object.entries(ways)) {
        const { wholeMs, longestMs } = await watched(() => decode(bytes.slice(), "bench.winnow"));
        rows.push([heads === "all" ? "all" : "watched", rounded(bytes.length / 1e6), way, wholeMs, longestMs]);
      }
    }
    return {
      title: "Opening a run file of 224 heads",
      note: `drawn weights of 28 × 8 heads, ${run.stepCount} tokens under G-KV, budget ${run.budgetSlots}, an event every ${run.intervalSteps}; longest = the longest time in which the page could not answer, which a busy machine adds to: waiting alone shows by how much`,
      columns: ["attention of", "MB", "decoded", "ms", "longest ms"],
      rows,
    };
  },
};

/** A timer that comes late shows for how long the page could not answer. */
async function watched(work: () => Promise<unknown>): Promise<{ wholeMs: number; longestMs: number }> {
  let [last, longest] = [performance.now(), 0];
  const tick = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last - TICK_MS);
    last = now;
  };
  const timer = setInterval(tick, TICK_MS);
  const start = performance.now();
  await work();
  const wholeMs = performance.now() - start;
  // What its last task left behind.
  await new Promise((resolve) => setTimeout(resolve, 5 * TICK_MS));
  clearInterval(timer);
  return { wholeMs: rounded(wholeMs), longestMs: rounded(longest) };
}

const TICK_MS = 5;
