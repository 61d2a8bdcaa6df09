// Keys that are rotated again look as if only the tokens that stayed had ever been read. With a single layer, keys and
// values depend on their own token and place alone, so a session that read nothing else must agree.
import { expect, it } from "vitest";
import { headRow, joinRows } from "../../cache/headRows";
import { greedySampling } from "../../model/sampling";
import { baseParameters } from "../../policy/parameters";
import type { Session } from "../backend";
import { seededModel, seededPrompt, tinyConfig } from "../seededModel.testing";
import { createCpuBackend } from "./cpuBackend";

const model = seededModel(5, { ...tinyConfig, layerCount: 1 });
const prompt = seededPrompt(9, 30);
const kept = Int32Array.of(0, 1, 5, 9, 14, 20, 26, 27, 28, 29);
const later = [3, 11, 7];

async function openSession(isRerotated: boolean): Promise<Session> {
  const backend = await createCpuBackend(model);
  return backend.createSession({
    ...{ slotCapacity: 40, positionCapacity: 64, windowSlots: 6, sampling: greedySampling, stopTokens: [] },
    ...{ hasTaps: false, parameters: baseParameters, terms: ["windowAttention", "redundancy"], isRerotated },
  });
}

async function readOn(session: Session, tokens: readonly number[]): Promise<Float32Array> {
  for (const token of tokens) {
    session.decode(token);
    await session.collect();
  }
  return session.readLogits();
}

function expectClose(found: Float32Array, expected: Float32Array): void {
  expect(found).toHaveLength(expected.length);
  found.forEach((value, at) => expect(value).toBeCloseTo(expected[at], 4));
}

const survivors = joinRows(
  Array.from({ length: tinyConfig.kvHeadCount }, () => kept),
  Int32Array,
);

it("reads on as a session that only ever read the tokens that stayed, and measures the same", async () => {
  const session = await openSession(true);
  await session.prefill(prompt);
  await session.collect();
  session.compact({ survivors });
  const contiguous = await openSession(false);
  await contiguous.prefill(Int32Array.from(kept, (slot) => prompt[slot]));
  await contiguous.collect();
  expectClose(await readOn(session, later), await readOn(contiguous, later));
  const [found, expected] = [await session.measureTerms(), await contiguous.measureTerms()];
  for (const name of ["windowAttention", "redundancy"] as const) {
    const [row, wanted] = [found.terms[name], expected.terms[name]];
    if (!row || !wanted) throw new Error(`${name} was not measured`);
    expectClose(headRow(row, 0), headRow(wanted, 0));
  }
});

it("differs from a session whose keys keep their rotation", async () => {
  const logits = await Promise.all(
    [true, false].map(async (isRerotated) => {
      const session = await openSession(isRerotated);
      await session.prefill(prompt);
      await session.collect();
      session.compact({ survivors });
      return readOn(session, later);
    }),
  );
  expect(Math.max(...logits[0].map((value, at) => Math.abs(value - logits[1][at])))).toBeGreaterThan(1e-3);
});

it("does not rotate heads of different lengths again", async () => {
  const session = await openSession(true);
  await session.prefill(prompt);
  const uneven = joinRows([kept, kept.subarray(1)], Int32Array);
  expect(() => session.compact({ survivors: uneven })).toThrow("keep the same number of slots");
});
