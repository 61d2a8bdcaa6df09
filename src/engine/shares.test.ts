// Every policy under every share: no more slots than the budget has in all, every head its window, the same run from the
// same seed, and memory as it was asked for.
import { describe, expect, it } from "vitest";
import { headRow, rowLengths } from "../cache/headRows";
import { parameterTable } from "../policy/parameters";
import { objectionToCombination } from "../policy/combination";
import { policies, policyById } from "../policy/policies";
import { createDecodeLoop } from "./decodeLoop";
import {
  essence,
  headCount,
  model,
  openLoop,
  recipeOf,
  runSteps,
  tight,
  tokenizer,
  type Case,
} from "./driveLoop.testing";
import { createCpuBackend } from "./cpu/cpuBackend";
import { seededPrompt } from "./seededModel.testing";

const shares = parameterTable.share.choices.map(({ value }) => value);
const unequal = shares.filter((share) => share !== "uniform");
const cases = policies
  .filter(({ isEvicting }) => isEvicting)
  .flatMap(({ id }) => shares.map((share) => ({ policyId: id, share })));

describe.each(cases)("$policyId, share $share", ({ policyId, share }) => {
  const given: Case = { ...tight, policyId, share, maxNewTokens: 40 };
  const { roles = null, filters = null, config } = model;
  const objection = objectionToCombination(policyById(policyId), recipeOf(given).parameters, {
    ...{ ...config, roles, filters },
  });

  it.runIf(objection !== null)("is refused", async () => {
    await expect(openLoop(given)).rejects.toThrow(objection ?? "");
  });

  it.runIf(objection === null)("keeps within its budget and the window, in order, the same every time", async () => {
    const loop = await openLoop(given);
    const steps = await runSteps(loop);
    expect(essence(await runSteps(await openLoop(given)))).toEqual(essence(steps));
    const { windowSlots, budgetSlots } = recipeOf(given).parameters;
    const events = steps.flatMap(({ eviction }) => eviction ?? []);
    expect(events.length).toBeGreaterThan(2);
    for (const { survivors, positionsBefore } of events) {
      const kept = rowLengths(survivors);
      expect(kept.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(headCount * budgetSlots);
      for (let head = 0; head < headCount; head++) {
        const row = [...headRow(survivors, head)];
        const before = positionsBefore.offsets[head + 1] - positionsBefore.offsets[head];
        const window = Array.from({ length: windowSlots }, (_, at) => before - windowSlots + at);
        expect(row).toEqual([...row].sort((left, right) => left - right));
        expect(row.slice(row.length - windowSlots)).toEqual(window);
      }
    }
    const { kvBytes, bytesPerSlot, slotCapacity } = loop.memory;
    const held = steps.map(({ result }) => result.lengths.reduce((sum, length) => sum + length, 0));
    expect(Math.max(...held) * (bytesPerSlot / headCount)).toBeLessThanOrEqual(kvBytes);
    expect(Math.max(...steps.flatMap(({ result }) => [...result.lengths]))).toBeLessThanOrEqual(slotCapacity);
  });
});

describe.each(unequal)("the share %s", (share) => {
  it("takes no more memory for slots than the uniform one", async () => {
    const given: Case = { ...tight, share, maxNewTokens: 60 };
    const [unequalRun, uniformRun] = [await openLoop(given), await openLoop({ ...given, share: "uniform" })];
    // Pools of a pyramid follow the text: each layer has the largest budget that it ever gets.
    const most = share === "pyramid" ? 1.5 : 1.1;
    expect(unequalRun.memory.kvBytes).toBeLessThanOrEqual(most * uniformRun.memory.kvBytes);
  });

  it("leaves heads of different lengths", async () => {
    const steps = await runSteps(await openLoop({ ...tight, share }));
    expect(new Set(steps.at(-1)?.result.lengths).size).toBeGreaterThan(1);
  });
});

it.each(["uniform", "pyramid", "adaptive"] as const)(
  "the share %s is the full cache, bit by bit, where the budget has room for the text",
  async (share) => {
    const given: Case = { ...tight, share, budgetSlots: 200, maxNewTokens: 40 };
    const full = await runSteps(await openLoop({ ...given, policyId: "fullCache", share: "uniform" }));
    expect(essence(await runSteps(await openLoop(given)))).toEqual(essence(full));
  },
);

it("goes on in a larger session as if it had been there from the start", async () => {
  const given: Case = { ...tight, share: "adaptive" };
  const [short, long] = [
    await openLoop({ ...given, maxNewTokens: 30 }),
    await openLoop({ ...given, maxNewTokens: 70 }),
  ];
  const steps = await runSteps(short);
  await short.extend(40);
  steps.push(...(await runSteps(short)));
  expect(steps.map(({ result }) => result.token)).toEqual((await runSteps(long)).map(({ result }) => result.token));
});

it("refuses the share by role of a model whose roles nobody knows", async () => {
  const backend = await createCpuBackend(model);
  const opening = createDecodeLoop(backend, {
    ...{ model: { ...model, roles: null }, tokenizer, promptTokens: seededPrompt(9, 21) },
    recipe: recipeOf({ ...tight, share: "roles" }),
  });
  await expect(opening).rejects.toThrow("nobody has looked yet; choose another share");
});
