// Lanes on the GPU: sessions side by side on one device, with several forwards in flight each, do not touch one another.
import { afterAll, describe, expect, it } from "vitest";
import { greedySampling } from "../../model/sampling";
import { effectiveParameters, policyById } from "../../policy/policies";
import type { Trace } from "../../trace/trace";
import type { Backend } from "../backend";
import { createCpuBackend } from "../cpu/cpuBackend";
import type { RunRecipe } from "../protocol";
import { recordLanes } from "../../../lab/recordTrace";
import { seededModel, seededPrompt, tinyConfig, wordTokenizer } from "../seededModel.testing";
import { closeTestBackends, openTestBackend } from "./gpuTestBackend.testing";

const model = seededModel(5);
const tokenizer = wordTokenizer(tinyConfig.vocabularySize);
const summary = { ...tinyConfig, id: "tiny", label: "Tiny", parameterCount: 1, digest: "00" };
/** Nats, and logarithms of probabilities. */
const TOLERANCE = 1e-3;

afterAll(closeTestBackends);

function recipeOf(policyId: string, seed: number): RunRecipe {
  return {
    promptText: tokenizer.decode(seededPrompt(9, 21)),
    expectedAnswer: null,
    policyId,
    parameters: effectiveParameters(policyById(policyId), { budgetSlots: 12, windowSlots: 4, intervalSteps: 8 }),
    sampling: { ...greedySampling, temperature: 1, seed },
    maxNewTokens: 28,
    hasTaps: true,
  };
}

const lanes = [recipeOf("gkv", 3), recipeOf("snapKv", 4), recipeOf("h2o", 5), recipeOf("fullCache", 6)];

function record(backend: Backend, recipes: readonly RunRecipe[], isForced = false): Promise<Trace[]> {
  return recordLanes(backend, summary, { model, tokenizer, request: { lanes: recipes, isForced } });
}

/** Everything measured, to the bit. */
const measured = ({ steps, events }: Trace) => ({ steps: steps.map(({ timings: _, ...rest }) => rest), events });
const tokensOf = ({ steps }: Trace): number[] => steps.map(({ token }) => token);

describe("lanes on one device", () => {
  it("give bit for bit what each gives alone", async () => {
    const backend = await openTestBackend(model);
    const together = await record(backend, lanes);
    expect(new Set(together.map((trace) => tokensOf(trace).join(" "))).size).toBe(4);
    for (const [lane, recipe] of lanes.entries()) {
      const [alone] = await record(backend, [recipe]);
      expect(measured(together[lane]), recipe.policyId).toEqual(measured(alone));
    }
  });

  it("follow the full cache as they do on the CPU, one forward of it for all", async () => {
    const expected = await record(await createCpuBackend(model), lanes, true);
    const found = await record(await openTestBackend(model), lanes, true);
    for (const [lane, { steps }] of found.entries()) {
      expect(tokensOf(found[lane])).toEqual(tokensOf(expected[lane]));
      for (const [step, { comparison, logProbability }] of steps.entries()) {
        const onCpu = expected[lane].steps[step];
        expect(Math.abs((comparison?.klNats ?? NaN) - (onCpu.comparison?.klNats ?? NaN))).toBeLessThan(TOLERANCE);
        expect(Math.abs(logProbability - onCpu.logProbability)).toBeLessThan(TOLERANCE);
        expect(comparison?.chosenRank).toBe(onCpu.comparison?.chosenRank);
      }
    }
    expect(found[3].steps.every(({ comparison }) => comparison?.klNats === 0)).toBe(true);
    expect(found[0].steps[27].comparison?.klNats).toBeGreaterThan(TOLERANCE);
  });
});
