// Winnow 1M with a KV head for each query head is the same model: the same logits, from a cache of twice the size.
import { expect, it } from "vitest";
import { directorySource } from "../../scripts/directorySource";
import { loadModel } from "../model/loadModel";
import { greedySampling } from "../model/sampling";
import { baseParameters } from "../policy/parameters";
import { maxDifficulty } from "../problems/dial";
import { drawProblem } from "../problems/families";
import { createCpuBackend } from "./cpu/cpuBackend";

const { prompt } = drawProblem("walk", maxDifficulty, 900_000);

async function decode(id: string) {
  const model = await loadModel(directorySource(`public/models/${id}`));
  const backend = await createCpuBackend(model);
  const promptTokens = model.tokenizer.encode(prompt);
  const session = await backend.createSession({
    ...{ slotCapacity: promptTokens.length + 8, positionCapacity: promptTokens.length + 8, windowSlots: 1 },
    ...{ sampling: greedySampling, stopTokens: [], hasTaps: false, terms: [], parameters: baseParameters },
  });
  await session.prefill(promptTokens);
  const logits = [await session.readLogits()];
  for (let step = 1; step < 8; step++) {
    session.decode();
    logits.push(await session.readLogits());
  }
  return { logits, kvBytes: session.memory.kvBytes };
}

it("gives the logits of the shared model bit for bit, from twice the cache", async () => {
  const [shared, unshared] = await Promise.all([decode("winnow-1m"), decode("winnow-1m-unshared")]);
  expect(unshared.logits).toEqual(shared.logits);
  expect(unshared.kvBytes).toBe(2 * shared.kvBytes);
});
