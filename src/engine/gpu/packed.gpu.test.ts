// Packed entries on the GPU against the CPU backend: codes to the bit, sessions through prefill, steps, terms and
// events, whole runs.
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { headCountOf, joinRows } from "../../cache/headRows";
import { baseParameters } from "../../policy/parameters";
import type { TermName } from "../../policy/policy";
import type { StorageParameters } from "../../policy/storageParameters";
import type { Backend, ForwardResult, Session, SessionRequest } from "../backend";
import { createCpuBackend } from "../cpu/cpuBackend";
import { seededModel, seededPrompt, tinyConfig } from "../seededModel.testing";
import { halfNearest, encodeFloat16 } from "../../lib/float16";
import { headMean, takeFromMean } from "../storage/headMean";
import { packRun, wordsOfRun } from "../storage/packedCodes";
import { quantiseRows } from "../storage/quantiser";
import { blockBytes } from "../storage/storageFormat";
import { closeTestBackends, openTestBackend, plainRequest } from "./gpuTestBackend.testing";
import { relativeError, runKernelOutputs, testNumbers } from "./kernelHarness.testing";
import { packSlotsKernel } from "./kernels/packedKernels";
import { packedStorage } from "./packedStorage";

/** An emulated GPU compiles for seconds. */
vi.setConfig({ testTimeout: 120_000 });

type Choices = Partial<StorageParameters>;
const small: Choices = { groupNumbers: 8, residualSlots: 3 };
const kinds: [string, Choices][] = [
  ["16 bits", { storage: "half" }],
  ["4 bits along channels", { storage: "quantised", ...small }],
  ["3 and 2 bits", { storage: "quantised", keyBits: "3", valueBits: "2", ...small }],
  ["8 bits, symmetric", { storage: "quantised", keyBits: "8", valueBits: "3", isSymmetric: true, ...small }],
  ["no residual, groups that no word divides", { storage: "quantised", groupNumbers: 5, residualSlots: 0 }],
  ["along tokens", { storage: "quantised", groupAxis: "tokens", keyBits: "3", ...small }],
  ["KIVI's groups", { storage: "kivi", keyBits: "2", ...small }],
  ["KIVI's groups, no residual", { storage: "kivi", groupNumbers: 6, residualSlots: 0 }],
  ["TaDA", { storage: "tada", ...small }],
  ["TaDA along tokens, symmetric", { storage: "tada", groupAxis: "tokens", isSymmetric: true, ...small }],
  ["bits of each layer", { storage: "quantised", layerBits: "8 2", ...small }],
];

afterAll(closeTestBackends);

