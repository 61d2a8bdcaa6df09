// What an event costs on the CPU, in decode steps: measured in Node by the CPU time that the process used, so that other work on
// the machine counts for nothing. Whole events with everything that the record keeps; medians over several runs after a first one.
//   node scripts/run.mjs bench/eventCpu.ts gkv,snapKv [RUNS] ['{"merging":"keepKv"}']
import process from "node:process";
import { openModel } from "../lab/openModel";
import { createCpuBackend } from "../src/engine/cpu/cpuBackend";
import { createDecodeLoop } from "../src/engine/decodeLoop";
import { greedySampling } from "../src/model/sampling";
import { effectiveParameters, policies, policyById } from "../src/policy/policies";
import type { PolicyParameters } from "../src/policy/policy";
import { curatedProblems } from "../src/problems/families";
import { shippedFolder } from "../scripts/shippedFolder";
import { median } from "./table";

const PROMPT_COUNT = 86;
const STEP_COUNT = 130;
const BUDGET_SLOTS = 96;
const INTERVAL_STEPS = 16;

export async function main([names, runs = "10", parameters = "{}"]: string[]): Promise<number> {
  const ids = names?.split(",") ?? policies.filter(({ isEvicting }) => isEvicting).map(({ id }) => id);
  const { loaded } = await openModel(shippedFolder);
  const model = { ...loaded, config: { ...loaded.config, stopTokens: [], maxPositions: 4096 } };
  const backend = await createCpuBackend(model);
  const problem = loaded.tokenizer.encode(curatedProblems[0].prompt);
  const promptTokens = Int32Array.from({ length: PROMPT_COUNT }, (_, place) => problem[place % problem.length]);
  console.log("policy                 step ms  event ms  event in steps  for 100 candidates");
  for (const id of ids) {
    const policy = policyById(id);
    const chosen = JSON.parse(parameters) as Partial<PolicyParameters>;
    const own = effectiveParameters(policy, {
      ...{ budgetSlots: BUDGET_SLOTS, intervalSteps: INTERVAL_STEPS },
      ...chosen,
    });
    const eventMs: number[] = [];
    const stepMs: number[] = [];
    for (let run = 0; run <= Number(runs); run++) {
      const loop = await createDecodeLoop(backend, {
        ...{ model, tokenizer: loaded.tokenizer, promptTokens },
        recipe: {
          ...{ promptText: "", expectedAnswer: null, policyId: id, parameters: own, hasTaps: true },
          ...{ sampling: greedySampling, maxNewTokens: STEP_COUNT },
        },
      });
      // The prefill, and the steps right behind it, are other work.
      for (let step = 0; step < STEP_COUNT; step++) {
        const before = cpuMs();
        const { eviction } = await loop.next();
        if (run > 0 && step > 2) (eviction === null ? stepMs : eventMs).push(cpuMs() - before);
      }
      loop.dispose();
    }
    const step = median(stepMs);
    const event = median(eventMs) - step;
    const perHundred = (100 * event) / step / (own.budgetSlots + INTERVAL_STEPS - own.windowSlots);
    const figures = [step.toFixed(2), event.toFixed(2), (event / step).toFixed(1), perHundred.toFixed(1)];
    console.log([id.padEnd(20), ...figures.map((figure, at) => figure.padStart([9, 9, 15, 19][at]))].join(" "));
  }
  backend.dispose();
  return 0;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
