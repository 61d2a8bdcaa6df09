// What an event does to the queries after it, measured on a run with the event left out.
import { plainMatrix } from "../model/weights";
import { describe, expect, it } from "vitest";
import type { PolicyParameters } from "../policy/policy";
import { AFTERMATH_QUERIES, type MergeAftermath } from "../trace/merges";
import type { EvictionEvent } from "../trace/trace";
import type { CompactionPlan, Model } from "./backend";
import { createCpuBackend } from "./cpu/cpuBackend";
import { createDecodeLoop } from "./decodeLoop";
import { model, openLoop, recipeOf, runSteps, tight, tokenizer } from "./driveLoop.testing";
import { measureAftermath } from "./loop/mergeAftermath";
import { createRunPlan } from "./loop/runPlan";
import { seededModel, seededPrompt, tinyConfig } from "./seededModel.testing";

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

/** One layer whose logits tell the attention's output: it is added to the embedding in all places but the last, and nothing else is. */
const attendedSize = tinyConfig.headCount * tinyConfig.headDim;
const hiddenSize = attendedSize + 1;
const openModel = modelThatShowsAttention();

function modelThatShowsAttention(): Model {
  const size = { vocabularySize: hiddenSize, hiddenSize, layerCount: 1, isTied: false };
  const drawn = seededModel(7, { ...tinyConfig, ...size });
  const [layer] = drawn.weights.layers;
  const identity = (rowCount: number, columnCount: number): Float32Array =>
    Float32Array.from({ length: rowCount * columnCount }, (_, at) =>
      Math.floor(at / columnCount) === at % columnCount ? 1 : 0,
    );
  const layers = [
    {
      ...layer,
      attentionOutput: identity(hiddenSize, attendedSize),
      down: new Float32Array(plainMatrix(layer.down).length),
    },
  ];
  const output = identity(hiddenSize, hiddenSize);
  return { ...drawn, weights: { ...drawn.weights, layers, finalNorm: new Float32Array(hiddenSize).fill(1), output } };
}

/** The last place says by how much the final norm scaled the others. [head][headDim] */
function attendedOf(logits: Float32Array, token: number): Float32Array {
  const embedding = plainMatrix(openModel.weights.embedding).subarray(token * hiddenSize, (token + 1) * hiddenSize);
  const scale = embedding[attendedSize] / logits[attendedSize];
  return Float32Array.from({ length: attendedSize }, (_, at) => logits[at] * scale - embedding[at]);
}

/** ‖after − before‖ / ‖before‖ of each query head, averaged over its group. [kvHead] */
function movedBy(before: Float32Array, after: Float32Array): number[] {
  const { headCount, kvHeadCount, headDim } = tinyConfig;
  const groupSize = headCount / kvHeadCount;
  const moved = Array.from({ length: headCount }, (_, head) => {
    const places = Array.from({ length: headDim }, (_place, at) => head * headDim + at);
    return Math.hypot(...places.map((at) => after[at] - before[at])) / Math.hypot(...places.map((at) => before[at]));
  });
  return Array.from({ length: kvHeadCount }, (_, kvHead) =>
    mean(Float32Array.from(moved.slice(kvHead * groupSize, (kvHead + 1) * groupSize))),
  );
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

describe("a session that carries the event out, fed the same tokens", () => {
  it.each(["merged", "evicted"] as const)("moves its later outputs as the aftermath says of %s", async (outcome) => {
    const recipe = recipeOf({ ...tight, merging: "keepKv", mergeThreshold: 0.3 });
    const planned = {
      model: openModel,
      tokenizer,
      promptTokens: seededPrompt(9, tight.promptCount, hiddenSize),
      recipe,
    };
    const backend = await createCpuBackend(openModel);
    const steps = await runSteps(await createDecodeLoop(backend, planned));
    const [event] = steps.flatMap(({ eviction }) => (eviction === null ? [] : [eviction]));
    const tokens = steps.slice(0, event.step + 9).map(({ result }) => result.token);
    const { changes } = await measureAftermath(backend, planned, { tokens, events: [event] });

    const outputs = async (plan: CompactionPlan | null): Promise<Float32Array[]> => {
      // Room for every slot that the event would have given back.
      const room = { slotCapacity: tight.promptCount + tokens.length, layerSlots: undefined };
      const request = { ...createRunPlan(planned).sessionRequest(tokens.length + 1), ...room };
      const session = await backend.createSession(request);
      await session.prefill(planned.promptTokens);
      await session.collect();
      const found: Float32Array[] = []; // of the steps behind the event
      for (const [at, token] of tokens.entries()) {
        if (at === event.step && plan !== null) session.compact(plan);
        session.decode(token);
        await session.collect();
        if (at >= event.step) found.push(attendedOf(await session.readLogits(), token));
      }
      session.dispose();
      return found;
    };
    const { survivors, merges } = event;
    const before = await outputs(null);
    const after = await outputs(outcome === "merged" && merges !== undefined ? { survivors, merges } : { survivors });
    expect(before).toHaveLength(9);
    before.forEach((output, query) => {
      movedBy(output, after[query]).forEach((moved, kvHead) => {
        expect(moved).toBeGreaterThan(0);
        expect(changes[1 + query][outcome][kvHead]).toBeCloseTo(moved, 4);
      });
    });
  });
});

it("says why merges along a query cannot be followed", async () => {
  await expect(aftermathOf({ merging: "keepKv", mergeThreshold: -1, mergeFallback: "query" }, 0)).rejects.toThrow(
    "run it with the bias as fallback",
  );
});
