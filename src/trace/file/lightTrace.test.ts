// Runs with less in them: what stays is the same, and a long run of the embedded model fits into a small file.
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { emptyRows } from "../../cache/headRows";
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
import { roundedFloat } from "./roundedFloat";
import { roundTerms, TRAVEL_BITS } from "./roundTerms";
import { decodeRunFile, encodeRunFile } from "./runFile";
import type { EvictionEvent, Trace } from "../trace";

const all = { hasAttention: true, hasLoyalty: true, hasTerms: true };
const STEPS = 1024;
const LONG = { timeout: 60_000 };
const SMALL_FILE_BYTES = 500_000;

describe("lightTrace", () => {
  it("leaves out what it says, keeps every decision, and makes a run that can be stored", LONG, async () => {
    const flags = fc.record({ hasAttention: fc.boolean(), hasLoyalty: fc.boolean(), hasTerms: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.nat(1e6), flags, async (seed, extras) => {
        const full = drawRandomTrace(seed);
        const light = lightTrace(full, extras);
        expect(await decodeRunFile(await encodeRunFile(light), "x")).toEqual(light);
        light.steps.forEach((step, place) => {
          const { attention, attentionScale, loyalty, headAttention, headAttentionScale: _, ...rest } = step;
          expect(full.steps[place]).toMatchObject(rest);
          expect(attention).toEqual(
            extras.hasAttention ? full.steps[place].attention : emptyRows(step.lengths.length, Uint8Array),
          );
          expect(attentionScale.length > 0).toBe(attention.values.length > 0);
          expect(headAttention).toEqual(extras.hasAttention ? full.steps[place].headAttention : undefined);
          expect(loyalty).toEqual(extras.hasLoyalty ? full.steps[place].loyalty : undefined);
        });
        light.events.forEach((event, place) => {
          const { survivors, total, cutOff, margin, terms } = full.events[place];
          expect(event).toMatchObject({ survivors, total, cutOff, margin });
          expect(event.terms).toEqual(extras.hasTerms ? terms : {});
        });
      }),
      { numRuns: 25 },
    );
  });

  it("is the same trace where nothing is left out", () => {
    const full = drawRandomTrace(1);
    expect(lightTrace(full, all)).toBe(full);
  });
});

describe("a run of 1,024 steps of the embedded model", () => {
  let loaded: LoadedModel;
  beforeAll(async () => {
    loaded = await loadModel(directorySource(`public/models/${shippedModels[0].id}`));
  });

  // The default policy and budget, and two that score otherwise.
  it.each([
    ["gkv", 11],
    ["snapKv", 11],
    ["streamingLlm", undefined],
  ])("takes less than 500 kB with %s, scores and what they were computed from included", LONG, async (id, termBits) => {
    const trace = await longRun(loaded, id);
    expect(trace.steps).toHaveLength(STEPS);
    expect(trace.events.length).toBeGreaterThan(50);
    const light = await roundTerms(lightTrace(trace, { ...all, hasAttention: false }));
    if (light === null) throw new Error("the scores of the run do not follow from its terms");
    const file = await encodeRunFile(light);
    expect(file.length).toBeLessThan(SMALL_FILE_BYTES);
    const opened = await decodeRunFile(file, "x");
    expect(opened.header.termBits).toBe(termBits);
    expect(opened.events.map(namesOf)).toEqual(trace.events.map(namesOf));
    expect(opened.events.map(({ survivors }) => survivors)).toEqual(trace.events.map(({ survivors }) => survivors));
    // The policy itself, asked again with the scores in the file, decides and reckons the same.
    expect(decideAgain(opened)).toEqual(opened.events);
  });

  it("would be another run if its terms were rounded without care", LONG, async () => {
    const trace = await longRun(loaded, "gkv");
    const careless = trace.events.map((event) => ({ ...event, terms: roundedAll(event.terms) }));
    const decided = decideAgain({ ...trace, events: careless });
    expect(decided.map(({ survivors }) => survivors)).not.toEqual(trace.events.map(({ survivors }) => survivors));
  });
});

/** What an event holds, by name. */
function namesOf({ terms, parts, carry, excusedSlots, votingHeads }: EvictionEvent) {
  return [Object.keys(terms), Object.keys(parts), carry.values.length, excusedSlots, votingHeads];
}

function roundedAll(terms: EvictionEvent["terms"]): EvictionEvent["terms"] {
  return Object.fromEntries(
    Object.entries(terms).map(([name, column]) => [
      name,
      { ...column, values: column.values.map((value) => roundedFloat(value, TRAVEL_BITS)) },
    ]),
  );
}

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
