import { describe, expect, it } from "vitest";
import { evenLength, headRow } from "../cache/headRows";
import { InputError } from "../lib/errors";
import { greedySampling } from "../model/sampling";
import { policies } from "../policy/policies";
import type { PolicyParameters } from "../policy/policy";
import { candidateCountOf } from "../trace/trace";
import { createCpuBackend } from "./cpu/cpuBackend";
import { createDecodeLoop } from "./decodeLoop";
import {
  type Case,
  essence,
  headCount,
  model,
  openLoop,
  recipeOf,
  runSteps,
  tight,
  tokenizer,
} from "./driveLoop.testing";
import type { RunRecipe } from "./protocol";
import { seededPrompt } from "./seededModel.testing";

describe("the saw-tooth", () => {
  it("falls to B at every event that acts, grows by one, and is seen at B + s", async () => {
    const loop = await openLoop(tight);
    const steps = await runSteps(loop);
    // 21 + 8 = 29 > 24 at step 8: the first event that acts. The forward of the event still sees everything.
    const lengths = steps.map(({ result }) => result.lengths[0]);
    expect(lengths.slice(0, 20)).toEqual([
      21, 22, 23, 24, 25, 26, 27, 28, 29, 25, 26, 27, 28, 29, 30, 31, 32, 25, 26, 27,
    ]);
    expect(Math.max(...lengths)).toBe(24 + 8);
    expect(loop.memory.slotCapacity).toBe(24 + 8);
    const events = steps.flatMap(({ eviction }) => eviction ?? []);
    expect(events.map(({ step, event }) => [step, event])).toEqual(
      [8, 16, 24, 32, 40, 48, 56].map((step) => [step, step / 8]),
    );
  });

  it("cuts a prompt that is longer than the budget at once", async () => {
    const loop = await openLoop({ ...tight, promptCount: 70, maxNewTokens: 4 });
    const steps = await runSteps(loop);
    expect(steps.map(({ result }) => result.lengths[0])).toEqual([70, 25, 26, 27]);
    expect(steps[0].eviction).toMatchObject({ event: 0, step: 0, budgetSlots: 24 });
    expect(loop.memory.slotCapacity).toBe(70);
  });

  it("lets the budget grow with the text in ratio mode", async () => {
    const given: Case = { ...tight, budgetMode: "ratio", compressRatio: 0.6, maxNewTokens: 60 };
    const events = (await runSteps(await openLoop(given))).flatMap(({ eviction }) => eviction ?? []);
    // floor(0.6 · (21 + t)) once that exceeds 24
    expect(events.map(({ step, budgetSlots }) => [step, budgetSlots])).toEqual([
      [8, 24],
      [16, 24],
      [24, 27],
      [32, 31],
      [40, 36],
      [48, 41],
      [56, 46],
    ]);
  });
});

describe.each(policies.filter((policy) => policy.isEvicting).map(({ id }) => id))("under %s", (policyId) => {
  it("keeps the window, exactly B slots per head, positions ascending, and only what was there", async () => {
    const steps = await runSteps(await openLoop({ ...tight, policyId, share: "uniform" }));
    const events = steps.flatMap(({ eviction }) => eviction ?? []);
    expect(events).toHaveLength(7);
    let keptBefore: Set<number>[] | null = null;
    for (const event of events) {
      const kept: Set<number>[] = [];
      for (let head = 0; head < headCount; head++) {
        const before = headRow(event.positionsBefore, head);
        const survivors = headRow(event.survivors, head);
        expect(survivors).toHaveLength(event.budgetSlots);
        const positions = Array.from(survivors, (slot) => before[slot]);
        const newest = tight.promptCount + event.step;
        expect(positions).toEqual([...new Set(positions)].sort((left, right) => left - right));
        expect(positions.slice(-event.windowSlots)).toEqual(
          Array.from({ length: event.windowSlots }, (_, row) => newest - event.windowSlots + row),
        );
        const fresh = before.filter((position) => position >= newest - 8);
        const old = before.filter((position) => position < newest - 8);
        expect(fresh).toHaveLength(8);
        const past = keptBefore?.[head];
        if (past !== undefined) expect([...old].every((position) => past.has(position))).toBe(true);
        kept.push(new Set(positions));
      }
      keptBefore = kept;
    }
  });
});

