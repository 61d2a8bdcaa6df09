// Query heads recorded one by one, on the shipped model: what is recorded next to the attention of KV heads, and when.
import { describe, expect, it } from "vitest";
import { directorySource } from "../../scripts/directorySource";
import { loadModel } from "../model/loadModel";
import { greedySampling } from "../model/sampling";
import { effectiveParameters, policyById } from "../policy/policies";
import { maxDifficulty } from "../problems/dial";
import { drawProblem } from "../problems/families";
import { createCpuBackend } from "./cpu/cpuBackend";
import { createDecodeLoop, type LoopStep } from "./decodeLoop";
import { joinedHeads } from "./joinedHeads.testing";
import type { RunRecipe } from "./protocol";
import { toStepRecord } from "./traceRecords";
import { transferList } from "./outbox";

const shipped = loadModel(directorySource("public/models/winnow-1m"));
const { prompt, answer } = drawProblem("walk", maxDifficulty, 900_000);

async function run(recording: Pick<RunRecipe, "hasTaps" | "hasHeadTaps">): Promise<readonly LoopStep[]> {
  const model = await shipped;
  const choices = { budgetSlots: 64, windowSlots: 8, intervalSteps: 8 };
  const parameters = effectiveParameters(policyById("gkv"), choices);
  const recipe: RunRecipe = {
    ...{ promptText: prompt, expectedAnswer: answer, policyId: "gkv", parameters },
    ...{ sampling: greedySampling, maxNewTokens: 24, ...recording },
  };
  const promptTokens = model.tokenizer.encode(prompt);
  const loop = await createDecodeLoop(await createCpuBackend(model), {
    ...{ model, tokenizer: model.tokenizer, promptTokens, recipe },
  });
  const steps: LoopStep[] = [];
  do steps.push(await loop.next());
  while (steps.at(-1)?.end === null);
  return steps;
}

describe("query heads recorded one by one", () => {
  const recorded = run({ hasTaps: true, hasHeadTaps: true });

  it("give the attention of their KV head where the largest of the group is taken", async () => {
    const { config } = await shipped;
    let differingGroups = 0;
    for (const { result } of await recorded) {
      const joined = joinedHeads(result, config);
      expect(result.attentionScale).toEqual(joined.attentionScale);
      const differences = result.attention.values.map((byte, at) => Math.abs(byte - joined.attention.values[at]));
      expect(Math.max(...differences)).toBeLessThanOrEqual(1);
      const [first, second] = result.headAttentionScale ?? [];
      if (first !== second) differingGroups++;
    }
    expect(differingGroups).toBeGreaterThan(10); // two heads of a group are two rows, not one row twice
  });

  it("leave the tokens and the attention of KV heads bit for bit as they are", async () => {
    const plain = await run({ hasTaps: true });
    const withHeads = await recorded;
    expect(withHeads.map(({ result }) => result.token)).toEqual(plain.map(({ result }) => result.token));
    expect(withHeads.map(({ result }) => result.attention)).toEqual(plain.map(({ result }) => result.attention));
    expect(plain.some(({ result }) => "headAttention" in result)).toBe(false);
  });

  it("reach the trace, and change hands without a copy", async () => {
    const { tokenizer } = await shipped;
    const record = toStepRecord((await recorded)[3], tokenizer.textStream());
    const heads = record.headAttention?.values ?? new Uint8Array(0);
    expect(heads.length).toBe(4 * 8 * record.lengths[0]);
    const buffers = transferList({ type: "step", run: 1, lane: 0, record, eviction: null });
    expect(buffers).toContain(heads.buffer);
    expect(buffers).toContain(record.headAttentionScale?.buffer);
  });

  it("are not recorded where attention is not", async () => {
    const [{ result }] = await run({ hasTaps: false, hasHeadTaps: true });
    expect("headAttention" in result).toBe(false);
  });
});
