// Runs that share fairly by the rules of the paper's code: which queries vote on whom, and what stays of each instruction.
import { expect, it } from "vitest";
import { headRow } from "../cache/headRows";
import { fairQuotas } from "../policy/fairShare";
import type { EvictionEvent } from "../trace/trace";
import { createCpuBackend } from "./cpu/cpuBackend";
import { createDecodeLoop } from "./decodeLoop";
import { headCount, model, recipeOf, runSteps, tokenizer, type Case } from "./driveLoop.testing";
import { seededPrompt } from "./seededModel.testing";

const given: Case = {
  ...{ policyId: "snapKvOfKvPress", promptCount: 40, maxNewTokens: 6, budgetSlots: 20, windowSlots: 4 },
  ...{ schedule: "once", fairShare: 1, fairRule: "code" },
};
const instructions = [
  { start: 6, end: 22 },
  { start: 22, end: 34 },
];

/** The event after a prompt in which some tokens are others. */
async function eventOf(changes: Partial<Case>, otherTokens: readonly number[] = []): Promise<EvictionEvent> {
  const asked = { ...given, ...changes };
  const promptTokens = seededPrompt(9, asked.promptCount);
  for (const position of otherTokens) promptTokens[position] = (promptTokens[position] + 1) % tokenizer.vocabularySize;
  const recipe = { ...recipeOf(asked), spans: { kept: [], instructions } };
  const loop = await createDecodeLoop(await createCpuBackend(model), { model, tokenizer, promptTokens, recipe });
  const events = (await runSteps(loop)).flatMap(({ eviction }) => eviction ?? []);
  expect(events).toHaveLength(1);
  return events[0];
}

it.each(["keyNorm", "tova", "snapKvOfKvPress", "h2oOfKvPress"])(
  "%s keeps of each what its length is worth",
  async (policyId) => {
    const { survivors, total } = await eventOf({ policyId });
    expect(total.values.some(Number.isNaN)).toBe(false);
    const [earlier] = fairQuotas([0, 22], 40, 20);
    for (let head = 0; head < headCount; head++) {
      const kept = [...headRow(survivors, head)];
      expect([kept.length, kept.filter((slot) => slot < 22).length]).toEqual([20, earlier]);
    }
  },
);

it("keeps StreamingLLM's sinks and the newest of each instruction", async () => {
  const { survivors } = await eventOf({ policyId: "streamingLlm" });
  const newest = (from: number, end: number) => Array.from({ length: end - from }, (_, at) => from + at);
  expect([...headRow(survivors, 0)]).toEqual([0, 1, 2, 3, ...newest(14, 22), ...newest(32, 40)]);
});

it("lets no token behind an instruction vote on it: its scores stay the same to the bit", async () => {
  for (const policyId of ["snapKvOfKvPress", "tova"]) {
    const [one, other] = [await eventOf({ policyId }), await eventOf({ policyId }, [25, 38])];
    const early = (event: EvictionEvent) => headRow(event.total, 0).slice(0, 22);
    expect(early(other)).toEqual(early(one));
    expect(headRow(other.total, 0)).not.toEqual(headRow(one.total, 0));
  }
});

it("leaves what the earlier instruction receives to itself, where nothing follows the later one", async () => {
  const early = async (otherTokens: number[]) => {
    const { terms } = await eventOf({ policyId: "h2oOfKvPress", promptCount: 34 }, otherTokens);
    return headRow(terms.instructionAttention ?? never(), 0).slice(0, 22);
  };
  const [one, other] = [await early([]), await early([25])];
  expect(other.slice(6)).toEqual(one.slice(6));
  expect(other.slice(0, 6)).not.toEqual(one.slice(0, 6)); // the text before keeps all votes
});

function never(): never {
  throw new Error("the term was not measured");
}

it("is refused where there is nothing to share between", async () => {
  const promptTokens = seededPrompt(9, 40);
  const open = async (changes: Partial<Case>) =>
    createDecodeLoop(await createCpuBackend(model), {
      model,
      tokenizer,
      promptTokens,
      recipe: recipeOf({ ...given, ...changes }),
    });
  await expect(open({})).rejects.toThrow("needs two instructions, one directly behind the other, and found none");
  await expect(open({ policyId: "gkv" })).rejects.toThrow("not for that of G-KV");
});
