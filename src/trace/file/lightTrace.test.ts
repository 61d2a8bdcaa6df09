// Runs with less in them: what stays is the same, and a long run of the embedded model fits into a small file.
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { directorySource } from "../../../scripts/directorySource";
import { createCpuBackend } from "../../engine/cpu/cpuBackend";
import { decideAgain } from "../../engine/decideAgain.testing";
import { modelSummary } from "../../engine/traceRecords";
import { recordTrace } from "../../../lab/recordTrace";
import { loadModel } from "../../model/loadModel";
import type { LoadedModel } from "../../model/loadModel";
import { greedySampling } from "../../model/sampling";
import { effectiveParameters, policyById } from "../../policy/policies";
import { problemById } from "../../problems/families";
import { shippedModels } from "../../settings/shippedModels";
import { drawRandomTrace } from "../drawTrace.testing";
import { lightTrace } from "./lightTrace";
import { decodeRunFile, encodeRunFile } from "./runFile";
import type { Trace } from "../trace";

const STEPS = 1024;
const LONG = { timeout: 60_000 };

describe("lightTrace", () => {
  it("leaves out what it says, keeps every decision, and makes a run that can be stored", LONG, async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1e6), fc.boolean(), async (seed, isRagged) => {
        const full = drawRandomTrace(seed, { isRagged });
        const light = lightTrace(full);
        expect(await decodeRunFile(await encodeRunFile(light), "x")).toEqual(light);
        light.steps.forEach((step, place) => {
          const { attention, attentionScale, ...rest } = step;
          expect(full.steps[place]).toMatchObject(rest);
          expect([attention.values.length, attentionScale.length, step.headAttention]).toEqual([0, 0, undefined]);
        });
        light.events.forEach((event, place) => {
          const { survivors, total, cutOff, margin } = full.events[place];
          expect(event).toMatchObject({ survivors, total, cutOff, margin, terms: {}, parts: {} });
        });
      }),
      { numRuns: 25 },
    );
  });
});

describe("a run of 1,024 steps of the embedded model", () => {
  let loaded: LoadedModel;
  beforeAll(async () => {
    loaded = await loadModel(directorySource(`public/models/${shippedModels[0].id}`));
  });

  // The default policy and budget, and two that score otherwise. Kilobytes of a light file and of one with every term.
  it.each([
    ["gkv", 380, 740],
    ["snapKv", 275, 445],
    ["streamingLlm", 85, 85],
  ])("takes little room with %s, and reads the same", LONG, async (policyId, lightKb, wholeKb) => {
    const trace = await longRun(loaded, policyId);
    expect(trace.steps).toHaveLength(STEPS);
    expect(trace.events.length).toBeGreaterThan(50);
    const light = await encodeRunFile(lightTrace(trace));
    expect(light.length).toBeLessThan(lightKb * 1000);
    const whole = await encodeRunFile(trace);
    expect(whole.length).toBeLessThan(wholeKb * 1000);
    const opened = await decodeRunFile(whole, "x");
    expect(opened).toEqual(trace);
    // The policy itself, asked again with the terms in the file, decides and computes the same.
    expect(decideAgain(opened)).toEqual(opened.events);
  });
});

/** Goes on behind its stop token and beyond the positions it was trained on: what it says there is of no interest here. */
async function longRun(loaded: LoadedModel, policyId: string): Promise<Trace> {
  const model = { config: { ...loaded.config, maxPositions: 2 * STEPS, stopTokens: [] }, weights: loaded.weights };
  const problem = problemById("walk-5x20-1");
  const promptText = problem?.prompt ?? "";
  return recordTrace(await createCpuBackend(model), modelSummary(shippedModels[0], { ...loaded, ...model }), {
    model,
    tokenizer: loaded.tokenizer,
    promptTokens: loaded.tokenizer.encode(promptText),
    recipe: {
      promptText,
      expectedAnswer: problem?.answer ?? null,
      policyId,
      parameters: effectiveParameters(policyById(policyId)),
      sampling: greedySampling,
      maxNewTokens: STEPS,
      hasTaps: false,
    },
  });
}