describe.each(kinds)("codes of %s", (_, choices) => {
  it.each([8, 20])("are the CPU's for a head of %i, bit by bit", async (headDim) => {
    const [kvHeadCount, slotCount, rowCount] = [2, 40, 40];
    const config = { layerCount: 1, kvHeadCount, headDim };
    const parameters = { ...baseParameters, ...choices, layerBits: "" };
    const storage = packedStorage(parameters, config, Int32Array.of(kvHeadCount * slotCount), rowCount);
    if (storage === null) throw new Error("nothing is packed");
    const { format } = storage;
    const entries = {
      keys: testNumbers(rowCount * kvHeadCount * headDim, 5),
      values: testNumbers(rowCount * kvHeadCount * headDim, 6),
    };
    entries.keys.forEach((number, at) => (entries.keys[at] = at % 7 === 0 ? number * 9 : Math.round(number * 16) / 16));
    const record = storage.record(0, false);
    const stride = kvHeadCount + record.length / 2;
    const table = new Uint32Array(2 * stride);
    for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) table[2 * kvHead] = kvHead * slotCount;
    table.set(record, 2 * kvHeadCount);
    const buffer = (side: "keys" | "values"): Uint32Array<ArrayBuffer> => {
      const words = new Uint32Array(storage[side].bytes / 4);
      words.set(new Uint32Array(entries[side].buffer), storage[side].firsts[1]);
      return words;
    };
    const found = await runKernelOutputs(
      {
        spec: packSlotsKernel,
        packing: storage.constants,
        overrides: { HEAD_VECTORS: headDim / 4 },
        params: { addedSlots: rowCount, rowCount, waitingRows: rowCount, slotTableStride: stride },
        buffers: { slotTable: table, keys: buffer("keys"), values: buffer("values") },
        groups: () => [rowCount / format.blockSlots + 1, kvHeadCount, 2],
      },
      ["keys", "values"],
    );
    for (const side of ["keys", "values"] as const) {
      const words = new Uint32Array(found[side]);
      const packed = format[side];
      const rowOf = (slot: number, kvHead: number): Float32Array =>
        entries[side].slice((slot * kvHeadCount + kvHead) * headDim, (slot * kvHeadCount + kvHead + 1) * headDim);
      const blocks = Math.floor((rowCount - format.residualSlots) / format.blockSlots);
      const [layout] = storage[side].layers;
      const bytes = blockBytes(packed, format.blockSlots, headDim);
      for (let kvHead = 0; kvHead < kvHeadCount; kvHead++) {
        for (let block = 0; block < blocks; block++) {
          const rows = new Float32Array(format.blockSlots * headDim);
          for (let row = 0; row < format.blockSlots; row++) {
            const slot = block * format.blockSlots + row;
            const own = rowOf(slot, kvHead);
            if (format.hasHeadMean) {
              const all = Float32Array.from(
                { length: kvHeadCount * headDim },
                (__, at) => rowOf(slot, Math.floor(at / headDim))[at % headDim],
              );
              const means = headMean(all, headDim);
              const first = layout.means * 2 + slot * headDim;
              expect([...new Uint16Array(words.buffer).subarray(first, first + headDim)]).toEqual([...means]);
              takeFromMean(means, own);
            }
            rows.set(own, row * headDim);
          }
          const at = Math.floor((kvHead * slotCount) / format.blockSlots) + block;
          const codeWords = words.subarray((at * bytes.codes) / 4, ((at + 1) * bytes.codes) / 4);
          if (packed.type === "half") {
            expect([...new Uint16Array(codeWords.slice().buffer)]).toEqual([...encodeFloat16(rows)]);
            continue;
          }
          const { codes, scales, lows } = quantiseRows(rows, headDim, packed.quantiser, packed);
          const { bits, isSymmetric } = packed.quantiser;
          const expected = new Uint32Array(wordsOfRun(codes.length, bits));
          packRun(codes, { words: expected, first: 0, bits });
          const numbers = new Uint16Array(words.buffer).subarray(layout.numbers * 2 + (at * bytes.groupNumbers) / 2);
          scales.forEach((scale, group) => {
            const [place, low] = isSymmetric ? [group, null] : [2 * group, 2 * group + 1];
            expect(numbers[place]).toBe(halfNearest(scale));
            if (low !== null) expect(numbers[low]).toBe(halfNearest(lows[group]));
          });
          expect([...codeWords]).toEqual([...expected]);
        }
      }
    }
  });
});

