// Whole runs without a worker: lanes give the same traces as single runs, and every session is disposed of.
import { describe, expect, it } from "vitest";
import { InputError } from "../src/lib/errors";
import type { Backend, Session } from "../src/engine/backend";
import { createCpuBackend } from "../src/engine/cpu/cpuBackend";
import type { LoadedModel } from "../src/model/loadModel";
import type { RunRequest } from "../src/engine/protocol";
import { essence, forced, free, recipeOf } from "../src/engine/driveLanes.testing";
import { recordLanes, recordTrace } from "./recordTrace";
import { seededModel, tinyConfig, wordTokenizer } from "../src/engine/seededModel.testing";

const model = seededModel(5);
const tokenizer = wordTokenizer(tinyConfig.vocabularySize);
const summary = { ...tinyConfig, id: "tiny", label: "Tiny", parameterCount: 1, digest: "00" };
const promptText = "w3 w9 w14 w2 w31 w7 w40 w11";
const lanes = [recipeOf("gkv", { promptText }), recipeOf("snapKv", { promptText, maxNewTokens: 9 })];

/** A backend with room for some sessions, and how many of them are open. */
async function countedBackend(roomCount = Infinity): Promise<{ backend: Backend; openCount: () => number }> {
  const cpu = await createCpuBackend(model);
  let openCount = 0;
  const createSession: Backend["createSession"] = async (request) => {
    if (openCount === roomCount) throw new InputError("the GPU has no room");
    const session = await cpu.createSession(request);
    openCount++;
    return Object.assign(Object.create(session) as Session, { dispose: () => openCount-- });
  };
  return { backend: { ...cpu, createSession }, openCount: () => openCount };
}

it("records lanes as runs of their own would be, and closes their sessions", async () => {
  const { backend, openCount } = await countedBackend();
  const together = await recordLanes(backend, summary, { model, tokenizer, request: free(lanes) });
  for (const [lane, recipe] of lanes.entries()) {
    const promptTokens = tokenizer.encode(recipe.promptText);
    const alone = await recordTrace(backend, summary, { model, tokenizer, promptTokens, recipe });
    expect(essence(together[lane])).toEqual(essence(alone));
  }
  expect(together.map(({ steps, end }) => [steps.length, end])).toEqual([
    [24, "length"],
    [9, "length"],
  ]);
  expect(openCount()).toBe(0);
});

describe("a lane with a model of its own", () => {
  const reference = { id: "other", label: "Other", address: "models/other" };
  const seeded = seededModel(6);
  const otherSummary = { ...summary, id: "other", label: "Other", digest: "01" };
  const [first] = lanes;
  const request = free([first, { ...first, model: reference }]);

  async function recordBoth(asked: RunRequest) {
    const { backend, openCount } = await countedBackend();
    const other = await createCpuBackend(seeded);
    let closedCount = 0;
    const ownBackend = { ...other, dispose: () => closedCount++ };
    const loaded = { ...seeded, tokenizer } as unknown as LoadedModel;
    const openOther = () => Promise.resolve({ loaded, backend: ownBackend, summary: otherSummary });
    const traces = await recordLanes(backend, summary, { model, tokenizer, request: asked, openOther });
    expect([openCount(), closedCount]).toEqual([0, 1]);
    return traces;
  }

  it("is the run that this model gives alone, and its header names it", async () => {
    const [own, second] = await recordBoth(request);
    const promptTokens = tokenizer.encode(promptText);
    const backend = await createCpuBackend(seeded);
    const alone = await recordTrace(backend, otherSummary, { model: seeded, tokenizer, promptTokens, recipe: first });
    expect(essence(second)).toEqual(essence(alone));
    expect(second.steps.map(({ token }) => token)).not.toEqual(own.steps.map(({ token }) => token));
  });

  it("reads the words of the first lane's full cache, compared with the full cache of its own model", async () => {
    const [own, second] = await recordBoth({ ...request, isForced: true });
    expect(second.steps.map(({ token }) => token)).toEqual(own.steps.map(({ token }) => token));
    const [kl, other] = [own, second].map(({ steps }) => steps.map(({ comparison }) => comparison?.klNats));
    expect(other).not.toEqual(kl);
  });

  it("is refused where nothing opens its model", async () => {
    const { backend } = await countedBackend();
    await expect(recordLanes(backend, summary, { model, tokenizer, request })).rejects.toThrow(/^Other: nothing says/);
  });
});

it.each([0, 1, 2])("closes what was open when there is room for %i sessions of forced lanes", async (roomCount) => {
  const { backend, openCount } = await countedBackend(roomCount);
  const recording = recordLanes(backend, summary, { model, tokenizer, request: forced(lanes) });
  await expect(recording).rejects.toThrow("the GPU has no room");
  expect(openCount()).toBe(0);
});
