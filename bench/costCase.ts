// What an event costs in decode steps, and how much work a decoded token makes for the device.
import type { Session } from "../src/engine/backend";
import type { GpuSession } from "../src/engine/gpu/gpuSession";
import type { BenchCase, BenchContext } from "./context";
import { timedRun } from "./context";
import { rounded, spread, spreadNote } from "./table";

export const costCase: BenchCase = {
  id: "cost",
  run: async (context, { isQuick }) => {
    const rows: (string | number)[][] = [];
    for (const backend of context.backends) {
      for (const policyId of ["gkv", "snapKv", "h2o"]) {
        const runs = [];
        for (let repeat = 0; repeat < (isQuick ? 2 : 5); repeat++) {
          runs.push(
            await timedRun(context, backend, {
              promptCount: 86,
              decodeCount: 128,
              policyId,
              parameters: { budgetSlots: 96 },
              hasTaps: true,
            }),
          );
        }
        // On a GPU forwards overlap, so a step is the mean over the run without its events, not a single wait.
        const eventCount = 128 / 16;
        const pairs = runs.map(({ eventMs, decodeMs }) => ({
          eventMs,
          stepMs: decodeMs - (eventMs * eventCount) / 128,
        }));
        rows.push([
          backend.summary.type,
          policyId,
          spread(pairs.map(({ eventMs }) => eventMs)),
          spread(pairs.map(({ stepMs }) => stepMs)),
          spread(pairs.map(({ eventMs, stepMs }) => eventMs / stepMs)),
          "",
          "",
          "",
        ]);
      }
    }
    if (context.gpu !== null) rows.push(["gpu", "per token", "", "", "", ...(await perToken(context, context.gpu))]);
    return {
      title: "Cost of an event, and of a token on the device",
      note: `96 slots, w = s = 16 (H2O: w = 1); event = terms, read-back, policy, compaction; target: G-KV on the CPU ≤ 5 steps, one submit per token; ${spreadNote}`,
      columns: [
        "backend",
        "policy",
        "event ms",
        "step ms",
        "event in steps",
        "submits",
        "dispatches",
        "bytes read back",
      ],
      rows,
    };
  },
};

/** Counted by the session itself over plain forwards: submits, dispatches, bytes read back. */
async function perToken(context: BenchContext, gpu: NonNullable<BenchContext["gpu"]>): Promise<number[]> {
  let session: GpuSession | null = null;
  const counting = {
    ...gpu,
    createSession: async (request: Parameters<typeof gpu.createSession>[0]): Promise<Session> => {
      session = await gpu.createSession(request);
      return session;
    },
  };
  const run = (decodeCount: number): Promise<unknown> =>
    timedRun(context, counting, { promptCount: 86, decodeCount, policyId: "fullCache", hasTaps: true });
  const read = (): number[] => {
    if (session === null) throw new Error("the run made no session");
    const { submitCount, dispatchCount, readBackBytes } = session.stats;
    return [submitCount, dispatchCount, readBackBytes];
  };
  await run(32);
  const short = read();
  await run(96);
  const long = read();
  return long.map((count, index) => rounded((count - short[index]) / 64));
}
