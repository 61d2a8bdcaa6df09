// Reading through latents on the GPU against the CPU backend: prefill, decode steps, what they read, terms, compaction.
import { afterAll, expect, it } from "vitest";
import { headCountOf, headRow, joinRows, rowLengths } from "../../cache/headRows";
import { hashUniform } from "../../lib/random";
import type { ForwardResult, Model, Session, SessionRequest } from "../backend";
import { createCpuBackend } from "../cpu/cpuBackend";
import type { LatentReading } from "../reading/latentReading";
import { seededModel, tinyConfig } from "../seededModel.testing";
import { closeTestBackends, openTestBackend, plainRequest } from "./gpuTestBackend.testing";
import { relativeError } from "./kernelHarness.testing";

const RELATIVE_TOLERANCE = 1e-4;
const width = tinyConfig.kvHeadCount * tinyConfig.headDim;

/** Each layer's directions: a mirror, which stands on itself. */
function mirror(layer: number): Float32Array {
  const normal = Float64Array.from({ length: width }, (_, dim) => hashUniform(4, layer, dim) - 0.5);
  const squares = normal.reduce((sum, entry) => sum + entry * entry, 0);
  return Float32Array.from({ length: width * width }, (_, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    return Number(row === column) - (2 * normal[row] * normal[column]) / squares;
  });
}

// No token stands twice in the prompts: equal keys would leave it to rounding which of them is read.
const config = { ...tinyConfig, vocabularySize: 200 };
const readBasis = () => Promise.resolve([mirror(0), mirror(1)]);
const model: Model = { ...seededModel(5, config), readBasis };
const normed: Model = { ...seededModel(5, { ...config, hasQkNorm: true }), readBasis };
const narrow: LatentReading = {
  ...{ rank: width / 2, scoreRank: width / 4, topSlots: 5, sinkSlots: 2, recentSlots: 3 },
  ...{ chosenBy: "layer", isDense: [false, false] },
};

function promptOf(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, position) => (37 * position) % 149);
}

async function openBoth(
  reading: LatentReading | null,
  more: Partial<SessionRequest> = {},
  used = model,
): Promise<Session[]> {
  const request: SessionRequest = { ...plainRequest, hasTaps: true, reading, ...more };
  const backends = [await createCpuBackend(used), await openTestBackend(used)];
  return Promise.all(backends.map((backend) => backend.createSession(request)));
}

async function both(sessions: readonly Session[], act: (session: Session) => unknown): Promise<ForwardResult[]> {
  for (const session of sessions) await act(session);
  return Promise.all(sessions.map((session) => session.collect()));
}

async function expectAlike(sessions: readonly Session[]): Promise<void> {
  const [cpu, gpu] = await Promise.all(sessions.map((session) => session.readLogits()));
  expect(relativeError(gpu, cpu)).toBeLessThan(RELATIVE_TOLERANCE);
}

afterAll(closeTestBackends);

it.each<[string, LatentReading, Model?]>([
  ["queries and keys with a norm of their own", narrow, normed],
  ["one selection for a layer", narrow],
  ["a selection for each KV head", { ...narrow, chosenBy: "head" }],
  ["a layer read whole", { ...narrow, isDense: [true, false] }],
  ["a short list, full rank", { ...narrow, rank: width, topSlots: 0 }],
  ["full rank with room for all", { ...narrow, rank: width, scoreRank: width, topSlots: 1000 }],
])("reads and computes what the CPU does: %s", async (_, reading, used) => {
  const sessions = await openBoth(reading, {}, used);
  const [cpu] = sessions;
  // Two chunks of the prompt, and its last token as a step.
  await both(sessions, (session) => session.prefill(promptOf(90)));
  await expectAlike(sessions);
  for (let step = 0; step < 6; step++) {
    const [expected, found] = await both(sessions, (session) => session.decode(150 + step));
    expect(found.readSlots).toEqual(expected.readSlots);
    expect(found.readSlots?.values.length).toBe(expected.readSlots?.values.length);
    await expectAlike(sessions);
  }
  expect(cpu.lengths).toEqual(sessions[1].lengths);
});

it("gives terms the keys that latents give back, and keeps the latents of the survivors", async () => {
  const sessions = await openBoth(narrow, { terms: ["keyNorm", "windowAttention"] });
  await both(sessions, (session) => session.prefill(promptOf(40)));
  for (let event = 0; event < 2; event++) {
    for (let step = 0; step < 4; step++) await both(sessions, (session) => session.decode(150 + 5 * event + step));
    const [expected, found] = await Promise.all(sessions.map((session) => session.measureTerms()));
    for (const name of ["keyNorm", "windowAttention"] as const) {
      const [left, right] = [expected, found].map(({ terms }) => terms[name]?.values ?? new Float32Array(0));
      expect(relativeError(right, left)).toBeLessThan(RELATIVE_TOLERANCE);
    }
    const rows = Array.from({ length: headCountOf(tinyConfig) }, (_, head) => {
      const layer = Math.floor(head / tinyConfig.kvHeadCount);
      const slots = Int32Array.from({ length: sessions[0].lengths[head] }, (__, slot) => slot);
      return slots.filter((slot) => slot % (layer + 2) !== 1);
    });
    for (const session of sessions) session.compact({ survivors: joinRows(rows, Int32Array) });
    const [expectedStep, foundStep] = await both(sessions, (session) => session.decode(154 + 5 * event));
    expect(foundStep.readSlots).toEqual(expectedStep.readSlots);
    await expectAlike(sessions);
  }
});

it("shows the bytes that it allocates for the cache, and one submit for a step", async () => {
  const [cpu, gpu] = await openBoth(narrow);
  expect(gpu.memory.bytesPerSlot).toBe(cpu.memory.bytesPerSlot);
  // Layers begin at multiples of 256 bytes.
  expect(gpu.memory.kvBytes - cpu.memory.kvBytes).toBeLessThan(256 * tinyConfig.layerCount);
  expect(gpu.memory.kvBytes).toBeGreaterThanOrEqual(cpu.memory.kvBytes);
  await both([gpu], (session) => session.prefill(promptOf(20)));
  const { stats } = gpu as unknown as { stats: { submitCount: number } };
  const before = stats.submitCount;
  const [result] = await both([gpu], (session) => session.decode(154));
  expect(stats.submitCount).toBe(before + 1);
  expect(result.readSlots && rowLengths(result.readSlots)).toEqual(new Int32Array(headCountOf(tinyConfig)).fill(10));
  expect(result.readSlots && headRow(result.readSlots, 0)[0]).toBe(0);
});