describe("a session on the seeded model", () => {
  const model = seededModel(5);
  let backends: readonly Backend[];
  beforeAll(async () => {
    backends = [await createCpuBackend(model), await openTestBackend(model)];
  });

  const open = (choices: Choices, more: Partial<SessionRequest> = {}): Promise<Session[]> => {
    const request = { ...plainRequest, hasTaps: true, parameters: { ...baseParameters, ...choices }, ...more };
    return Promise.all(backends.map((backend) => backend.createSession(request)));
  };
  const both = async (sessions: readonly Session[], act: (session: Session) => unknown): Promise<ForwardResult[]> => {
    for (const session of sessions) await act(session);
    return Promise.all(sessions.map((session) => session.collect()));
  };
  /** A number on the edge between two codes can fall to either side, since what is packed differs in the last bits. */
  const expectAlike = async (sessions: readonly Session[]): Promise<void> => {
    const [cpu, gpu] = await Promise.all(sessions.map((session) => session.readLogits()));
    expect(relativeError(gpu, cpu)).toBeLessThan(5e-3);
  };

  it.each(kinds)("computes what the CPU does through steps and events: %s", async (_, choices) => {
    const terms: TermName[] = ["keyNorm", "valueNorm", "windowAttention"];
    const sessions = await open(choices, { terms });
    await both(sessions, (session) => session.prefill(seededPrompt(11, 90)));
    await expectAlike(sessions);
    for (let event = 0; event < 3; event++) {
      for (let step = 0; step < 7; step++) {
        await both(sessions, (session) => session.decode(3 + step));
        await expectAlike(sessions);
      }
      const [expected, found] = await Promise.all(sessions.map((session) => session.measureTerms()));
      for (const name of terms) {
        const [left, right] = [expected, found].map((measured) => measured.terms[name]?.values ?? new Float32Array(0));
        const most = Math.max(...left);
        const differing = left.filter((number, at) => Math.abs(number - right[at]) > 1e-4 * most);
        expect([name, differing.length <= left.length / 100]).toEqual([name, true]);
      }
      const rows = Array.from({ length: headCountOf(tinyConfig) }, (__, head) => {
        const isEven = choices.storage === "tada" || head % 2 === 0;
        const slots = Int32Array.from({ length: sessions[0].lengths[head] }, (___, slot) => slot);
        return slots.filter((slot) => (slot < 24 && event === 0) || slot % (isEven ? 3 : 4) !== 1);
      });
      for (const session of sessions) session.compact({ survivors: joinRows(rows, Int32Array) });
    }
    await both(sessions, (session) => session.decode(3));
    await expectAlike(sessions);
  });

  it.each(kinds)("turns keys before they are packed again: %s", async (_, choices) => {
    const sessions = await open(choices, { isRerotated: true, terms: ["keyNorm"] });
    await both(sessions, (session) => session.prefill(seededPrompt(11, 50)));
    for (let event = 0; event < 2; event++) {
      for (let step = 0; step < 3; step++) await both(sessions, (session) => session.decode(3 + step));
      const rows = Array.from({ length: headCountOf(tinyConfig) }, () =>
        Int32Array.from({ length: sessions[0].lengths[0] }, (__, slot) => slot).filter(
          (slot) => slot < 9 || slot % 3 !== 1,
        ),
      );
      for (const session of sessions) session.compact({ survivors: joinRows(rows, Int32Array) });
      await both(sessions, (session) => session.decode(7));
      await expectAlike(sessions);
    }
  });

  it.each(kinds)("packs merged entries: %s", async (_, choices) => {
    const merging = { queryRows: 1, decay: 1, needsReceived: false };
    const sessions = await open(choices, { merging });
    await both(sessions, (session) => session.prefill(seededPrompt(11, 50)));
    // Two targets in one block, a third among the newest slots; a source is the target itself or evicted.
    const heads = Array.from({ length: headCountOf(tinyConfig) }, (__, head) => head);
    const rowsOf = <Values extends Int32Array | Float32Array>(row: Values, Type: new (length: number) => Values) =>
      joinRows<Values>(
        heads.map(() => row),
        Type,
      );
    const survivors = rowsOf(
      Int32Array.from({ length: 50 }, (__, slot) => slot).filter((slot) => slot !== 7 && slot !== 20 && slot !== 30),
      Int32Array,
    );
    const merges = {
      targets: rowsOf(Int32Array.of(1, 1, 3, 3, 3, 46, 46), Int32Array),
      sources: rowsOf(Int32Array.of(1, 7, 3, 20, 7, 49, 30), Int32Array),
      keyWeights: rowsOf(Float32Array.of(1.5, 0.5, 0.25, 1, -0.5, 0.3, 0.7), Float32Array),
      valueWeights: rowsOf(Float32Array.of(2, 0.5, 0.5, 1, 0.5, 0.3, -0.7), Float32Array),
      logBias: rowsOf(new Float32Array(47).fill(0.1), Float32Array),
    };
    for (const session of sessions) session.compact({ survivors, merges });
    await both(sessions, (session) => session.decode(3));
    await expectAlike(sessions);
  });

  it.each(kinds)("shows the bytes that it allocates: %s", async (_, choices) => {
    const [cpu, gpu] = await open(choices);
    expect(gpu.memory.bytesPerSlot).toBe(cpu.memory.bytesPerSlot);
    expect(gpu.memory.packing).toEqual(cpu.memory.packing);
    // Scales of symmetric codes fill up the last word of a layer.
    expect(gpu.memory.kvBytes - cpu.memory.kvBytes).toBeLessThan(4 * 2 * tinyConfig.layerCount);
    expect(gpu.memory.kvBytes).toBeGreaterThanOrEqual(cpu.memory.kvBytes);
  });
});
