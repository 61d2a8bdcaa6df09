// What an event costs in decode steps, and how much work a decoded token makes for the device.
import type { Backend, Session } from "../src/engine/backend";
import type { GpuSession } from "../src/engine/gpu/gpuSession";
import { errorMessage } from "../src/lib/errors";
import { effectiveParameters, policies } from "../src/policy/policies";
import type { Policy, PolicyParameters } from "../src/policy/policy";
import type { BenchCase, BenchContext } from "./context";
import { timedRun } from "./context";
import { median, rounded, spread, spreadNote } from "./table";

const PROMPT_COUNT = 86;
const DECODE_COUNT = 128;
const BUDGET_SLOTS = 96;
const INTERVAL_STEPS = 16;

const storages: readonly [string, Partial<PolicyParameters>][] = [
  ["as computed", {}],
  ["16 bits", { storage: "half" }],
  ["quantised", { storage: "quantised" }],
  ["KIVI-like", { storage: "kivi" }],
  ["TaDA", { storage: "tada" }],
];

export const costCase: BenchCase = {
  id: "cost",
  run: async (context, { isQuick }) => {
    const rows: (string | number)[][] = [];
    for (const backend of context.backends) {
      for (const policy of policies.filter(({ isEvicting }) => isEvicting)) {
        rows.push([backend.summary.type, policy.id, ...(await eventCost(context, backend, policy, isQuick ? 1 : 3))]);
      }
    }
    if (context.gpu !== null) {
      for (const [kind, storage] of storages) {
        const counts = await perToken(context, context.gpu, storage);
        rows.push(["gpu", `per token, ${kind}`, "", "", "", "", ...counts]);
      }
    }
    return {
      title: "Cost of an event of every policy, and of a token on the device",
      note: `${BUDGET_SLOTS} slots, s = ${INTERVAL_STEPS}, w as the policy has it; event = terms, read-back, policy, compaction; target: on the CPU ≤ 5 steps per 100 candidates, one submit per token; ${spreadNote}`,
      columns: [
        "backend",
        "policy",
        "event ms",
        "step ms",
        "event in steps",
        "per 100 candidates",
        "submits",
        "dispatches",
        "bytes read back",
      ],
      rows,
    };
  },
};

/** Event, step, their ratio, and that for 100 candidates; or why the policy cannot run here. */
async function eventCost(
  context: BenchContext,
  backend: Backend,
  policy: Policy,
  repeatCount: number,
): Promise<(string | number)[]> {
  const parameters = { budgetSlots: BUDGET_SLOTS, intervalSteps: INTERVAL_STEPS };
  const { windowSlots } = effectiveParameters(policy, parameters);
  const candidateCount = BUDGET_SLOTS + INTERVAL_STEPS - windowSlots;
  const pairs: { readonly eventMs: number; readonly stepMs: number }[] = [];
  try {
    for (let repeat = 0; repeat < repeatCount; repeat++) {
      const { eventMs, decodeMs } = await timedRun(context, backend, {
        ...{ promptCount: PROMPT_COUNT, decodeCount: DECODE_COUNT, policyId: policy.id, parameters, hasTaps: true },
      });
      // On a GPU forwards overlap, so a step is the mean over the run without its events, not a single wait.
      pairs.push({ eventMs, stepMs: decodeMs - eventMs / INTERVAL_STEPS });
    }
  } catch (error) {
    return [errorMessage(error), "", "", "", "", "", ""];
  }
  const ratios = pairs.map(({ eventMs, stepMs }) => eventMs / stepMs);
  return [
    spread(pairs.map(({ eventMs }) => eventMs)),
    spread(pairs.map(({ stepMs }) => stepMs)),
    spread(ratios),
    rounded((100 * median(ratios)) / candidateCount),
    ...["", "", ""],
  ];
}

/** Counted by the session itself over plain forwards: submits, dispatches, bytes read back. */
async function perToken(
  context: BenchContext,
  gpu: NonNullable<BenchContext["gpu"]>,
  parameters: Partial<PolicyParameters>,
): Promise<number[]> {
  let session: GpuSession | null = null;
  const counting = {
    ...gpu,
    createSession: async (request: Parameters<typeof gpu.createSession>[0]): Promise<Session> => {
      session = await gpu.createSession(request);
      return session;
    },
  };
  const run = (decodeCount: number): Promise<unknown> =>
    timedRun(context, counting, { promptCount: 86, decodeCount, policyId: "fullCache", parameters, hasTaps: true });
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
