// What an event does to the queries after it, measured on a run with the event left out.
import { describe, expect, it } from "vitest";
import type { PolicyParameters } from "../policy/policy";
import { AFTERMATH_QUERIES, type MergeAftermath } from "../trace/merges";
import type { EvictionEvent } from "../trace/trace";
import { createCpuBackend } from "./cpu/cpuBackend";
import { model, openLoop, recipeOf, runSteps, tight, tokenizer } from "./driveLoop.testing";
import { measureAftermath } from "./loop/mergeAftermath";
import { seededPrompt } from "./seededModel.testing";

interface Measured {
  readonly event: EvictionEvent;
  readonly aftermath: MergeAftermath;
  readonly tokenCount: number;
}

/** Of the event at this place in a run. */
async function aftermathOf(choices: Partial<PolicyParameters>, place: number): Promise<Measured> {
  const given = { ...tight, ...choices };
  const steps = await runSteps(await openLoop(given));
  const events = steps.flatMap(({ eviction }) => (eviction === null ? [] : [eviction])).slice(0, place + 1);
  const planned = { model, tokenizer, promptTokens: seededPrompt(9, given.promptCount), recipe: recipeOf(given) };
  const tokens = steps.slice(0, -1).map(({ result }) => result.token);
  const aftermath = await measureAftermath(await createCpuBackend(model), planned, { tokens, events });
  return { event: events[place], aftermath, tokenCount: tokens.length };
}

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe.each([0, 2])("the aftermath of event %i", (place) => {
  it("begins with what the event did to its own newest query, and goes on for 32 queries or to the end", async () => {
    const { event, aftermath, tokenCount } = await aftermathOf({ merging: "keepKv", mergeThreshold: 0.3 }, place);
    expect(aftermath.step).toBe(event.step);
    expect(aftermath.changes).toHaveLength(1 + Math.min(AFTERMATH_QUERIES, tokenCount - event.step));
    const [first] = aftermath.changes;
    for (const name of ["merged", "evicted", "convex", "zip"] as const) {
      first[name].forEach((change, head) => expect(change).toBeCloseTo(event.merges?.changes?.[name][head] ?? NaN, 4));
    }
  });
});

it("finds that a merge for the newest query moves it less than dropping does, and later queries more than that one", async () => {
  const { aftermath } = await aftermathOf({ merging: "keepKv", mergeThreshold: 0.3 }, 1);
  const [first, ...later] = aftermath.changes;
  expect(mean(first.merged)).toBeLessThan(mean(first.evicted));
  const laterMean = later.reduce((sum, { merged }) => sum + mean(merged), 0) / later.length;
  expect(laterMean).toBeGreaterThan(mean(first.merged));
});

it("is dropping, to the last bit, where nothing is close enough to merge", async () => {
  const { aftermath } = await aftermathOf({ merging: "keepKv", mergeThreshold: 1 }, 1);
  for (const { merged, evicted, zip } of aftermath.changes) {
    expect(merged).toEqual(evicted);
    expect(zip).toEqual(evicted);
  }
});

it("says why merges along a query cannot be followed", async () => {
  await expect(aftermathOf({ merging: "keepKv", mergeThreshold: -1, mergeFallback: "query" }, 0)).rejects.toThrow(
    "run it with the bias as fallback",
  );
});
