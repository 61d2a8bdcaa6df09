// A session whose heads keep different numbers of slots: every head goes on as in a session all of whose heads keep what
// it keeps. With a single layer, keys and values depend on no eviction, so that this holds bit by bit.
import { describe, expect, it } from "vitest";
import { headRow, joinRows, rowLengths } from "../../cache/headRows";
import { greedySampling } from "../../model/sampling";
import type { ForwardResult, Measured } from "../backend";
import { seededModel, seededPrompt, tinyConfig } from "../seededModel.testing";
import { createCpuBackend } from "./cpuBackend";
import { baseParameters } from "../../policy/parameters";

const model = seededModel(5, { ...tinyConfig, layerCount: 1 });
const groupSize = tinyConfig.headCount / tinyConfig.kvHeadCount;
const promptCount = 30;
const forcedTokens = [3, 11, 7, 19, 4];
/** What two heads keep of 30 slots. */
const kept = [
  Int32Array.of(0, 1, 5, 9, 14, 20, 26, 27, 28, 29),
  Int32Array.of(2, 3, 4, 6, 7, 8, 10, 13, 17, 18, 19, 21, 25, 26, 27, 28, 29),
];

/** Forwards and terms after an eviction in which each KV head keeps the slots given for it. */
async function goOn(
  survivors: readonly Int32Array[],
  layerSlots = 80,
): Promise<{ results: ForwardResult[]; measured: Measured }> {
  const backend = await createCpuBackend(model);
  const session = await backend.createSession({
    ...{ slotCapacity: 40, positionCapacity: 64, windowSlots: 4, sampling: greedySampling, stopTokens: [] },
    layerSlots: Int32Array.of(layerSlots),
    ...{ hasTaps: true, hasHeadTaps: true, hasEvidence: true, parameters: baseParameters },
    terms: [
      ...(["windowAttention", "attentionShift", "redundancy", "redundancyRaw", "keyNorm", "placedAttention"] as const),
      ...([
        "candidateAttention",
        "expectedAttention",
        "logExpectedAttention",
        "valueLeverage",
        "chunkAttention",
        "observedAttention",
      ] as const),
    ],
  });
  await session.prefill(seededPrompt(9, promptCount));
  await session.collect();
  session.compact({ survivors: joinRows(survivors, Int32Array) });
  const results: ForwardResult[] = [];
  for (const token of forcedTokens) {
    session.decode(token);
    results.push(await session.collect());
  }
  return { results, measured: await session.measureTerms() };
}

describe("a session with heads of different lengths", () => {
  const ragged = goOn(kept);

  it("goes on alike in a pool that holds little more than its slots, where heads move", async () => {
    const tight = await goOn(kept, 60);
    expect(tight).toEqual(await ragged);
    expect(tight).toEqual(await goOn(kept, 200));
  });

  it("counts the slots of each head", async () => {
    const { results, measured } = await ragged;
    expect(results.map(({ lengths }) => [...lengths])).toEqual(forcedTokens.map((_, step) => [11 + step, 18 + step]));
    expect([...rowLengths(measured.terms.keyNorm ?? joinRows([], Float32Array))]).toEqual([15 - 4, 22 - 4]);
  });

  it.each([0, 1])("attends and measures in head %i over exactly the slots that it kept", async (head) => {
    const { results, measured } = await ragged;
    const even = await goOn(kept.map(() => kept[head]));
    results.forEach((result, step) => {
      const expected = even.results[step];
      expect(headRow(result.attention, head)).toEqual(headRow(expected.attention, head));
      expect(result.attentionScale[head]).toBe(expected.attentionScale[head]);
      for (let member = head * groupSize; member < (head + 1) * groupSize; member++) {
        const [found, wanted] = [result.headAttention, expected.headAttention];
        expect(found && headRow(found, member)).toEqual(wanted && headRow(wanted, member));
      }
    });
    for (const [name, rows] of Object.entries(measured.terms)) {
      const expected = new Map(Object.entries(even.measured.terms)).get(name);
      expect(headRow(rows, head)).toEqual(expected && headRow(expected, head));
    }
    const [found, wanted] = [measured.excusedSlots, even.measured.excusedSlots];
    expect(found && headRow(found, head)).toEqual(wanted && headRow(wanted, head));
    for (const name of ["queryPoints", "keyPoints"] as const) {
      const [own, other] = [measured[name], even.measured[name]];
      expect(own && headRow(own, head)).toEqual(other && headRow(other, head));
    }
    expect(measured.queryVariance).toEqual(even.measured.queryVariance);
  });

  it("generates other tokens' logits than either even session: both heads' values count", async () => {
    const { results } = await ragged;
    for (const slots of kept) {
      const even = await goOn(kept.map(() => slots));
      expect(results[0].logProbability).not.toBe(even.results[0].logProbability);
    }
  });
});