describe("the record of an event", () => {
  it("holds every term, part, total and carry in its shape, and the carry decides the next event", async () => {
    const events = (await runSteps(await openLoop(tight))).flatMap(({ eviction }) => eviction ?? []);
    const [first, second] = events;
    for (const rows of [...Object.values(first.terms), ...Object.values(first.parts), first.total, first.carry]) {
      expect(evenLength(rows)).toBe(25);
    }
    expect(Object.keys(first.terms).sort()).toEqual(["redundancy", "windowAttention"]);
    // α · C of the slots that stayed, in their new order; NaN for slots without a past.
    for (let head = 0; head < headCount; head++) {
      const keptCandidates = headRow(first.survivors, head).subarray(0, 20);
      const carry = headRow(first.carry, head);
      const history = headRow(second.parts.history, head);
      expect(Array.from(history.subarray(0, 20))).toEqual(
        Array.from(keptCandidates, (slot) => Math.fround(0.8 * carry[slot])),
      );
      expect(history.subarray(20).every(Number.isNaN)).toBe(true);
      expect(first.margin[head]).toBeGreaterThanOrEqual(0);
    }
  });

  it("starts H2O with α = 1 from the column sums of the prompt, whether event 0 acts or not", async () => {
    for (const promptCount of [21, 40]) {
      const given: Case = { ...tight, policyId: "h2o", alpha: 1, isNormalised: false, promptCount };
      const first = (await runSteps(await openLoop(given))).flatMap(({ eviction }) => eviction ?? [])[0];
      expect(first.step).toBe(promptCount === 21 ? 8 : 0);
      const { promptAttention } = first.terms;
      expect(evenLength(promptAttention)).toBe(promptCount);
      const known = Math.min(promptCount, candidateCountOf(first, 0));
      for (let head = 0; head < headCount; head++) {
        const history = headRow(first.parts.history, head);
        expect(history.subarray(0, known)).toEqual(headRow(promptAttention, head).subarray(0, known));
      }
    }
  });
});

describe("a budget that is never exceeded", () => {
  it("gives the bits of the full cache", async () => {
    const given: Case = { ...tight, budgetSlots: 90 };
    const evicting = await runSteps(await openLoop(given));
    const full = await runSteps(await openLoop({ ...given, policyId: "fullCache" }));
    expect(essence(evicting)).toEqual(essence(full));
  });
});

describe("createDecodeLoop", () => {
  const bad: readonly [string, Partial<RunRecipe> & { tokens?: Int32Array }, string][] = [
    ["an empty prompt", { tokens: new Int32Array(0) }, "the prompt is empty"],
    ["an unknown token", { tokens: Int32Array.of(3, 48) }, "the prompt holds token 48, the model knows 0 … 47"],
    ["too many new tokens", { maxNewTokens: 250 }, "ask for at most 235 new tokens"],
    ["no new token", { maxNewTokens: 0 }, "maxNewTokens is 0, expected a whole number from 1 to 256"],
    ["an unknown policy", { policyId: "snap" }, 'there is no policy "snap"'],
    [
      "a negative temperature",
      { sampling: { ...greedySampling, temperature: -1 } },
      "temperature (if not 0) is -1, expected a number from 0.001",
    ],
    ["an empty nucleus", { sampling: { ...greedySampling, topP: 0 } }, "topP is 0, expected a number above 0"],
  ];
  it.each(bad)("refuses %s in plain words", async (_, { tokens, ...change }, message) => {
    const promptTokens = tokens ?? seededPrompt(9, 21);
    const recipe = { ...recipeOf(tight), ...change };
    const opening = createDecodeLoop(await createCpuBackend(model), { model, tokenizer, promptTokens, recipe });
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toBeInstanceOf(InputError);
  });

  const badParameters: readonly [Partial<PolicyParameters>, string][] = [
    [{ budgetSlots: 4 }, "Window w is 4, but a budget of 4 slots leaves the window 1 to 3"],
    [{ budgetSlots: 24.5 }, "Budget B is 24.5, expected a whole number from 2 on; the nearest that works is 25"],
    [{ intervalSteps: 0 }, "Evict every (steps) is 0, expected a whole number from 1 on"],
    [{ alpha: Number.NaN }, "Decay α is NaN, expected a number from 0 to 1"],
    [{ poolingSlots: 4 }, "Pooling width is 4, expected an odd number from 1 to 63; the nearest that works is 5"],
    [{ compressRatio: 0 }, "Share of the text ρ is 0, expected a number from 0.001 to 1"],
  ];
  it.each(badParameters)("refuses the parameters %o", async (change, message) => {
    const recipe = recipeOf(tight);
    const opening = createDecodeLoop(await createCpuBackend(model), {
      model,
      tokenizer,
      promptTokens: seededPrompt(9, 21),
      recipe: { ...recipe, parameters: { ...recipe.parameters, ...change } },
    });
    await expect(opening).rejects.toThrow(message);
  });
});
